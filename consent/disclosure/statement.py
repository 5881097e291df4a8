"""A statement is a title, a few sentences and sections of labelled facts; a page, a script and JSON show the same one."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Value:
    """`url` makes it a link; `code` is something to compare and not to read, such as the name of a host."""

    text: str
    url: str | None = None
    code: bool = False


@dataclass(frozen=True)
class Fact:
    """`code`: the label is a name to compare, such as that of a cookie."""

    label: str
    values: list[Value]
    code: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    facts: list[Fact]
    id: str = ""


@dataclass(frozen=True)
class Statement:
    """Every string is final, in `language`. `notes` stand below the sections."""

    kind: str
    language: str
    dir: str
    title: str
    lead: list[str]
    sections: list[Section]
    notes: list[str] = field(default_factory=list)


def fact(label: str, *values: Value | str | None) -> Fact:
    """Values that are not there are left out; a string is a plain value."""
    made = (Value(value) if isinstance(value, str) else value for value in values)
    return Fact(label, [value for value in made if value is not None])


def section(title: str, *facts: Fact, id: str = "") -> Section:
    """Without the facts that have nothing to say."""
    return Section(title, [each for each in facts if each.values], id)

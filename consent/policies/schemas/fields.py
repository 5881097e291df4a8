"""Kinds of values in a policy document.

A validator's error is a case of `value_invalid` with its parts: `case|part=value|…`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

LONGEST_TEXT = 4000

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ID = validate.Regexp(r"[a-z0-9_-]{1,40}\Z", error="id")
COUNTRY = validate.Regexp(r"[A-Z]{2}\Z", error="country")
LEAST_ONE = validate.Length(min=1, error="none")
DAY = validate.Regexp(r"\d{4}-\d\d-\d\d\Z", error="day")
HOST = validate.Regexp(r"[a-z0-9*.-]{1,253}\Z", error="host")
URL = validate.Regexp(r"https?://[^\s\"'<>\\]+\Z", error="address")


def length(least: int, most: int) -> validate.Length:
    return validate.Length(least, most, error="length|least={min}|most={max}")


def members(least: int, most: int) -> validate.Length:
    return validate.Length(least, most, error="members|least={min}|most={max}")


def bounds(least: int, most: int) -> validate.Range:
    return validate.Range(least, most, error="range|least={min}|most={max}")


def one_of(choices: Sequence[str]) -> validate.OneOf:
    return validate.OneOf(choices, error="choice|choices={choices}")


class Tag(fields.String):
    """A language tag, kept in lower case, so that each language has one name."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        tag: str = super()._deserialize(value, *args, **kwargs)
        if not _TAG.fullmatch(tag):
            raise ValidationError("language_tag")
        return tag.lower()


class Text(fields.Field[Any]):
    """{language: text}; one plain string too, where `plain` says that it may be the same in every language."""

    def __init__(self, *, plain: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.plain = plain
        self._one = fields.String(validate=length(1, LONGEST_TEXT))
        self._map = fields.Dict(keys=Tag(), values=self._one, validate=LEAST_ONE)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and not self.plain:
            raise ValidationError("text_per_language")
        if isinstance(value, str):
            return self._one.deserialize(value, attr, data, **kwargs)
        languages = [str(tag).lower() for tag in value] if isinstance(value, Mapping) else []
        if len(languages) != len(set(languages)):
            raise ValidationError("language_twice")
        return self._map.deserialize(value, attr, data, **kwargs)


class Url(Text):
    """An http(s) address, or one per language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(plain=True, **options)
        self._one.validators.append(URL)


class ParameterValue(fields.String):
    """Text; a whole number is taken as its digits, because most ids look like one."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        return str(super()._deserialize(value, *args, **kwargs))


class IdOr(fields.Field[Any]):
    """An id, or a map that a schema describes."""

    def __init__(self, other: Schema | Text, *, short: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._other = other
        self._short = short

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return {self._short: ID(value)} if self._short else ID(value)
        if isinstance(self._other, Schema):
            return self._other.load(value)
        return self._other.deserialize(value, attr, data, **kwargs)


class Sends(fields.List[Any]):
    """Data items: ids of the catalogue, or own texts {language: text}. One own text may stand alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(IdOr(Text()), **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize([value] if isinstance(value, Mapping) else value, *args, **kwargs)


def section(schema: type[Schema]) -> fields.Nested:
    """A part that may be left out; its own defaults then hold."""
    return fields.Nested(schema, load_default=lambda: schema().load({}))

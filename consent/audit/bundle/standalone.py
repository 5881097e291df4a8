"""The verifier as one file: its modules and those of consent.merkle, each in a section of its own, as they are here.

Made from the sources whenever a bundle is built, so there is no second copy to keep. A module and the names in it stay
apart as in the package, so the file reads and behaves like it.
"""

import ast
import importlib.util
from functools import cache
from pathlib import Path

ENTRY = "consent.audit.verify.command"

_HEAD = '''\
"""Verifies a consent bundle without the platform that made it:  python verify.py bundle.zip [--key KEY] [--json]

Needs Python 3.11 or later and the package `cryptography`, nothing else. Below is the source of the verifier, module by
module; the last lines of this file put the modules in their place and start it.
"""

import linecache
import sys
import types

SOURCES = {}
'''

_TAIL = """

def _package(name):
    if name and name not in sys.modules:
        _package(name.rpartition(".")[0])
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []


def _install(name, source):
    _package(name.rpartition(".")[0])
    module = sys.modules[name] = types.ModuleType(name)
    file = f"<{name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), module.__dict__)
    setattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2], module)


# Also in the processes that verify files in parallel: they import this file and then ask for the modules by name.
for _name, _source in SOURCES.items():
    _install(_name, _source)

if __name__ == "__main__":
    sys.exit(sys.modules["{entry}"].main(sys.argv[1:], program="verify.py"))
"""


class NotStandalone(RuntimeError):
    """A module of the verifier cannot be written into one file."""


@cache
def source() -> str:
    """Deterministic: the modules in the order in which they need one another."""
    sections = [_section(name) for name in _ordered(ENTRY, [])]
    return _HEAD + "".join(sections) + _TAIL.replace("{entry}", ENTRY)


def _section(name: str) -> str:
    text = _text(name)
    if "'''" in text or text.endswith("\\"):
        raise NotStandalone(f"{name} cannot stand between three apostrophes")
    line = "#" * 78
    return f"\n{line}\n# {name}\n{line}\nSOURCES[{name!r}] = r'''{text}'''\n"


def _ordered(name: str, before: list[str]) -> list[str]:
    """`name` after everything that it imports of this package."""
    for needed in own_imports(_text(name)):
        if needed not in before and needed != name:
            _ordered(needed, before)
    if name not in before:
        before.append(name)
    return before


def own_imports(text: str) -> list[str]:
    """The modules of this package that a source imports."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("consent"):
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = [name for name in inside if _is_module(name)]
            found += modules or [str(node.module)]
    return found


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is a module and no package
        return False


def _text(name: str) -> str:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise NotStandalone(f"there is no module {name}")
    return Path(spec.origin).read_text(encoding="utf-8")

"""The catalogue's own data files. They ship with the package and are checked by the tests, not at run time."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

ROOT = files("consent.catalogue")


def read(file: Traversable) -> Any:
    return yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def read_folder(name: str) -> dict[str, Any]:
    """{file name without .yaml: content}, in the order of the names."""
    found = sorted(ROOT.joinpath(name).iterdir(), key=lambda file: file.name)
    return {file.name.removesuffix(".yaml"): read(file) for file in found if file.name.endswith(".yaml")}

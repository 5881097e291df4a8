"""The data files of the platform itself: texts, law packs, catalogue. They ship with it and are checked by the tests, not at
run time.
"""

from importlib.resources.abc import Traversable
from typing import Any

import yaml


def read(file: Traversable) -> Any:
    """By libyaml where there is one, as nearly everywhere: it takes a tenth of the time, and a start reads many."""
    return yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def read_folder(folder: Traversable) -> dict[str, Any]:
    """{file name without .yaml: content}, in the order of the names."""
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return {file.name.removesuffix(".yaml"): read(file) for file in found if file.name.endswith(".yaml")}

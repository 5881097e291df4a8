"""The words of the site, one folder of YAML files per language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("ja", "en")
FOLDER = Path(__file__).parent / "texts"


def load_content() -> dict[str, dict[str, Any]]:
    """{language: {page: texts}}; a page's texts come from texts/<language>/<page>.yaml."""
    return {language: _read(FOLDER / language) for language in LANGUAGES}


def _read(folder: Path) -> dict[str, Any]:
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))}

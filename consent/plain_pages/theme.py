"""The site's colours on our page: a style sheet of custom properties, because the page allows no style of its own."""

from collections.abc import Mapping
from typing import Any


def stylesheet(theme: Mapping[str, Any]) -> str:
    """The colours were checked, and their contrast too, when the policy was published."""
    return (
        f":root {{ {_properties(theme['light'])} --radius: {theme['radius']}px; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_properties(theme['dark'])} }} }}\n"
    )


def _properties(palette: Mapping[str, str]) -> str:
    return " ".join(f"--{name.replace('_', '-')}: {colour};" for name, colour in palette.items())

"""The banner as visitors saw it: the very files they were given, also as a folder that needs no server."""

from dataclasses import dataclass

from sqlalchemy import Connection

from consent.shown import files as given

# Only files beside the page run: nothing that an answer in the replay would load, and nothing that would record it.
POLICY = "default-src 'none'; script-src 'self' file:; style-src 'unsafe-inline'; img-src data:"
PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{name} {language}</title>
<script src="core.js" data-lang="{language}"></script>
</html>
"""


@dataclass(frozen=True)
class Given:
    """Each is None where nobody was given it, or it was lost."""

    core: bytes | None
    first: bytes | None
    second: bytes | None


def find(connection: Connection, site_id: int, version: str, build: str, language: str) -> Given:
    """`build` has 16 hex digits, as in records."""
    name, endings = f"{version}-{build}", ("core.js", f"{language}.js", f"{language}.preferences.js")
    return Given(*(given.find(connection, site_id, name, file) for file in endings))


def files(connection: Connection, site_id: int, version: str, build: str, language: str) -> dict[str, bytes]:
    """By path below the folder of this version, build and language; nothing where it was not kept.

    Open `index.html`; the core finds its chunks where it looks for them.
    """
    found, name = find(connection, site_id, version, build, language), f"{version}-{build}"
    if found.core is None:
        return {}
    page = PAGE.format(language=language, policy=POLICY, name=name[:16])
    chunks = {f"core/{name}/{language}.js": found.first, f"core/{name}/{language}.preferences.js": found.second}
    kept = {path: content for path, content in chunks.items() if content is not None}
    return {"index.html": page.encode(), "core.js": found.core, **kept}

"""The banner as visitors saw it: a page that runs the very files they were given, from a folder, without this server."""

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


def files(connection: Connection, site_id: int, version: str, build: str, language: str) -> dict[str, bytes]:
    """By path below the folder of this version, build and language; nothing where it was not kept.

    `build` has 16 hex digits, as in records. Open `index.html`; the core finds its chunks where it looks for them.
    """
    name = f"{version}-{build}"
    kept = {
        "core.js": given.find(connection, site_id, name, "core.js"),
        f"core/{name}/{language}.js": given.find(connection, site_id, name, f"{language}.js"),
        f"core/{name}/{language}.preferences.js": given.find(connection, site_id, name, f"{language}.preferences.js"),
    }
    if kept["core.js"] is None:
        return {}
    page = PAGE.format(language=language, policy=POLICY, name=name[:16])
    return {"index.html": page.encode(), **{path: content for path, content in kept.items() if content is not None}}

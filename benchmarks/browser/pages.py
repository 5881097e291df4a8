"""The same marketing page under each tool, with its snippet and its gated markup as its documentation has them."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

SNIPPETS = Path(__file__).parent / "snippets"
SERVICES = {"chat": "functional", "statistics": "analytics", "automation": "ma", "advertisements": "advertising"}
PARAGRAPH = "<p>A paragraph about the product, what it does, for whom, and why anybody would want it at all.</p>\n"
STYLE = "body{font:16px/1.6 sans-serif;margin:0 auto;max-width:60rem;padding:1rem}section{margin:2rem 0}"


@dataclass(frozen=True)
class Tool:
    """`head` is its snippet; `accept` finds its accept-all button."""

    name: str
    accept: str
    head: str = ""


def snippet(name: str) -> str:
    return (SNIPPETS / f"{name}.html").read_text(encoding="utf-8")


def peers() -> list[Tool]:
    return [
        Tool("orejime", ".orejime-Banner-saveButton", head=snippet("orejime")),
        Tool("cookieconsent", "#cc-main .cm [data-role=all]", head=snippet("cookieconsent")),
        Tool("klaro", "#klaro .cm-btn-success", head=snippet("klaro")),
    ]


def ours(script_url: str, *, name: str = "consent", language: str = "en") -> Tool:
    head = f'<script src="{script_url}" data-lang="{language}"></script>'
    return Tool(name, '#consent-root [data-consent-action="accept-all"]', head=head)


BARE = Tool("bare", "#none")


def gated(tool: str, service: str, element: str) -> str:
    """Markup that stays inert until its service is granted. `element`: an external script, an image or a frame."""
    name, _, attributes = element.partition(" ")
    close = "" if name == "img" else f"</{name}>"
    if tool == "bare":
        return f"<{name} {attributes}>{close}"
    if tool == "orejime":
        return f'<template data-purpose="{service}"><{name} {attributes}>{close}</template>'
    inert = attributes.replace("src=", "data-src=", 1)
    kind = 'type="text/plain" ' if name == "script" else ""
    if tool == "klaro":
        return f'<{name} {kind}data-type="text/javascript" data-name="{service}" {inert}>{close}'
    return f'<{name} {kind}data-category="{SERVICES[service]}" data-service="{service}" {inert}>{close}'


def inline(tool: str, service: str, script: str) -> str:
    if tool == "bare":
        return f"<script>{script}</script>"
    if tool == "orejime":
        return f'<template data-purpose="{service}"><script>{script}</script></template>'
    own = f'data-type="text/javascript" data-name="{service}"' if tool == "klaro" else f'data-service="{service}"'
    return f'<script type="text/plain" data-category="{SERVICES[service]}" {own}>{script}</script>'


def _document(tool: Tool, *, head: str, body: str) -> bytes:
    sections = "".join(f"<section><h2>Section {number}</h2>\n{PARAGRAPH * 6}</section>\n" for number in range(1, 13))
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{tool.name}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
{tool.head}
<link rel="stylesheet" href="/site.css">
{head}
</head><body><h1>Example Ltd.</h1>
{sections}{body}
</body></html>
"""
    return gzip.compress(html.encode(), 9)


def timing_page(tool: Tool, gated_origin: str) -> bytes:
    """One gated script in the head, an async one as vendors' snippets are."""
    tag = f'script async src="{gated_origin}/tag.js?name=tag"'
    return _document(tool, head=gated(tool.name, "statistics", tag), body="")


def contact_page(tool: Tool, gated_origin: str) -> bytes:
    """Gated markup of several kinds behind a slow blocking script: the preload scanner runs ahead of the parser."""
    tags = [gated(tool.name, "statistics", f'script async src="{gated_origin}/tag.js?name=tag"')]
    pixel = json.dumps(f"{gated_origin}/pixel.svg?inline")
    tags.append(inline(tool.name, "automation", f"new Image().src = {pixel};"))
    if tool.name != "cookieconsent":  # it leaves frames and images to another package
        tags.append(gated(tool.name, "advertisements", f'iframe title="advertisement" src="{gated_origin}/frame.html"'))
        tags.append(gated(tool.name, "advertisements", f'img alt="" src="{gated_origin}/pixel.svg?image"'))
    return _document(tool, head='<script src="/slow.js"></script>', body="\n".join(tags))


def stylesheet() -> bytes:
    return gzip.compress(STYLE.encode(), 9)

"""`manifest.json`: what the bundle is and the hash of every file in it, and the signature over that."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from consent.audit.verify.told import Invalid
from consent.merkle.canonical import canonical_bytes, digest
from consent.merkle.note import Verifier, open_note

VERSION = 1
FULL, NO_SUBJECT = "full", "no-subject"
MODES = (FULL, NO_SUBJECT)
LEAVES_PER_FILE = 65_536
EXPORT_LINE = "consent-export/v1"
UNSIGNED = ("manifest.json", "manifest.note")  # they cannot hold their own hashes


class ManifestInvalid(Invalid):
    """The manifest cannot be understood, or its parts contradict each other."""


@dataclass(frozen=True)
class File:
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`start` and `end` are the leaves of the bundle, written as `from` and `to`. `unknown_scripts`: builds that records
    name and that the platform never had, because a client may say what it likes.
    """

    origin: str
    log: str
    epoch: int
    site: str
    start: int
    end: int
    since: str
    until: str
    complete: bool
    mode: str
    start_frontier: tuple[str, ...]
    previous: dict[str, Any] | None
    unknown_scripts: tuple[str, ...]
    tool: str
    files: tuple[File, ...]

    def to_bytes(self) -> bytes:
        value = asdict(self)
        value["from"], value["to"] = value.pop("start"), value.pop("end")
        return canonical_bytes({"version": VERSION, **value})

    def export_text(self) -> str:
        """What the note signs. Its first line can never be a log's origin."""
        return f"{EXPORT_LINE}\n{self.origin}\n{self.start} {self.end}\n{digest(self.to_bytes())}\n"

    def record_files(self) -> list[tuple[str, int, int]]:
        """Name, first leaf, end: LEAVES_PER_FILE to a file, nothing skipped."""
        starts = range(self.start, self.end, LEAVES_PER_FILE)
        return [
            (record_file(number), start, min(start + LEAVES_PER_FILE, self.end)) for number, start in enumerate(starts)
        ]


def record_file(number: int) -> str:
    return f"records-{number:03d}.jsonl"


def parse(content: bytes) -> Manifest:
    """Raises ManifestInvalid."""
    try:
        value = json.loads(content)
        if value.pop("version") != VERSION:
            raise ManifestInvalid("manifest_version")
        value["start"], value["end"] = value.pop("from"), value.pop("to")
        value["files"] = tuple(File(**each) for each in value["files"])
        for name in ("start_frontier", "unknown_scripts"):
            value[name] = tuple(value[name])
        manifest = Manifest(**value)
        _check(manifest)
        same = manifest.to_bytes() == content
    except ManifestInvalid:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ManifestInvalid("manifest_members") from error
    if not same:
        raise ManifestInvalid("manifest_spelling")
    return manifest


_TYPES: dict[str, type | tuple[type, ...]] = {
    "origin": str,
    "log": str,
    "epoch": int,
    "site": str,
    "start": int,
    "end": int,
    "since": str,
    "until": str,
    "complete": bool,
    "mode": str,
    "previous": (dict, type(None)),
    "tool": str,
}


def _check(manifest: Manifest) -> None:
    wrong = [name for name, kind in _TYPES.items() if not isinstance(getattr(manifest, name), kind)]
    if wrong:
        raise ManifestInvalid("manifest_member", name=repr(wrong[0]))
    texts = (*manifest.start_frontier, *manifest.unknown_scripts)
    if not all(isinstance(text, str) for text in texts) or not all(_is_file(file) for file in manifest.files):
        raise ManifestInvalid("manifest_list")
    if not 0 <= manifest.start < manifest.end < 2**53 or manifest.mode not in MODES:
        raise ManifestInvalid("manifest_range")
    if manifest.origin != (manifest.log if manifest.epoch == 1 else f"{manifest.log}/e{manifest.epoch}"):
        raise ManifestInvalid("manifest_origin")


def _is_file(file: File) -> bool:
    return type(file.name) is str and type(file.sha256) is str and type(file.bytes) is int and file.bytes >= 0


def signed_by(note: str, manifest: Manifest, verifiers: Iterable[Verifier]) -> None:
    """Raises NoteInvalid (a ValueError) unless a key of the log signed this very manifest."""
    text = open_note(note, [verifier for verifier in verifiers if verifier.name == manifest.origin])
    if text != manifest.export_text():
        raise ManifestInvalid("manifest_other")

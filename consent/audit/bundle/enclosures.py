"""What records point to and what verifies them: policies, scripts, public keys, the verifier itself."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from consent.audit.bundle import standalone
from consent.audit.bundle.plan import Plan, as_lines, checkpoint_note
from consent.clock import wire
from consent.ledger import keys, logs, proofs
from consent.merkle.canonical import canonical_bytes
from consent.merkle.promise import key_name
from consent.policies import publish
from consent.shown import builds, replay

README = Path(__file__).parent / "README.txt"


def documents(connection: Connection, plan: Plan, versions: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Everything small, by its name in the bundle."""
    yield "README.txt", README.read_bytes()
    yield "verify.py", standalone.source().encode()
    yield "keys.json", public_keys(connection, plan)
    yield "checkpoint", checkpoint_note(connection, plan, plan.end).encode()
    if plan.start:
        yield "previous.checkpoint", checkpoint_note(connection, plan, plan.start).encode()
        proof = proofs.consistency(connection, plan.log.log_id, plan.start, plan.end)
        yield "consistency.proof", as_lines(proof)
    for version in versions:
        yield f"policies/{version}.json", publish.by_version(connection, version)


def scripts(connection: Connection, names: Iterable[str]) -> tuple[dict[str, bytes], list[str]]:
    """The files of the builds that records name, and the names that no build has: a client may say what it likes."""
    files: dict[str, bytes] = {}
    unknown = []
    for name in names:
        found = builds.find(connection, name)
        if not found:
            unknown.append(name)
        for digest, sources in found.items():
            files |= {f"script/{digest}/{file}.js": content for file, content in sources.items()}
    return files, unknown


def replays(connection: Connection, plan: Plan, shown: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, bytes]]:
    """The banner as it was shown, a folder for each policy version, build and language: open its index.html."""
    for version, script, language in shown:
        folder = f"replay/{version[:16]}-{script}-{language}"
        for path, content in replay.files(connection, plan.log.site_id, version, script, language).items():
            yield f"{folder}/{path}", content


def public_keys(connection: Connection, plan: Plan) -> bytes:
    """Of every epoch of the log, and of its receipts."""
    names = [log.origin for log in logs.epochs(connection, plan.log.site_id)]
    rows = [row for name in [*names, key_name(plan.base)] for row in keys.public_keys(connection, name)]
    return canonical_bytes({"keys": [_key(row) for row in rows]})


def _key(row: Any) -> dict[str, str | None]:
    retired = None if row.retired_ms is None else wire(row.retired_ms)
    return {"vkey": row.vkey, "not_before_time": wire(row.not_before_ms), "retired_time": retired}

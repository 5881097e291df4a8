"""What must hold when the dust has settled, recomputed from the database and from what was handed out."""

import base64
from collections import Counter
from dataclasses import asdict, dataclass

from sqlalchemy import select

from consent import sites
from consent.db import snapshot
from consent.ledger import fsck, keys, logs
from consent.ledger.ledger import ledger
from consent.ledger.models import checkpoint_table, entry_table
from consent.merkle.checkpoint import Checkpoint, open_checkpoint
from consent.merkle.entry import commit_evidence, commit_subject, entry_bytes
from consent.merkle.note import Verifier
from consent.merkle.promise import key_name, open_promise
from consent.merkle.tree import Frontier, leaf_hash
from consent.records.models import record_table


@dataclass(frozen=True)
class Verdict:
    """Lists of what is wrong."""

    lost: list[str]
    twice: list[str]
    gaps: list[int]
    forks: list[str]
    unkept_promises: list[str]
    changed_promises: list[str]
    waiting: list[str]
    damage: list[str]

    def wrong(self):
        return {name: found for name, found in asdict(self).items() if found}


@dataclass(frozen=True)
class Outside:
    """What the world may hold: receipts by record id, repeats that were promised something else, every note ever signed."""

    receipts: dict[str, dict]
    changed: list[str]
    signed: list[str]


def judge(site_key, outside):
    """Reads one state of the database. The guard counts as something that was handed out."""
    with snapshot() as connection:
        site = sites.find(connection, site_key)
        log = logs.active(connection, site.id)
        of_site = record_table.c.site_id == site.id
        recorded = Counter(connection.execute(select(record_table.c.record_id).where(of_site)).scalars())
        entries = _entries(connection, site)
        tree = [row for row in entries if row.leaf_index is not None]
        appended = Counter(row.record_id for row in entries)
        return Verdict(
            lost=[name for name in outside.receipts if not recorded[name] or not appended[name]],
            twice=[*_twice(recorded), *_twice(appended), *_twice(Counter(row.leaf_hash.hex() for row in tree))],
            gaps=[number for number, row in enumerate(tree) if row.leaf_index != number],
            forks=_forks(_signed(connection, log, outside), [row.leaf_hash for row in tree]),
            unkept_promises=_unkept(connection, log, outside, {row.record_id: row.leaf_hash for row in tree}),
            changed_promises=outside.changed,
            waiting=[row.record_id for row in entries if row.leaf_index is None],
            damage=[f"{found.place} {found.problem}" for found in fsck.examine(connection, log)],
        )


def _entries(connection, site):
    columns = entry_table.c.record_id, entry_table.c.leaf_index, entry_table.c.leaf_hash
    statement = select(*columns).where(entry_table.c.site_id == site.id).order_by(entry_table.c.leaf_index)
    return connection.execute(statement).all()


def _twice(counted):
    return [name for name, count in counted.items() if count > 1]


def _verifiers(connection, name):
    return [Verifier.from_vkey(row.vkey) for row in keys.public_keys(connection, name)]


def _signed(connection, log, outside):
    """Every checkpoint of the log that anybody can have seen."""
    stored = select(checkpoint_table.c.note).where(checkpoint_table.c.log_id == log.log_id)
    verifiers = _verifiers(connection, log.origin)
    notes = {*outside.signed, *connection.execute(stored).scalars()}
    guarded = ledger().guard.last(log.origin)
    return {
        *(open_checkpoint(note, verifiers, log.origin) for note in notes),
        *([Checkpoint(log.origin, guarded.size, bytes.fromhex(guarded.root))] if guarded else ()),
    }


def _forks(signed, leaves):
    """The checkpoints that the tree does not continue."""
    tree, roots = Frontier.empty(), {}
    sizes = {checkpoint.size for checkpoint in signed}
    for leaf in leaves:
        tree.append(leaf)
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    return [f"size {each.size}, root {each.root.hex()}" for each in signed if roots.get(each.size) != each.root]


def _unkept(connection, log, outside, leaves):
    """The records whose promised leaf is not in the tree, or is not the leaf that the receipt opens."""
    verifiers = _verifiers(connection, key_name(log.origin))
    unkept = []
    for name, receipt in outside.receipts.items():
        promised = open_promise(receipt["promise"], verifiers).leaf_hash
        if not promised == leaves.get(name) == _opened(receipt["opening"]):
            unkept.append(name)
    return unkept


def _opened(opening):
    evidence = commit_evidence(base64.b64decode(opening["evidence_salt"]), opening["evidence"].encode())
    subject = commit_subject(base64.b64decode(opening["subject_salt"]), opening["subject"].encode())
    return leaf_hash(entry_bytes(opening["kind"], opening["schema"], evidence, subject))

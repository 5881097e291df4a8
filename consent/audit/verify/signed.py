"""The signed frame of a bundle: manifest, checkpoint and what came before. Everything else is held to these."""

from consent.audit.verify import keys, manifest
from consent.audit.verify.archive import Archive, ArchiveInvalid
from consent.audit.verify.manifest import Manifest
from consent.audit.verify.report import Verdicts
from consent.audit.verify.runs import Run
from consent.audit.verify.told import Told, told
from consent.merkle.checkpoint import Checkpoint, open_checkpoint
from consent.merkle.note import NoteInvalid, Verifier, strict_hash
from consent.merkle.proof import ProofInvalid, verify_consistency
from consent.merkle.tree import Frontier


def read_manifest(archive: Archive, verdicts: Verdicts) -> Manifest | None:
    try:
        return manifest.parse(archive.read("manifest.json"))
    except (ArchiveInvalid, manifest.ManifestInvalid) as error:
        verdicts.fails("manifest", told(error), "manifest.json")
        return None


def read_keys(archive: Archive, verdicts: Verdicts, pinned: tuple[Verifier, ...]) -> keys.Keys:
    try:
        return keys.Keys(keys.read_named(archive.read("keys.json")), pinned)
    except (ArchiveInvalid, keys.KeysInvalid) as error:
        verdicts.fails("manifest", told(error), "keys.json")
        return keys.Keys((), pinned)


def signatures(archive: Archive, about: Manifest, known: keys.Keys, verdicts: Verdicts) -> Checkpoint | None:
    """The checkpoint at the end of the range, where its signature holds."""
    signers: dict[str, list[Verifier]] = {}
    for name in ("manifest.note", "checkpoint"):
        try:
            signers[name] = known.signers(archive.text(name), about.origin)
        except (ArchiveInvalid, NoteInvalid) as error:
            verdicts.fails("manifest_signature" if name == "manifest.note" else "checkpoint", told(error), name)
    if "manifest.note" in signers:
        _manifest_note(archive, about, signers["manifest.note"], verdicts)
    _pinned(signers, known, verdicts)
    return _checkpoint(archive, about, signers["checkpoint"], verdicts) if "checkpoint" in signers else None


def _manifest_note(archive: Archive, about: Manifest, signers: list[Verifier], verdicts: Verdicts) -> None:
    try:
        manifest.signed_by(archive.text("manifest.note"), about, signers)
        verdicts.holds("manifest_signature", "signed_with", vkey=signers[0].vkey)
    except (manifest.ManifestInvalid, NoteInvalid) as error:
        verdicts.fails("manifest_signature", told(error), "manifest.note")


def _pinned(signers: dict[str, list[Verifier]], known: keys.Keys, verdicts: Verdicts) -> None:
    if not known.pinned:
        verdicts.skips("key", "key_unknown")
        return
    foreign = [name for name, found in signers.items() if not known.knows(found)]
    for name in foreign:
        verdicts.fails("key", Told("key_foreign", {"vkey": signers[name][0].vkey}), name)
    if signers and not foreign:
        verdicts.holds("key", "key_known")


def _checkpoint(archive: Archive, about: Manifest, signers: list[Verifier], verdicts: Verdicts) -> Checkpoint | None:
    try:
        found = open_checkpoint(archive.text("checkpoint"), signers, about.origin)
    except NoteInvalid as error:
        verdicts.fails("checkpoint", told(error), "checkpoint")
        return None
    if found.size != about.end:
        other = Told("checkpoint_size", {"size": found.size, "end": about.end})
        verdicts.fails("checkpoint", other, "checkpoint")
        return None
    verdicts.holds("checkpoint", "checkpoint_of", origin=about.origin, size=found.size, root=found.root.hex())
    return found


def start(about: Manifest, verdicts: Verdicts) -> Run | None:
    """The tree before the first leaf of the bundle."""
    try:
        return Run.of_frontier(Frontier(about.start, [bytes.fromhex(text) for text in about.start_frontier]))
    except ValueError as error:
        verdicts.fails("previous", Told("previous_frontier", {"why": told(error)}), "manifest.json")
        return None


def previous(
    archive: Archive, about: Manifest, known: keys.Keys, before: Run, end: Checkpoint | None, verdicts: Verdicts
) -> None:
    """The checkpoint at `from`: the frontier is its tree, and the new tree continues it."""
    if about.start == 0:
        verdicts.holds("previous", "begins_the_log")
        return
    try:
        note = archive.text("previous.checkpoint")
        old = open_checkpoint(note, known.signers(note, about.origin), about.origin)
        proof = [strict_hash(line) for line in archive.text("consistency.proof").splitlines()]
        if end is not None:
            verify_consistency(old.size, old.root, end.size, end.root, proof)
    except (ArchiveInvalid, NoteInvalid, ProofInvalid, ValueError) as error:
        verdicts.fails("previous", told(error), "previous.checkpoint")
        return
    named = {"size": old.size, "root": old.root.hex()}
    if old.size != about.start or old.root != before.root() or about.previous != named:
        verdicts.fails("previous", Told("previous_other"), "previous.checkpoint")
    elif end is None:
        verdicts.skips("previous", "nothing_to_continue")
    else:
        verdicts.holds("previous", "continues", size=old.size, root=old.root.hex())


def held(
    note: str | None, about: Manifest, known: keys.Keys, before: Run, marked: bytes | None, verdicts: Verdicts
) -> None:
    """A checkpoint that the auditor kept from earlier. `marked` is the root at its size, as computed from the leaves."""
    if note is None:
        verdicts.skips("held", "held_none")
        return
    try:
        old = open_checkpoint(note, known.signers(note, about.origin), about.origin)
    except NoteInvalid as error:
        verdicts.fails("held", Told("held_invalid", {"why": told(error)}))
        return
    root = before.root() if old.size == about.start else marked
    if root is None:
        verdicts.skips("held", "held_outside", size=old.size, start=about.start, end=about.end)
    elif root != old.root:
        verdicts.fails("held", Told("held_rewritten", {"size": old.size}))
    else:
        verdicts.holds("held", "held_continued", size=old.size)


def size_held(note: str | None) -> int | None:
    """Of the auditor's own checkpoint, NOT verified: the size at which the tree has to be looked at."""
    try:
        return None if note is None else Checkpoint.parse(note.rpartition("\n\n")[0] + "\n").size
    except NoteInvalid:
        return None

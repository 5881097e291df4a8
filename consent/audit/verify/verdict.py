"""Verifying a bundle: every check of the report, from the file alone."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from consent.audit.verify import absences, keys, leaves, manifest, policies, receipt, signed
from consent.audit.verify.archive import Archive, ArchiveInvalid
from consent.audit.verify.manifest import Manifest
from consent.audit.verify.part import Task
from consent.audit.verify.report import Report, Verdicts
from consent.audit.verify.runs import Run
from consent.audit.verify.times import Times
from consent.audit.verify.told import Told, told
from consent.merkle.checkpoint import Checkpoint
from consent.merkle.note import Verifier

MOST_POLICIES = 2_000
SAMPLES = 200


def verify(
    path: str | Path,
    *,
    pinned_keys: Sequence[str] = (),
    previous: str | None = None,
    receipt_text: str | None = None,
    processes: int | None = None,
) -> Report:
    """Never raises for what the bundle holds. `previous` is a checkpoint that the auditor kept.

    Raises KeysInvalid, ReceiptInvalid for what the auditor gave.
    """
    pinned = keys.pinned(pinned_keys)
    shown = None if receipt_text is None else receipt.read(receipt_text)
    verdicts = Verdicts()
    try:
        with Archive(path) as archive:
            verdicts.holds("archive", "archive_known", files=len(archive.sizes))
            verification = _Verification(path, archive, verdicts, pinned, previous, shown)
            return verification.report(processes or os.cpu_count() or 1)
    except ArchiveInvalid as error:
        verdicts.fails("archive", told(error))
        return Report(verdicts.all())


class _Verification:
    def __init__(
        self,
        path: str | Path,
        archive: Archive,
        verdicts: Verdicts,
        pinned: tuple[Verifier, ...],
        previous: str | None,
        shown: receipt.Receipt | None,
    ) -> None:
        self._path, self._archive, self._verdicts = path, archive, verdicts
        self._pinned, self._previous, self._shown = pinned, previous, shown
        self._documents: dict[str, Any] = {}

    def report(self, processes: int) -> Report:
        about = signed.read_manifest(self._archive, self._verdicts)
        if about is None or not self._files_are_there(about):
            return Report(self._verdicts.all())
        known = signed.read_keys(self._archive, self._verdicts, self._pinned)
        end = signed.signatures(self._archive, about, known, self._verdicts)
        before = signed.start(about, self._verdicts)
        if before is None:
            return Report(self._verdicts.all(), _about(about))
        signed.previous(self._archive, about, known, before, end, self._verdicts)
        found = self._leaves(about, Run(0, before.nodes), processes)
        self._hashes(about, found)
        self._root(found, end)
        signed.held(self._previous, about, known, before, found.marked_root, self._verdicts)
        absences.check(self._archive, about, known, found, end, self._verdicts)
        self._named(about, found)
        receipt.check(self._shown, about, known, found, self._verdicts)
        summary = {"counts": found.counts, "samples": found.samples, "policies": self._documents}
        return Report(self._verdicts.all(), _about(about), summary)

    def _files_are_there(self, about: Manifest) -> bool:
        """The names and sizes, before anything large is read; the hashes come from reading it."""
        listed = {file.name: file.bytes for file in about.files}
        there = {name: size for name, size in self._archive.sizes.items() if name not in manifest.UNSIGNED}
        records = {name for name in there if name.startswith("records-")}
        wrong = sorted({*listed.items()} ^ {*there.items()})
        if len(listed) != len(about.files):
            self._verdicts.fails("manifest", Told("manifest_twice"), "manifest.json")
        elif wrong:
            self._verdicts.fails("manifest", Told("manifest_file", {"name": wrong[0][0]}), wrong[0][0])
        elif records != {name for name, _, _ in about.record_files()} or "records.csv" not in there:
            self._verdicts.fails("manifest", Told("manifest_records"), "manifest.json")
        return not self._verdicts.failed("manifest")

    def _leaves(self, about: Manifest, tree: Run, processes: int) -> leaves.Leaves:
        times = Times(self._verdicts, from_the_beginning=about.start == 0)
        found = leaves.Leaves(about.start, tree, bytearray(2 * (about.end - about.start)), times)
        facts = self._policies()
        mark = signed.size_held(self._previous)
        wanted = self._shown.leaf if self._shown else None
        tasks = [
            Task(self._path, name, start, end, about.log, about.epoch, facts, mark, wanted, 0 if number else SAMPLES)
            for number, (name, start, end) in enumerate(about.record_files())
        ]
        leaves.read(self._archive, leaves.parts(tasks, processes), found, mark, self._verdicts)
        return found

    def _policies(self) -> dict[str, policies.Policy]:
        facts = {}
        names = [name for name in self._archive.sizes if name.startswith("policies/")][:MOST_POLICIES]
        for name in names:
            version = name.removeprefix("policies/").removesuffix(".json")
            try:
                facts[version], self._documents[version] = policies.read(version, self._archive.read(name))
            except (ArchiveInvalid, policies.PolicyInvalid) as error:
                self._verdicts.fails("policies", told(error), name)
        return facts

    def _hashes(self, about: Manifest, found: leaves.Leaves) -> None:
        for file in about.files:
            try:
                size, sha256 = found.hashes.get(file.name) or leaves.chunk_hash(self._archive, file.name)
            except ArchiveInvalid as error:
                self._verdicts.fails("manifest", told(error), file.name)
                continue
            if (size, sha256) != (file.bytes, file.sha256):
                self._verdicts.fails("manifest", Told("manifest_hash"), file.name)
        if not self._verdicts.failed("manifest"):
            self._verdicts.holds("manifest", "files_fit", files=len(about.files))

    def _root(self, found: leaves.Leaves, end: Checkpoint | None) -> None:
        if end is None:
            self._verdicts.skips("root", "root_none")
        elif (found.tree.end, found.tree.root()) != (end.size, end.root):
            self._verdicts.fails("root", Told("root_other"), "checkpoint")
        else:
            self._verdicts.holds("root", "root_computed")

    def _named(self, about: Manifest, found: leaves.Leaves) -> None:
        """The artefacts that records name."""
        absent = sorted(found.versions - self._documents.keys())
        if absent:
            self._verdicts.fails("policies", Told("named_absent"), f"policies/{absent[0]}.json")
        else:
            self._verdicts.holds("policies", "policies_there", versions=len(found.versions))
        there = {name.split("/")[1][:16] for name in self._archive.sizes if name.startswith("script/")}
        absent = sorted(found.scripts - there)
        undeclared = [name for name in absent if name not in about.unknown_scripts]
        if undeclared:
            self._verdicts.fails("scripts", Told("named_absent"), f"script/{undeclared[0]}…")
        elif absent:
            self._verdicts.skips("scripts", "scripts_unknown", builds=len(absent))
        else:
            self._verdicts.holds("scripts", "scripts_there", builds=len(found.scripts))


def _about(about: Manifest) -> dict[str, Any]:
    names = ("origin", "log", "epoch", "site", "since", "until", "complete", "mode", "tool")
    return {"from": about.start, "to": about.end, **{name: getattr(about, name) for name in names}}

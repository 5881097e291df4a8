"""What somebody can do to a bundle: with its files alone, with the manifest too, or with a signing key."""

import hashlib
import json
import re
from base64 import b64encode
from dataclasses import replace
from zipfile import ZIP_STORED, ZipFile

from consent.audit.verify import decisions, form, shapes, table
from consent.audit.verify import manifest as manifests
from consent.audit.verify.lines import decode, leaf_of
from consent.merkle import checkpoint
from consent.merkle.canonical import canonical_bytes
from consent.merkle.proof import consistency_proof
from consent.merkle.tree import Frontier, root_of

LOG = "www.example.com/consent/example"
RECORDS = "records-000.jsonl"


def members_of(path):
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(members, path):
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def short(lines, index=None):
    """What the short way makes of lines; `index` of the first, if it is not the one that it says itself."""
    apart = list(form.apart(b"".join(lines), len(lines)))
    if len(apart) != 1 or not apart[0][1]:
        return None
    first = re.search(rb'"index":(\d{1,16})', lines[0])
    return decisions.read(*apart[0], int(first[1]) if index is None else index, LOG)


class Forger:
    """Changes the files of a bundle that begins with the first entry, then covers the traces as far as asked."""

    def __init__(self, members):
        self.members = dict(members)
        self.start, self.leaves = 0, []
        self.also = []  # public keys that the bundle names beside the one that signs it
        self.about = manifests.parse(self.members["manifest.json"])

    @property
    def lines(self):
        return self.members[RECORDS].splitlines(keepends=True)

    @lines.setter
    def lines(self, lines):
        self.members[RECORDS] = b"".join(lines)

    def edit(self, index, change):
        """`change` gets the line as a dictionary. What it gives is written in canonical form."""
        lines = self.lines
        value = json.loads(lines[index])
        change(value)
        lines[index] = canonical_bytes(value) + b"\n"
        self.lines = lines

    def table(self):
        """Makes records.csv fit the lines."""
        rows = []
        for value in map(json.loads, self.lines):
            if value["kind"] in shapes.DECISIONS and "evidence" in value:
                rows.append(table.row(value["evidence"], value.get("subject")))
        self.members["records.csv"] = table.HEADER + b"".join(rows)

    def hashes(self):
        """Makes the manifest fit the files."""
        files = tuple(
            manifests.File(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in self.members.items()
            if name not in manifests.UNSIGNED
        )
        self.about = replace(self.about, files=files)
        self.members["manifest.json"] = self.about.to_bytes()

    def begin_at(self, start, leaves):
        """Leaves away what comes before `start`, and says so."""
        self.lines, self.start, self.leaves = self.lines[start:], start, leaves
        frontier = Frontier.empty()
        for leaf in leaves[:start]:
            frontier.append(leaf)
        self.about = replace(
            self.about,
            start=start,
            start_frontier=tuple(digest.hex() for digest in frontier.hashes),
            previous={"size": start, "root": frontier.root().hex()},
        )
        self.table()

    def sign(self, signer):
        """Makes another log of it, all of it consistent, under the signer's key."""
        leaves = [*self.leaves[: self.start], *(leaf_of(decode(line).line) for line in self.lines)]
        self.about = replace(self.about, end=len(leaves))
        self.members["checkpoint"] = self._checkpoint(leaves, signer)
        if self.start:
            self.members["previous.checkpoint"] = self._checkpoint(leaves[: self.start], signer)
            proof = consistency_proof(self.start, len(leaves), lambda level, index: _node(leaves, level, index))
            self.members["consistency.proof"] = b"".join(b64encode(digest) + b"\n" for digest in proof)
        self.members["keys.json"] = canonical_bytes({"keys": [{"vkey": vkey} for vkey in (signer.vkey, *self.also)]})
        self.seal(signer)

    def seal(self, signer):
        """Makes the manifest fit the files, and signs it."""
        self.hashes()
        self.members["manifest.note"] = signer.sign(self.about.export_text()).encode()

    def _checkpoint(self, leaves, signer):
        head = checkpoint.Checkpoint(self.about.origin, len(leaves), root_of(leaves))
        return checkpoint.sign(head, signer).encode()


def _node(leaves, level, index):
    return root_of(leaves[index << level : (index + 1) << level])

"""Checkpoints, https://c2sp.org/tlog-checkpoint: a log's name, size and root, signed by the key of that name."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from consent.merkle.note import NoteInvalid, Signer, Verifier, open_note, strict_decimal, strict_hash


class CheckpointInvalid(NoteInvalid):
    """The text is not that of a checkpoint, or it is another log's."""


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Raises CheckpointInvalid. Extension lines are signed text that says nothing here: accepted and dropped."""
        origin, *lines = text.split("\n")
        if len(lines) < 3 or lines.pop() != "" or "" in (origin, *lines):
            raise CheckpointInvalid("checkpoint_lines")
        try:
            return cls(origin, strict_decimal(lines[0]), strict_hash(lines[1]))
        except ValueError as error:
            raise CheckpointInvalid("checkpoint_values", why=error) from error


def sign(checkpoint: Checkpoint, signer: Signer) -> str:
    """The note. Raises CheckpointInvalid for one that no verifier would open."""
    text = checkpoint.text()
    if Checkpoint.parse(text) != checkpoint or signer.name != checkpoint.origin:
        raise CheckpointInvalid("checkpoint_key")
    return signer.sign(text)


def open_checkpoint(note: str, verifiers: Iterable[Verifier], origin: str) -> Checkpoint:
    """Raises NoteInvalid unless a key named `origin` signed it and it is the checkpoint of `origin`."""
    text = open_note(note, [verifier for verifier in verifiers if verifier.name == origin])
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != origin:
        raise CheckpointInvalid("checkpoint_origin", origin=checkpoint.origin)
    return checkpoint

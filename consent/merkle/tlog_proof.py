"""A proof of inclusion as one text, https://c2sp.org/tlog-proof@v1: it is verified offline, with the log's key alone."""

from base64 import b64encode
from collections.abc import Iterable, Sequence

from consent.merkle.checkpoint import Checkpoint, open_checkpoint
from consent.merkle.note import Verifier, strict_b64decode, strict_decimal, strict_hash
from consent.merkle.proof import ProofInvalid, verify_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"


def encode(index: int, proof: Sequence[bytes], checkpoint_note: str, extra: bytes | None = None) -> str:
    """`extra` travels with the proof and is NOT covered by it."""
    lines = [FIRST_LINE]
    if extra is not None:
        lines.append(f"extra {b64encode(extra).decode()}")
    lines.append(f"index {index}")
    lines += [b64encode(digest).decode() for digest in proof]
    return "\n".join(lines) + f"\n\n{checkpoint_note}"


def decode(text: str) -> tuple[int, list[bytes], str, bytes | None]:
    """Index, proof, the checkpoint's note and the extra data, none of them verified. Raises ProofInvalid."""
    head, _, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != FIRST_LINE or not note:
        raise ProofInvalid("proof_form", first=FIRST_LINE)
    try:
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = strict_b64decode(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise ProofInvalid("proof_index")
        index = strict_decimal(lines.pop(0).removeprefix("index "))
        return index, [strict_hash(line) for line in lines], note, extra
    except ValueError as error:
        raise ProofInvalid("proof_values", why=error) from error


def verify(text: str, leaf_hash: bytes, verifiers: Iterable[Verifier], origin: str) -> Checkpoint:
    """The checkpoint of log `origin` that includes the leaf. Raises ProofInvalid, or NoteInvalid for the checkpoint."""
    index, proof, note, _ = decode(text)
    checkpoint = open_checkpoint(note, verifiers, origin)
    verify_inclusion(leaf_hash, index, checkpoint.size, proof, checkpoint.root)
    return checkpoint

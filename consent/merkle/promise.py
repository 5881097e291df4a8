"""The signed promise that a visitor gets at once: this leaf will be in the log within the merge delay.

Its first line is no log's origin and its key has its own name, so it cannot pass for a checkpoint.
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from consent.merkle.note import NoteInvalid, Signer, Verifier, open_note, split_note, strict_decimal, strict_hash

FIRST_LINE = "consent-receipt/v1"


class PromiseInvalid(NoteInvalid):
    """The text is not that of a promise."""


def key_name(origin: str) -> str:
    """The name of the key that signs promises of the log `origin`."""
    return f"{origin}/receipts"


@dataclass(frozen=True)
class Promise:
    origin: str
    leaf_hash: bytes
    received_ms: int  # since the Unix epoch
    merge_delay_s: int

    def text(self) -> str:
        leaf = b64encode(self.leaf_hash).decode()
        return f"{FIRST_LINE}\n{self.origin}\n{leaf}\n{self.received_ms}\n{self.merge_delay_s}\n"

    @classmethod
    def parse(cls, text: str) -> "Promise":
        """Raises PromiseInvalid."""
        match text.split("\n"):
            case [first, origin, leaf, received, delay, ""] if first == FIRST_LINE and origin:
                pass
            case _:
                raise PromiseInvalid("promise_lines", first=FIRST_LINE)
        try:
            return cls(origin, strict_hash(leaf), strict_decimal(received), strict_decimal(delay))
        except ValueError as error:
            raise PromiseInvalid("promise_values", why=error) from error


def sign(promise: Promise, signer: Signer) -> str:
    """The note. Raises PromiseInvalid for one that no verifier would open."""
    text = promise.text()
    if Promise.parse(text) != promise or signer.name != key_name(promise.origin):
        raise PromiseInvalid("promise_key")
    return signer.sign(text)


def open_promise(note: str, verifiers: Iterable[Verifier]) -> Promise:
    """Raises NoteInvalid unless the receipt key of the log that the promise names signed it."""
    text, _ = split_note(note)
    promise = Promise.parse(text)
    open_note(note, [verifier for verifier in verifiers if verifier.name == key_name(promise.origin)])
    return promise

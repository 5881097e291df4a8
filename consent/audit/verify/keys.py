"""`keys.json` and the keys that an auditor pins."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from consent.audit.verify.told import Invalid
from consent.merkle.note import NoteInvalid, Verifier, open_note, split_note

MOST_KEYS = 10_000


class KeysInvalid(Invalid):
    """The keys cannot be read."""


@dataclass(frozen=True)
class Keys:
    """`named` by the bundle itself, `pinned` by whoever verifies: only the second kind says who signed."""

    named: tuple[Verifier, ...] = ()
    pinned: tuple[Verifier, ...] = ()

    @property
    def all(self) -> tuple[Verifier, ...]:
        return (*self.named, *self.pinned)

    def signers(self, note: str, name: str) -> list[Verifier]:
        """The keys of that name whose signature the note carries. Raises NoteInvalid where one of them does not verify."""
        _, signatures = split_note(note)
        hashes = {(signature.name, signature.key_hash) for signature in signatures}
        found = [each for each in self.all if each.name == name and (each.name, each.key_hash) in hashes]
        open_note(note, found)
        return found

    def knows(self, signers: Iterable[Verifier]) -> bool:
        pinned = {verifier.vkey for verifier in self.pinned}
        return any(signer.vkey in pinned for signer in signers)


def read_named(content: bytes) -> tuple[Verifier, ...]:
    """The public keys of `keys.json`, a list of {"vkey", "not_before_time", "retired_time"}. Raises KeysInvalid."""
    try:
        listed = json.loads(content)["keys"]
        if len(listed) > MOST_KEYS:
            raise KeysInvalid("keys_many", keys=len(listed))
        return tuple(Verifier.from_vkey(each["vkey"]) for each in listed)
    except KeysInvalid:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise KeysInvalid("keys_form") from error


def pinned(vkeys: Iterable[str]) -> tuple[Verifier, ...]:
    """Raises KeysInvalid, so that a mistyped key is not taken for an unknown one."""
    try:
        return tuple(Verifier.from_vkey(vkey.strip()) for vkey in vkeys)
    except NoteInvalid as error:
        raise KeysInvalid("key_pinned", why=error) from error

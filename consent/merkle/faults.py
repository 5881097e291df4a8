"""What is wrong with bytes that somebody gave, each by a stable code. English is here; other languages belong to who shows it."""

from collections.abc import Mapping
from typing import Any, ClassVar

WORDS = {
    "base64": "this base64 is not canonical",
    "decimal": "{text} is not a canonical decimal number below 2^63",
    "hash_bytes": "a hash has {needed} bytes, not {bytes}",
    "subtrees": "a tree of {size} leaves does not have {hashes} perfect subtrees",
    "salt_bytes": "a salt has {needed} bytes, not {bytes}",
    "entry_schema": "schema {schema} does not fit in two bytes",
    "entry_commitment": "a commitment has {needed} bytes",
    "entry_kind": "kind {kind} is unknown",
    "canonical_integer": "{path} is an integer beyond 2^53-1",
    "canonical_type": "{path} is a {type}, which has no canonical form",
    "canonical_key": "{path} is a key outside [A-Za-z0-9_.-]",
    "canonical_surrogate": "{path} holds a lone surrogate",
    "key_bytes": "an Ed25519 key has {needed} bytes, not {bytes}",
    "key_base64": "the key is not base64",
    "key_algorithm": "the key's algorithm is not Ed25519",
    "key_hash": "the key's hash is not that of its name and key",
    "key_name": "a key's name is not empty and has neither spaces nor a plus sign",
    "note_end": "the text of a note ends in a newline",
    "note_unsigned": "no known key signed this note",
    "note_form": "a note is text, an empty line and lines of signatures",
    "note_text": "a note is UTF-8 without control characters",
    "signatures_many": "more than {most} signatures",
    "signature_false": "the signature of {name} does not verify",
    "signature_form": "a line of signature has another form",
    "signature_base64": "the signature of {name} is not canonical base64",
    "signature_short": "the signature of {name} is too short",
    "checkpoint_lines": "a checkpoint is three or more lines, none of them empty",
    "checkpoint_values": "size or root of the checkpoint: {why}",
    "checkpoint_key": "a checkpoint is signed by the key that has the log's name",
    "checkpoint_origin": "this is a checkpoint of {origin}",
    "promise_lines": "a promise is five lines, the first of them {first}",
    "promise_values": "a line of the promise: {why}",
    "promise_key": "a promise is signed by the receipt key of its log",
    "proof_leaf": "a tree of {size} leaves has no leaf {index}",
    "proof_long": "the proof is too long",
    "proof_short": "the proof is too short",
    "proof_empty": "the proof is empty",
    "proof_root": "the proof leads to another root",
    "proof_old_root": "the proof leads to another old root",
    "proof_new_root": "the proof leads to another new root",
    "proof_sizes": "there is no consistency proof from size {old} to {new}",
    "proof_same_size": "two trees of one size are not the same",
    "proof_hash_bytes": "a hash does not have {needed} bytes",
    "proof_form": "a proof begins with {first} and has a checkpoint after an empty line",
    "proof_index": "the proof names no index",
    "proof_values": "a line of the proof: {why}",
}


class Fault(ValueError):
    """`values` are those of the words; one of them may be another error, the reason of this one."""

    words: ClassVar[Mapping[str, str]] = WORDS

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(self.words[code].format(**values))
        self.code = code
        self.values = values

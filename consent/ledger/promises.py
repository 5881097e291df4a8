"""The promise that goes out with each acknowledgement: this leaf will be in the log within the merge delay.

Signed after the commit, with the receipt key. A promise older than its delay without an inclusion proof is evidence of
omission that anybody can check.
"""

from consent.ledger.keys import Keyring
from consent.merkle.promise import Promise, key_name, sign

MERGE_DELAY_S = 3_600


def promise(keyring: Keyring, origin: str, leaf_hash: bytes, received_ms: int) -> str:
    """A signed note. `origin` is the first epoch's. Deterministic: a repeat gets the same bytes while the key is the same."""
    made = Promise(origin, leaf_hash, received_ms, MERGE_DELAY_S)
    return sign(made, keyring.remembered(key_name(origin)))

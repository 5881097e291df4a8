"""What a leaf says, as the checks need it; by which way its line was read makes no difference."""

from typing import NamedTuple

from consent.audit.verify.told import Told


class Place(NamedTuple):
    """A half of a leaf: `subject` False is its evidence."""

    leaf_index: int
    subject: bool


class Decided(NamedTuple):
    """A decision. `categories` and `services` are canonical JSON, `row` is its line of `records.csv`."""

    decision: str
    day: str
    script: str | None
    categories: bytes
    services: bytes
    row: bytes


class Said(NamedTuple):
    """`wrong`: the leaf hash is known, and of the rest nothing is.

    `record_id` has 16 bytes, or none where the evidence is absent. `erased`: what an erasure accounts for;
    `stepped_ms`: the time from which a step goes back to `received_ms`; None of others.
    """

    leaf_index: int
    leaf: bytes
    wrong: Told | None = None
    evidence_absent: bool = False
    subject_absent: bool = False
    record_id: bytes = b""
    received_ms: int | None = None
    policy_version: str | None = None
    decided: Decided | None = None
    erased: tuple[Place, ...] | None = None
    stepped_ms: int | None = None

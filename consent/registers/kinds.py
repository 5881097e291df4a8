"""The two registers by their names in addresses and on the command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent.registers import confirmations, transfers


@dataclass(frozen=True)
class Kind:
    """`fields` are typed, `exported` stand in the CSV. `choices`: what some fields may be."""

    name: str
    fields: Sequence[str]
    exported: Sequence[str]
    choices: Mapping[str, Sequence[str]]
    add: Callable[..., Any]
    of_site: Callable[..., list[Any]]


TRANSFERS = Kind(
    "transfers",
    transfers.FIELDS,
    (*transfers.FIELDS, "due_on"),
    {"basis": transfers.BASES},
    transfers.add,
    transfers.of_site,
)
CONFIRMATIONS = Kind(
    "confirmations",
    confirmations.FIELDS,
    confirmations.FIELDS,
    {"method": confirmations.METHODS, "informed_abroad": confirmations.ANSWERS},
    confirmations.add,
    confirmations.of_site,
)
KINDS = {kind.name: kind for kind in (TRANSFERS, CONFIRMATIONS)}

"""A MaxMind database with a few networks in it (the format's specification, version 2.0), as a user of the platform has one."""

import ipaddress
from pathlib import Path

RECORD = 24  # bits: small databases need no more
UINT16, UINT32, UINT64 = 5, 6, 9


def write(path: Path, rows: dict[str, dict]) -> Path:
    """{IPv4 network: row}."""
    tree, data = _tree(rows)
    nodes = b"".join(left.to_bytes(3, "big") + right.to_bytes(3, "big") for left, right in tree)
    metadata = {
        "node_count": (UINT32, len(tree)),
        "record_size": (UINT16, RECORD),
        "ip_version": (UINT16, 4),
        "database_type": "Test-City",
        "languages": ["en"],
        "binary_format_major_version": (UINT16, 2),
        "binary_format_minor_version": (UINT16, 0),
        "build_epoch": (UINT64, 1),
        "description": {"en": "of the tests"},
    }
    path.write_bytes(nodes + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encoded(metadata))
    return path


def _tree(rows):
    nodes, data, leaves = [[None, None]], b"", []
    for network, row in rows.items():
        net, at = ipaddress.ip_network(network), 0
        bits = [(int(net.network_address) >> (31 - depth)) & 1 for depth in range(net.prefixlen)]
        for bit in bits[:-1]:
            if nodes[at][bit] is None:
                nodes[at][bit] = len(nodes)
                nodes.append([None, None])
            at = nodes[at][bit]
        leaves.append((at, bits[-1], len(data)))
        data += encoded(row)
    for at, bit, offset in leaves:
        nodes[at][bit] = len(nodes) + 16 + offset
    nothing = len(nodes)
    return [[nothing if side is None else side for side in node] for node in nodes], data


def encoded(value) -> bytes:
    if isinstance(value, dict):
        return _head(7, len(value)) + b"".join(encoded(key) + encoded(member) for key, member in value.items())
    if isinstance(value, list):
        return _head(11, len(value)) + b"".join(map(encoded, value))
    if isinstance(value, tuple):
        kind, number = value
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return _head(kind, len(raw)) + raw
    raw = value.encode()
    return _head(2, len(raw)) + raw


def _head(kind, size):
    assert size < 29
    return bytes([kind << 5 | size]) if kind <= 7 else bytes([size, kind - 7])

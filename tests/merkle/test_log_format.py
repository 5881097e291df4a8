"""docs/reference/log-format.md against the code: somebody writes their own verifier from it."""

import re
from pathlib import Path

from consent.merkle import checkpoint, entry, note, promise, tiles, tlog_proof, tree
from consent.merkle.canonical import LARGEST_INTEGER, canonical_bytes
from consent.merkle.note import Signer
from consent.merkle.proof import inclusion_proof, verify_inclusion
from tests.merkle.rfc6962 import perfect

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "log-format.md").read_text()
LOG = Signer.from_seed("example.com/log", bytes(range(32)))
RECEIPTS = Signer.from_seed("example.com/log/receipts", bytes(range(32, 64)))
EVIDENCE = canonical_bytes({"log": LOG.name, "record_id": "019ab2c4-7d00-7000-8000-000000000001"})
SUBJECT = canonical_bytes({"visitor_id": "00112233445566778899aabbccddeeff"})


def block(name):
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", TEXT, re.S).group(1).strip()


def rows(name):
    """A table's rows, without its head and rule."""
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in block(name).splitlines()[2:]]


def example():
    """The values of the example in the order of the page."""
    evidence = entry.commit_evidence(bytes(range(64, 96)), EVIDENCE)
    subject = entry.commit_subject(bytes(range(96, 128)), SUBJECT)
    first = entry.entry_bytes(entry.Kind.DECISION, 1, evidence, subject)
    second = entry.entry_bytes(entry.Kind.POLICY_PUBLISHED, 1, evidence, entry.NO_SUBJECT)
    leaves = [tree.leaf_hash(first), tree.leaf_hash(second)]
    head = checkpoint.Checkpoint(LOG.name, 2, tree.root_of(leaves))
    proof = inclusion_proof(0, 2, perfect(leaves))
    verify_inclusion(leaves[0], 0, 2, proof, head.root)
    return {
        "evidence": EVIDENCE.decode(),
        "subject": SUBJECT.decode(),
        "C_ev": evidence.hex(),
        "C_su": subject.hex(),
        "entry 0": first.hex(),
        "entry 1": second.hex(),
        "leaf 0": leaves[0].hex(),
        "leaf 1": leaves[1].hex(),
        "root": head.root.hex(),
        "log key": LOG.vkey,
        "receipt key": RECEIPTS.vkey,
        "proof": tlog_proof.encode(0, proof, checkpoint.sign(head, LOG)),
        "promise": promise.sign(promise.Promise(LOG.name, leaves[0], 1795489200123, 3600), RECEIPTS),
    }


def test_the_page_names_every_size():
    assert {name: int(number) for name, number in rows("sizes")} == {
        "hash, root, commitment": tree.HASH_BYTES,
        "salt": entry.SALT_BYTES,
        "entry": entry.ENTRY_BYTES,
        "Ed25519 public key, seed": note.PUBLIC_KEY_BYTES,
        "key hash": note.KEY_HASH_BYTES,
        "tile, full": tiles.TILE_WIDTH * tree.HASH_BYTES,
    }


def test_the_page_lays_out_the_entry():
    offset = 0
    for start, length, _ in rows("entry"):
        assert int(start) == offset
        offset += int(length)
    assert offset == entry.ENTRY_BYTES
    assert f"`{entry.MAGIC[:2].decode()}`, then `0x{entry.MAGIC[2]:02x}`" in TEXT


def test_the_page_lists_every_kind():
    assert {int(number, 16): name for number, name, _ in rows("kinds")} == {
        kind.value: kind.name.lower() for kind in entry.Kind
    }


def test_the_page_names_the_domains_and_first_lines():
    for domain in (entry.EVIDENCE_DOMAIN, entry.SUBJECT_DOMAIN):
        assert f'"{domain[:-1].decode()}" ‖ 0x00' in TEXT
        assert domain.endswith(b"v1\x00")
    assert f"\n{promise.FIRST_LINE}\n" in TEXT
    assert f"\n{tlog_proof.FIRST_LINE}\n" in TEXT
    assert f"`{promise.key_name('<origin>')}`" in TEXT


def test_the_page_names_the_limits():
    assert LARGEST_INTEGER == 2**53 - 1
    assert note.LARGEST_NUMBER == 2**63 - 1
    assert "2^53 − 1" in TEXT
    assert "2^63 − 1" in TEXT
    assert f"{note.MOST_SIGNATURES} signatures" in TEXT
    assert tree.EMPTY_ROOT.hex() in TEXT
    assert f"{tiles.TILE_WIDTH} hashes" in TEXT
    assert TEXT.count(f"{entry.TOLERANCE_MS:,} ms") == 2


def test_the_example_of_the_page_is_what_the_code_computes():
    expected = example()
    values = "\n".join(f"{name:<12} {value}" for name, value in expected.items() if "\n" not in value)
    assert block("values") == f"```\n{values}\n```"
    assert block("proof") == f"```\n{expected['proof']}```"
    assert block("promise") == f"```\n{expected['promise']}```"

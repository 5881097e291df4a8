"""`fsck` recomputes everything, and finds each way in which a log can be damaged."""

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from consent.cli import main
from consent.db import snapshot, transact
from consent.ledger import fsck, logs
from consent.ledger.models import checkpoint_table, entry_table, log_table, tile_table
from tests.ledger.site_log import SiteLog

ENTRIES = 300  # two tiles of leaves, and one above them


@pytest.fixture
def grown(log):
    log.grow(ENTRIES // 2)
    log.grow(ENTRIES - ENTRIES // 2)
    return log


def row(grown, index):
    return (entry_table.c.log_id == grown.head.log_id) & (entry_table.c.leaf_index == index)


def tile(level, index):
    return (tile_table.c.level == level) & (tile_table.c.tile_index == index)


def remove(table, where):
    transact(lambda connection: connection.execute(delete(table).where(where)))


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def tile_data(grown, level, index):
    return grown.read(lambda c: c.execute(tile_table.select().where(tile(level, index))).one()).data


def test_a_sound_log_has_no_damage(grown):
    assert grown.damage() == []


def test_a_log_that_nothing_was_written_to_has_none_either(app, site):
    assert SiteLog(site).damage() == []


@pytest.mark.parametrize("half", ["evidence", "subject"])
def test_altered_bytes_are_found(grown, half):
    grown.alter(entry_table, row(grown, 7), **{half: b'{"decision":"forged"}'})
    (said,) = grown.damage()
    assert said.startswith("index 7 record ")
    assert "do not give the leaf hash" in said


def test_bytes_altered_together_with_their_leaf_hash_are_found(grown):
    """Whoever can do this has not yet forged the tree: head, tiles and checkpoints contradict them."""
    grown.alter(entry_table, row(grown, 7), leaf_hash=grown.entries()[8].leaf_hash)
    said = "\n".join(grown.damage())
    assert "head its root is not the root of the entries" in said
    assert "checkpoint" in said


def test_a_deleted_row_is_found_and_named_once(grown):
    remove(entry_table, row(grown, 40))
    said = grown.damage()
    assert [each for each in said if "is missing" in each] == ["index 40 is missing; the next one is 41"]
    assert f"head says {ENTRIES + 1} entries, there are {ENTRIES}" in said


def test_the_last_rows_cut_off_are_found(grown):
    remove(entry_table, row(grown, ENTRIES))
    assert f"head says {ENTRIES + 1} entries, there are {ENTRIES}" in grown.damage()


def test_evidence_that_is_gone_without_an_erasure_is_found(grown):
    kept = {"evidence": None, "evidence_salt": None}
    grown.alter(entry_table, row(grown, 7), **kept)
    assert any("the evidence is gone and no erasure accounts for it" in said for said in grown.damage())


@pytest.mark.parametrize(("level", "index"), [(0, 0), (0, 1), (1, 0)])
def test_an_altered_tile_is_found(grown, level, index):
    data = tile_data(grown, level, index)
    grown.alter(tile_table, tile(level, index), data=flipped(data, 3))
    assert grown.damage() != []
    assert all(said.startswith("tile") for said in grown.damage())


@pytest.mark.parametrize(("level", "index"), [(0, 0), (0, 1), (1, 0)])
def test_a_lost_tile_is_found(grown, level, index):
    remove(tile_table, tile(level, index))
    assert [said for said in grown.damage() if said.startswith("tile")] != []


def test_a_shortened_tile_is_found(grown):
    grown.alter(tile_table, tile(0, 1), data=tile_data(grown, 0, 1)[:-32])
    assert [said for said in grown.damage() if said.startswith("tile")] != []


def test_an_altered_checkpoint_is_found(grown):
    last = grown.checkpoints()[-1]
    where = checkpoint_table.c.size == last.size
    grown.alter(checkpoint_table, where, note=last.note.replace(f"\n{last.size}\n", f"\n{last.size + 1}\n"))
    (said,) = grown.damage()
    assert said.startswith(f"checkpoint {last.size} its signature does not hold")


def test_a_checkpoint_of_another_size_is_found(grown):
    first, last = grown.checkpoints()[0], grown.checkpoints()[-1]
    grown.alter(checkpoint_table, checkpoint_table.c.size == last.size, note=first.note)
    assert grown.damage() == [f"checkpoint {last.size} the signed text is not what stands beside it"]


@pytest.mark.parametrize("column", ["root", "frontier"])
def test_an_altered_head_is_found(grown, column):
    grown.alter(log_table, log_table.c.log_id == grown.head.log_id, **{column: flipped(getattr(grown.head, column), 0)})
    assert "head its root is not the root of the entries" in grown.damage()


def test_a_head_that_went_back_is_found(grown):
    grown.alter(log_table, log_table.c.log_id == grown.head.log_id, size=3)
    assert f"head says 3 entries, there are {ENTRIES + 1}" in grown.damage()


def test_the_command_ends_with_1_where_something_is_wrong(grown):
    sound = CliRunner().invoke(main, ["ledger", "fsck"])
    assert (sound.exit_code, "✓" in sound.output) == (0, True)
    remove(tile_table, tile(0, 0))
    damaged = CliRunner().invoke(main, ["ledger", "fsck", "--log", grown.head.origin])
    assert (damaged.exit_code, "✗" in damaged.output) == (1, True)
    assert CliRunner().invoke(main, ["ledger", "fsck", "--log", "nobody"]).exit_code == 1


def test_a_log_that_grows_while_it_is_examined_is_not_called_damaged(grown):
    with snapshot() as connection:
        log = logs.active(connection, grown.site.id)
        grown.grow(300)
        assert list(fsck.examine(connection, log)) == []
    assert grown.head.size == log.size + 300

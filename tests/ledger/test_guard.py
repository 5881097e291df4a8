"""What was signed is remembered outside the database, and nothing that contradicts it is signed."""

import threading

import pytest

from consent.ledger.guard import Guard, RolledBack

ORIGIN = "www.example.com/consent/example"
ROOTS = {size: bytes([size]) * 32 for size in range(9)}


@pytest.fixture
def guard(tmp_path):
    made = Guard(tmp_path / "guard")
    with made.held(ORIGIN):
        made.remember(ORIGIN, 5, ROOTS[5])
    return made


def test_the_first_signature_is_free(tmp_path):
    guard = Guard(tmp_path / "guard")
    guard.check(ORIGIN, 3, ROOTS.__getitem__)
    assert guard.last(ORIGIN) is None


def test_a_log_that_continues_what_was_signed_may_be_signed(guard):
    guard.check(ORIGIN, 5, ROOTS.__getitem__)
    guard.check(ORIGIN, 8, ROOTS.__getitem__)


def test_a_smaller_log_may_not(guard):
    with pytest.raises(RolledBack, match="5 entries were signed and the database has 4"):
        guard.check(ORIGIN, 4, ROOTS.__getitem__)


def test_a_log_with_other_entries_may_not(guard):
    with pytest.raises(RolledBack, match="not the ones that were signed"):
        guard.check(ORIGIN, 8, lambda size: bytes(32))


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"origin": "x"}', '{"origin": "x", "size": 1, "root": "", "more": 1}']
)
def test_a_file_that_cannot_be_read_refuses(guard, tmp_path, content):
    (file,) = (tmp_path / "guard").glob("*.json")
    file.write_text(content)
    with pytest.raises(RolledBack, match="cannot be read"):
        guard.check(ORIGIN, 8, ROOTS.__getitem__)


def test_what_was_remembered_outlives_the_process(guard, tmp_path):
    assert Guard(tmp_path / "guard").last(ORIGIN) == guard.last(ORIGIN)
    assert guard.last(ORIGIN).size == 5


def test_a_write_that_was_cut_off_leaves_the_former_memory(guard, tmp_path):
    """The process died after writing aside and before the rename."""
    (file,) = (tmp_path / "guard").glob("*.json")
    file.with_suffix(".new").write_text('{"origin":')
    assert guard.last(ORIGIN).size == 5
    with guard.held(ORIGIN):
        guard.remember(ORIGIN, 6, ROOTS[6])
    assert guard.last(ORIGIN).size == 6


def test_logs_do_not_share_a_file(guard):
    assert guard.last(f"{ORIGIN}/e2") is None


def test_one_publisher_at_a_time(guard):
    inside, together = [], []

    def publish():
        with guard.held(ORIGIN):
            inside.append(1)
            together.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [1] * 8


def test_publishers_of_one_log_at_once_sign_one_tree(app, log):
    """In threads, as the processes of one machine would."""
    log.append(40)
    failures = []

    def work():
        with app.app_context():
            try:
                for _ in range(8):
                    log.sequence(largest=3)
                    log.publish()
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert log.damage() == []
    assert log.last_checkpoint().size == log.head.size

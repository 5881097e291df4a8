"""What the demo says when it is ready."""

from consent import demo

LINK = "http://127.0.0.1:8000/admin/links/" + "x" * 43


def test_the_link_for_the_first_account_is_in_one_piece(capsys):
    demo._announce("http://127.0.0.1:8000", "http://localhost:8001", LINK)
    assert LINK in capsys.readouterr().out.splitlines()


def test_once_there_is_an_account_no_link_is_shown(capsys):
    demo._announce("http://127.0.0.1:8000", "http://localhost:8001", None)
    said = capsys.readouterr().out
    assert "/admin/links/" not in said
    assert "http://127.0.0.1:8000/admin/" in said

"""Reading HTML as browsers do where it matters for finding what a page loads."""

import time

import pytest

from consent.markup import tokens


def read(html):
    return [(each.kind, each.name or each.inside, dict(each.attributes) or each.text) for each in tokens(html)]


@pytest.mark.parametrize(
    ("html", "attributes"),
    [
        ("<img src=a.gif>", {"src": "a.gif"}),
        ("<IMG SRC='a.gif'/>", {"src": "a.gif"}),
        ('<img\n src = "a b&amp;c" alt>', {"src": "a b&c", "alt": ""}),
        ('<img src="1" src="2">', {"src": "1"}),
        ("<img src=//h/p>", {"src": "//h/p"}),
        ("<img a=1b='2'>", {"a": "1b='2'"}),
        ('<img data-x="a>b">', {"data-x": "a>b"}),
    ],
)
def test_attributes(html, attributes):
    ((kind, name, found),) = read(html)
    assert (kind, name, found) == ("start", "img", attributes)


def test_scripts_are_text_until_they_end_and_comments_are_nothing():
    html = "<!DOCTYPE html><!-- <b> --><script>if (a<b) '<i>'</SCRIPT ><p>a<b>"
    assert read(html) == [
        ("start", "script", ""),
        ("text", "script", "if (a<b) '<i>'"),
        ("end", "script", ""),
        ("start", "p", ""),
        ("start", "b", ""),
    ]


def test_lines_are_counted():
    assert [each.line for each in tokens("<a>\n\n<b\n><script>\n</script>")] == [1, 3, 4, 4, 5]


@pytest.mark.parametrize("html", ["<p", '<p a="', "<!-- <p>", "<!", "a < b", "</", "<>", "<1>", ""])
def test_what_is_no_tag_is_left_out(html):
    assert read(html) == []


@pytest.mark.parametrize("part", ["<!--", "<a", "<a b='", "</", "<script>", "<a b=c ", '<a b="', "< ", "<![CDATA["])
def test_time_grows_with_the_length_alone(part):
    begun = time.process_time()
    list(tokens(part * 100_000))
    assert time.process_time() - begun < 3

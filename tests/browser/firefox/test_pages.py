"""Our own pages, where lines break."""

from tests.visitors.test_appearance import demo_key, shown, test_japanese_lines_break_between_phrases  # noqa: F401  (the same test)

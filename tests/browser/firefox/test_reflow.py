"""Where lines break. Firefox knows no `word-break: auto-phrase`."""

from tests.browser.test_reflow import screens, test_japanese_lines_break_between_phrases  # noqa: F401  (the same test)

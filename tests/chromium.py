"""The system's Chromium. Its headless shell is the same engine without the browser's own windows, and starts quicker."""

import os
import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def path():
    """None: Playwright takes its own, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def arguments(*more):
    """As root, which a container often is, Chromium runs only without its sandbox."""
    return [*more, "--disable-background-networking", "--disable-quic", *["--no-sandbox"] * (os.getuid() == 0)]

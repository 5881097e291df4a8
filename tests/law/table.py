"""What the packs come to, written out by hand: category by category, what runs before a decision.

`..` nothing, `x.` until the visitor refuses or their browser sends Global Privacy Control, `xx` until the visitor refuses.
"""

from tests.policies.policy import ACME, resolved

CATEGORIES = ("functional", "analytics", "ma", "advertising")
TABLE = {
    "jp": ("..", "..", "..", ".."),
    "jp-notice": ("xx", "xx", "..", "x."),
    "eu": ("..", "..", "..", ".."),
    "fr-cnil": ("..", "..", "..", ".."),
    "gb": ("..", "x.", "..", ".."),
    "us-ca": ("xx", "x.", "x.", "x."),
    "us-gpc": ("xx", "x.", "x.", "x."),
    "notice_only": ("xx", "xx", "x.", "x."),
}
# Some sites: their packs, and what the strictest of them is.
SITES = {
    ("us-ca", "us-gpc"): ("xx", "x.", "x.", "x."),
    ("us-ca", "gb"): ("..", "x.", "..", ".."),
    ("notice_only", "us-ca"): ("xx", "x.", "x.", "x."),
    tuple(TABLE): ("..", "..", "..", ".."),
}
# Of what is stored: the categories that it grants; None where no decision holds.
STORED = {
    "nothing": None,
    "acceptance": CATEGORIES,
    "refusal": (),
    "choice": ("analytics",),
    "old acceptance": None,
    "old refusal": (),  # a refusal does not become a permission by growing old
}
SIGNALS = {"absent": False, "off": False, "on": True}


def expected(row, *, signal, stored):
    """The categories that run."""
    held = STORED[stored]
    if held is not None:
        return set(held)
    return {name for name, runs in zip(CATEGORIES, row, strict=True) if runs[SIGNALS[signal]] == "x"}


def service(category):
    return {
        "id": category,
        "preset": "custom_script",
        "category": category,
        "vendor": "acme",
        "name": category,
        "purpose": {"ja": "見本です。", "en": "A sample."},
        "sends": ["page_url"],
        "parameters": {"src": f"https://{category}.vendor.example/tag.js"},
        "load": "platform",
    }


def document(packs):
    """A policy with one tag of each category, under some packs."""
    return resolved(
        categories=["necessary", *CATEGORIES],
        services=[service(category) for category in CATEGORIES],
        vendors=[ACME],
        law={"packs": list(packs)},
    )

"""The banner in a frame: one page with its scripts in it, which asks nobody for anything.

It is for a sandboxed frame without an origin of its own: it reaches no cookie, no storage and no session. What may run are
the scripts of the page by their hashes. A nonce would not do: the core gives it on to the tags that an answer loads.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup

from consent.javascript import literal

_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src {scripts}; style-src 'nonce-{nonce}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
# Chunks ask for the next one by a script element. Ours is here already; everything else, such as a tag of a vendor, is
# refused by the policy. The signal is the visitor's and not that of the person who looks.
_BOOT = """(() => {
  const append = document.head.append;
  document.head.append = function (node) {
    if (node.arrived) {
      node.removeAttribute("src");
      node.textContent = SECOND;
    }
    append.call(this, node);
  };
  Object.defineProperty(navigator, "globalPrivacyControl", { value: SIGNAL });
  const show = () => window.consent.show(LAYER);
  addEventListener("load", LAYER === 2 ? show : () => {});
})();"""


@dataclass(frozen=True)
class Framed:
    """Source texts of the scripts, each for an element with the page's nonce, in their order; `second` comes later."""

    language: str
    direction: str
    scripts: tuple[Markup, ...]
    second: str
    dark: bool | None = None  # None: what the system of the person who looks prefers

    def policy(self, nonce: str) -> str:
        """The Content-Security-Policy of the page."""
        scripts = " ".join(f"'sha256-{_hash(source)}'" for source in (*self.scripts, self.second))
        return _POLICY.format(scripts=scripts, nonce=nonce)


def frame(
    *,
    language: str,
    direction: str,
    core: str,
    first: str,
    second: str,
    layer: int,
    signal: bool = False,
    dark: bool | None = None,
) -> Framed:
    """`first` and `second`: the chunks. `signal`: Global Privacy Control."""
    boot = _BOOT.replace("LAYER", str(layer)).replace("SIGNAL", literal(signal)).replace("SECOND", literal(second))
    # Markup: script source as the program composes it; what people wrote is in it as JSON that ends no element.
    sources = tuple(Markup(source) for source in (boot, core, first))  # noqa: S704
    return Framed(language, direction, sources, second, dark)


def _hash(source: str) -> str:
    return b64encode(sha256(source.encode()).digest()).decode()

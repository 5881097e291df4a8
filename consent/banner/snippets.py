"""What a site's developer pastes into its pages (docs/embedding.md)."""

from dataclasses import dataclass

VARIANTS = ("plain", "nonce", "gtm", "wordpress")

_PLAIN = '<script src="{script}"></script>'
_NONCE = '<script nonce="{{{{ nonce }}}}" src="{script}"></script>'
_GTM = """<script src="{script}"></script>
<!-- Google Tag Manager: your own snippet, made inert by its first line -->
<script type="text/plain" data-category="analytics" data-service="gtm">
(function(w,d,s,l,i){{w[l]=w[l]||[];w[l].push({{'gtm.start':
new Date().getTime(),event:'gtm.js'}});var f=d.getElementsByTagName(s)[0],
j=d.createElement(s),dl=l!='dataLayer'?'&l='+l:'';j.async=true;j.src=
'https://www.googletagmanager.com/gtm.js?id='+i+dl;f.parentNode.insertBefore(j,f);
}})(window,document,'script','dataLayer','GTM-XXXXXXX');
</script>"""
_WORDPRESS = """add_action('wp_head', function () {{
    echo '<script src="{script}"></script>' . "\\n";
}}, -1000);"""
_TEXTS = dict(zip(VARIANTS, (_PLAIN, _NONCE, _GTM, _WORDPRESS), strict=True))


@dataclass(frozen=True)
class Snippet:
    """`policy`: what the site's own Content-Security-Policy needs, if it has one."""

    code: str
    policy: str


def script_address(platform: str, key: str) -> str:
    return f"{platform}/b/{key}.js"


def snippet(variant: str, platform: str, key: str) -> Snippet:
    source = f"'nonce-…' {platform}" if variant == "nonce" else platform
    return Snippet(
        _TEXTS[variant].format(script=script_address(platform, key)), f"script-src {source}; connect-src {platform}"
    )


def link(platform: str, key: str, text: str) -> str:
    """Opens the preferences; without JavaScript it leads to a page for them."""
    return f'<a href="{platform}/settings/{key}" data-consent-open>{text}</a>'

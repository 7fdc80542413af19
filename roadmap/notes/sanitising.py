"""The second line of defence for rendered notes: addresses that may be linked to, and what HTML may hold at all.

`rendering` writes HTML from parser events and passes no markup of the note; what is here would still hold if it did.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import nh3

from roadmap.notes.limits import Limits

SCHEMES = frozenset({"http", "https", "mailto"})
EXTERNAL_REL = "nofollow noopener noreferrer"

_ABSOLUTE = re.compile(r"(?i)(?:https?://(?![/?#@])(?P<host>[^/?#\\@\s]+)(?:[/?#]|$)|mailto:[^\s@]+@[^\s@]+$)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UNSAFE = re.compile("[\0-\x1f\x7f-\x9f\\\\\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]")
_SPACE = re.compile(r"\s")

_ATTRIBUTES = {
    "a": {"href", "title", "rel", "class", "id", "role", "aria-label"},
    "aside": {"class", "role"},
    "blockquote": {"dir"},
    "code": {"class", "dir"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "h3": {"dir"},
    "h4": {"dir"},
    "h5": {"dir"},
    "h6": {"dir"},
    "h1": {"dir"},
    "h2": {"dir"},
    "li": {"class", "dir", "id"},
    "ol": {"start", "class"},
    "p": {"class", "dir"},
    "pre": {"class", "dir", "tabindex"},
    "section": {"class", "role", "aria-label"},
    "span": {"class", "role", "aria-label"},
    "sup": {"class"},
    "td": {"class", "dir"},
    "th": {"class", "dir", "scope"},
}
_BARE_TAGS = frozenset(
    "b bdi br del em hr i ins kbd mark s strong sub sup table tbody thead tr u ul".split()  # noqa: SIM905 - one line
)
_CLEANER = nh3.Cleaner(
    tags=set(_ATTRIBUTES) | set(_BARE_TAGS),
    attributes=_ATTRIBUTES,
    url_schemes=set(SCHEMES),
    link_rel=None,  # written by rendering, for external links only
    strip_comments=True,
)


def clean(html: str) -> str:
    """The HTML without anything that is not on the lists above."""
    return _CLEANER.clean(html)


def external_url(url: str, limits: Limits) -> str:
    """The address when it may be linked to: http, https or mailto, no user name, nothing invisible. Else "" ."""
    url = url.strip()
    if len(url) > limits.link_target or _UNSAFE.search(url) or not _ABSOLUTE.match(url):
        return ""
    return _SPACE.sub(lambda space: quote(space[0]), url)


def is_relative(url: str) -> bool:
    """Whether the address names something beside the note: no scheme, no host."""
    return not _SCHEME.match(url) and not url.startswith(("//", "\\", "/\\"))


def internal_url(url: str) -> str:
    """An address of our own pages, as the resolver gave it; "" for anything that leaves the site."""
    leaves = not url.startswith("/") or url.startswith(("//", "/\\"))
    return "" if leaves or _UNSAFE.search(url) else _SPACE.sub(lambda space: quote(space[0]), url)

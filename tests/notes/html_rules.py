"""What rendered notes may hold, checked on the HTML itself and not by the sanitiser's own lists."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = frozenset(
    [
        *("a", "aside", "b", "bdi", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "s", "section", "span", "strong", "sub", "sup"),
        *("table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
    ]
)
VOID = frozenset({"br", "hr"})
ATTRIBUTES = frozenset(
    {"aria-label", "class", "dir", "href", "id", "rel", "role", "scope", "start", "tabindex", "title"}
)
_HREF = re.compile(
    r"(?:https?://[^/?#@\s\\]+(?:[/?#][^\s\\]*)?|mailto:[^\s@]+@[^\s@]+|/(?![/\\])[^\s\\]*|#note-[a-z]+-\d+)\Z"
)
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f]")


class _Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[str] = []
        self.text: list[str] = []
        self.depth = 0
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.found.append(f"{tag} {name}={value!r}")
            if name == "href" and not _HREF.match(value or ""):
                self.found.append(f"href={value!r}")
            if name == "id" and ((value or "") in self.ids or not (value or "").startswith("note-")):
                self.found.append(f"id={value!r}")
            if name == "id":
                self.ids.add(value or "")
        if tag not in VOID:
            self.open.append(tag)
            self.depth = max(self.depth, len(self.open))
            if tag == "a" and "a" in self.open[:-1]:
                self.found.append("a link within a link")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.found.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")


def _check(html: str) -> _Checker:
    checker = _Checker()
    checker.feed(html)
    checker.close()
    return checker


def violations(html: str) -> list[str]:
    """Whatever in the HTML should not be there; empty for safe, well-formed HTML."""
    checker = _check(html)
    control = [f"control character {char!r}" for char in set(_CONTROL.findall(html))]
    return checker.found + [f"<{tag}> is never closed" for tag in checker.open] + control


def text_of(html: str) -> str:
    return "".join(_check(html).text)


def depth_of(html: str) -> int:
    return _check(html).depth

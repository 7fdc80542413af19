"""Raw HTML inside notes, cut into tags and text. Nothing is rendered from it: only its structure is read.

A hand-written scanner instead of html.parser, whose worst cases are quadratic: every character here is looked at once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

STYLES: Final = {"b": "Strong", "strong": "Strong", "i": "Emphasis", "em": "Emphasis", "s": "Strikethrough"} | {
    "del": "Strikethrough",
    "strike": "Strikethrough",
}
BLOCKS: Final = {f"h{n}": "heading" for n in range(1, 7)} | {
    "p": "paragraph",
    "summary": "summary",
    "ul": "list",
    "ol": "list",
    "li": "item",
    "table": "table",
    "tr": "row",
    "dl": "list",
    "dt": "item",
    "dd": "paragraph",
    "td": "cell",
    "th": "cell",
}
_SILENT: Final = {"script", "style", "template", "svg"}
_NAME: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
_CHECKED: Final = re.compile(r"\schecked(?=[\s=/>])", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-zA-Z-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'<>=]+))""")


class Token(NamedTuple):
    """A tag (`name`) or a piece of text (`text`)."""

    line: int
    """Lines above it in the same raw text, from 0."""
    text: str = ""
    name: str = ""
    closing: bool = False
    attributes: Mapping[str, str] = MappingProxyType({})


def tag(raw: str, line: int = 0) -> Token | None:
    """The tag that `raw` (from `<` to `>`) is, or None for a comment or anything else."""
    found = _NAME.match(raw)
    if found is None:
        return None
    attributes: dict[str, str] = {}
    if "=" in raw:
        for key, double, single, bare in _ATTRIBUTE.findall(raw[found.end() :]):
            attributes.setdefault(key.lower(), html.unescape(double or single or bare))
    if found[1].lower() == "input" and _CHECKED.search(raw):
        attributes["checked"] = ""
    return Token(line, "", found[1].lower(), raw.startswith("</"), attributes)


def tokens(raw: str) -> Iterator[Token]:
    """Tags and text of a raw HTML block, in order; comments and the insides of scripts and styles are left out."""
    at, line, silent = 0, 0, ""
    while at < len(raw):
        if raw.startswith("<!--", at):
            end = raw.find("-->", at + 4)
            end = len(raw) if end == -1 else end + 3
        elif raw[at] == "<":
            end = raw.find(">", at)
            end = len(raw) if end == -1 else end + 1
            found = tag(raw[at:end], line)
            if found is not None and silent:
                silent = "" if found.closing and found.name == silent else silent
            elif found is not None and found.name in _SILENT:
                silent = "" if found.closing else found.name
            elif found is not None:
                yield found
        else:
            end = raw.find("<", at)
            end = len(raw) if end == -1 else end
            if not silent:
                yield from _lines(raw[at:end], line)
        line += raw.count("\n", at, end)
        at = end


def _lines(text: str, line: int) -> Iterator[Token]:
    """Text line by line, so that each piece knows its line."""
    for offset, part in enumerate(text.split("\n")):
        if part.strip():
            yield Token(line + offset, html.unescape(part) + "\n" * (offset < text.count("\n")))

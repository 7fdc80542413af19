"""A value as Markdown or YAML that is read back as that value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>~$&]")
_FIRST: Final = re.compile(r"^(\s*)([-+#>=:]|\d{1,9}(?=[.)]))")
_NUMBERED: Final = re.compile(r"^(\s*\d{1,9})([.)])")
_PLAIN: Final = re.compile(r"[^\W\d][^:#\n\[\]{},&*!|>'\"%@`]*", re.UNICODE)
_WORDS_OF_YAML: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def one_line(text: str) -> bool:
    """Whether a line of Markdown can say this: it has one line, and only single blanks between its words."""
    return bool(text) and " ".join(text.split()) == text


def inline(text: str, *, cell: bool = False) -> Iterator[str]:
    """Ways to say `text` within a line, the plainest first. The reader decides which of them is one."""
    piped = text.replace("|", "\\|") if cell else text
    yield piped
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    if cell:
        escaped = escaped.replace("|", "\\|")
    if escaped != piped:
        yield escaped
    first = _NUMBERED.sub(r"\1\\\2", escaped) if _NUMBERED.match(escaped) else _FIRST.sub(r"\1\\\2", escaped)
    if first != escaped:
        yield first


def scalar(text: str, like: str = "", *, meant: bool = False) -> Iterator[str]:
    """Ways to write a YAML value, first in the style of the one it replaces: `'`, `"` or plain.

    `meant`: a number or yes and no, which stand without quotation marks.
    """
    single = "'" + text.replace("'", "''") + "'"
    double = json.dumps(text, ensure_ascii=False)
    ways = {"'": [single, double], '"': [double, single]}.get(like, [double, single])
    plain = bool(_PLAIN.fullmatch(text)) and text.casefold() not in _WORDS_OF_YAML and text == text.strip()
    if (plain or meant) and like not in {"'", '"'}:
        ways = [text, *ways]
    if "\n" in text:
        ways = [double]
    yield from ways


def link(title: str, url: str, *, cell: bool = False) -> Iterator[str]:
    """`[title](url)`, its address in angle brackets where it would end too early."""
    bare = not re.search(r"[\s()<>|]", url)
    for shown in inline(title, cell=cell):
        if bare:
            yield f"[{shown}]({url})"
        elif not re.search(r"[<>\n]", url):
            yield f"[{shown}](<{url}>)"

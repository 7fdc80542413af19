"""Any text within one line of Markdown, and back, exactly."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>~$&^|#]")
_NUMBERED: Final = re.compile(r"^(\d+)([.)])")
_FIRST: Final = re.compile(r"^[-+=:>]")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_FENCE: Final = '`"'
_HIDDEN: Final = str.maketrans({character: f"\\u{ord(character):04x}" for character in "`*[]|^<>"})
"""What would end the code span, the title or the link around it."""


def plain(text: str) -> bool:
    """Whether a line can hold the text as it is: not empty, no blanks around it, nothing that breaks or turns lines."""
    return bool(text) and text == text.strip() and not any(unicodedata.category(c) in _UNSEEN for c in text)


_UNSEEN: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def escaped(text: str) -> str:
    """The text with a backslash before what Markdown takes for its own; JSON in a code span where no line holds it."""
    if not plain(text):
        return f"`{json.dumps(text, ensure_ascii=not text.isprintable()).translate(_HIDDEN)}`"
    told = _SPECIAL.sub(lambda found: "\\" + found[0], text).replace("::", ":\\:")
    told = _NUMBERED.sub(r"\1\\\2", told)
    return _FIRST.sub(lambda found: "\\" + found[0], told)


def meant(told: str) -> str:
    """What `escaped` was given."""
    if told.startswith(_FENCE) and told.endswith('"`') and len(told) > 3:
        try:
            return str(json.loads(told[1:-1]))
        except ValueError:
            return told
    return _ESCAPED.sub(r"\1", told)


def label(text: str) -> str:
    """As `escaped`, of the words a wiki link shows: programs show backslashes there, so there are few."""
    return re.sub(r"([\\\[\]|])", r"\\\1", text) if plain(text) and text[0] != "`" else escaped(text)

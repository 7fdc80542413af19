"""Front matter that the reader reads as exactly the fields it was given."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from roadmap.notes.frontmatter import split

_WORD: Final = re.compile(r"[A-Za-z][\w-]*(?: [\w-]+)*")
_VALUE: Final = re.compile(r"[^\W\d_][^:#\n\[\]{},&*!|>'\"%@`]*")
_WORDS_OF_YAML: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
HIDDEN: Final = "meta"
"""Key below `pathnotes` of fields that YAML cannot say: numbers and such, as JSON."""


def written(ours: Mapping[str, str], fields: Iterable[tuple[str, Any]], kept: Mapping[str, Any]) -> str:
    """The block with its fences: `pathnotes:` with `ours`, then `fields`, then `kept` word for word.

    What of `kept` YAML would change is written as JSON below `pathnotes`.
    """
    taken = {name for name, _ in fields} | {"pathnotes"}
    hidden = {name: value for name, value in kept.items() if name in taken or not says(name, value)}
    told = dict(ours)
    if hidden:
        told[HIDDEN] = json.dumps(hidden, sort_keys=True)
    lines = ["---", "pathnotes:", *(f"  {name}: {json.dumps(value)}" for name, value in told.items())]
    lines += [line for name, value in fields for line in _field(name, value)]
    lines += [line for name, value in kept.items() if name not in hidden for line in _field(name, value)]
    return "\n".join([*lines, "---", ""])


def kept(meta: Mapping[str, Any], known: Iterable[str] = ()) -> dict[str, Any]:
    """The fields that are not ours, those from JSON included."""
    ours = meta.get("pathnotes")
    found = {name: value for name, value in meta.items() if name not in {"pathnotes", *known}}
    if isinstance(ours, dict) and isinstance(hidden := ours.get(HIDDEN), str):
        with contextlib.suppress(ValueError, TypeError):
            found |= json.loads(hidden)
    return found


def says(name: str, value: Any) -> bool:
    """Whether the field, written, is read as itself."""
    text = "\n".join(["---", "pathnotes:", "  x: y", *_field(name, value), "---", ""])
    parts = split(text, "")
    return parts.meta == {"pathnotes": {"x": "y"}, name: value} and not any(
        p.severity == "error" for p in parts.problems
    )


def _field(name: str, value: Any) -> list[str]:
    key = (
        name
        if _WORD.fullmatch(name) and name.casefold() not in _WORDS_OF_YAML
        else json.dumps(name, ensure_ascii=False)
    )
    if isinstance(value, list) and value and all(isinstance(entry, str) for entry in value):
        return [f"{key}:", *(f"  - {_scalar(entry)}" for entry in value)]
    return [f"{key}: {_scalar(value)}"]


def _scalar(value: Any) -> str:
    """A value in one line: text plain where that is safe, all else in JSON's form, which YAML reads too."""
    plain = isinstance(value, str) and _VALUE.fullmatch(value) and value == value.strip() and value.isprintable()
    if plain and value.casefold() not in _WORDS_OF_YAML:
        return str(value)
    return json.dumps(value, ensure_ascii=False)

"""JSON from strangers: parsed within bounds, every object knowing the line on which it begins."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from roadmap.notes.encoding import decode
from roadmap.notes.items import Problem
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.sentences import sentence

DEPTH: Final = 40
"""Lists and objects within each other."""
LONG_NUMBER: Final = 15
"""Digits up to which a number is one; a longer one is kept as the text that was written."""
SAID: Final = 10
"""Keys given twice that are named."""
_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]\n]')
_NAME: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity')
_TOO_DEEP: Final = f"The JSON nests deeper than {DEPTH} levels. Flatten it."
_UNSHOWABLE: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Object(dict[str, Any]):
    """A JSON object. Of a key given twice the first counts."""

    line: int = 0
    """1-based line of its opening brace."""


class RefusedError(Exception):
    """The text is not taken in; `line` is 1-based, 0 where it is not known."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a JSON file holds: objects, lists, text, numbers, yes, no or None."""

    value: Any = None
    problems: list[Problem] = field(default_factory=list)
    """With one error in it when the file was refused."""
    refused: bool = False


def read_json(data: bytes, source: str, limits: Limits = DEFAULT) -> Parsed:
    """Parse a file. Never raises; time and memory grow linearly with it."""
    decoded = decode(data, source, limits)
    problems = list(decoded.problems)
    if decoded.refused:
        return Parsed(None, problems, refused=True)
    try:
        value = parse(decoded.text, source, problems)
    except RefusedError as refused:
        problems.append(Problem(source, refused.line, "error", "json-invalid", refused.message))
        return Parsed(None, problems, refused=True)
    return Parsed(value, problems)


def text_in(value: Any) -> str:
    """A text or a number as one line of text; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(_UNSHOWABLE.sub("", str(value)).split())


def parse(text: str, source: str, problems: list[Problem], *, exact: bool = False) -> Any:
    """The value of a text; keys given twice are told in `problems`. `exact`: whole numbers stay so, however long.

    Raise RefusedError.
    """
    objects: list[Object] = []
    twice: list[tuple[Object, str]] = []

    def made(pairs: list[tuple[str, Any]]) -> Object:
        found = Object(pairs)
        if len(found) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice.extend((found, key) for key, count in counts.items() if count > 1)
            found.update(reversed(pairs))
        objects.append(found)
        return found

    try:
        value = json.loads(
            text,
            object_pairs_hook=made,
            parse_int=int if exact else _whole,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        message = sentence(
            "This is not valid JSON: %(it)s%(msg)s. Correct it, or leave the file out.",
            it=error.msg[:1].lower(),
            msg=error.msg[1:],
        )
        raise RefusedError(error.lineno, message) from None
    except RecursionError:
        _set_lines(text, [])  # finds the line, and raises
        raise RefusedError(0, _TOO_DEEP) from None
    except ValueError:  # a whole number of thousands of digits
        raise RefusedError(0, "A number in the JSON has too many digits. Write it as text.") from None
    except _NoNumberError as error:
        name = str(error)
        line = next((text.count("\n", 0, m.start()) + 1 for m in _NAME.finditer(text) if m[0] == name), 0)
        message = sentence("%(name)s is no JSON: no number, and no text. Write a number or null.", name=name)
        raise RefusedError(line, message) from None
    _set_lines(text, objects)
    for at, key in twice[:SAID]:
        message = sentence("The key %(key)s is given twice in one object; the first one counts.", key=repr(key[:60]))
        problems.append(Problem(source, at.line, "warning", "json-duplicate-key", message))
    return value


def _set_lines(text: str, objects: list[Object]) -> None:
    """Objects are made when their brace closes: so the lines of the braces that opened, in the order of closing.

    Only for text that was parsed, at least so far: every string in it is known to be closed.
    """
    line = 1
    made = iter(objects)
    opened: list[int] = []
    for token in _TOKEN.finditer(text):
        char = text[token.start()]
        if char == "\n":
            line += 1
        elif char in "{[":
            opened.append(line)
            if len(opened) > DEPTH:
                raise RefusedError(line, _TOO_DEEP)
        elif char in "}]":
            began = opened.pop()
            if char == "}":
                next(made).line = began


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONG_NUMBER else digits


def _number(digits: str) -> float | str:
    value = float(digits) if len(digits) <= 40 else math.inf
    return value if math.isfinite(value) else digits


class _NoNumberError(Exception):
    pass


def _no_number(name: str) -> Any:
    raise _NoNumberError(name)

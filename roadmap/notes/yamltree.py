"""YAML from strangers' tools as plain lists, maps and text, with lines. Tags are passed over, aliases never followed.

Unlike front matter (`frontmatter.py`), a tool's settings may hold tags such as `!!python/name:…` that concern that tool
alone: the value is read as the text it is, and nothing is ever built or imported from it.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

EVENTS: Final = 60_000
DEPTH: Final = 30
_OTHER_BREAKS: Final = str.maketrans("\x0b\x0c\x85\u2028\u2029", "     ")
_UNSHOWABLE: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class YamlRefusedError(Exception):
    """The text is not taken in; `line` is 1-based."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


class Text(str):
    """A scalar as it was written, whatever YAML would make of it."""

    __slots__ = ("line",)
    line: int
    """1-based."""


class Map(dict[str, Any]):
    """Of a key given twice the first counts."""

    line: int = 0
    lines: dict[str, int]
    """1-based line of each key."""


class Alias:
    """Where `*name` stood."""

    def __init__(self, line: int) -> None:
        self.line = line


def read_yaml(text: str) -> Any:
    """The first document: Map, list, Text, Alias, or None where it is empty. Raise YamlRefusedError."""
    events: list[Any] = []
    depth = 0
    event: Any
    try:
        for event in yaml.parse(text.translate(_OTHER_BREAKS), Loader=yaml.CBaseLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEPTH:
                    raise YamlRefusedError(_line(event), f"The YAML nests deeper than {DEPTH} levels.")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.DocumentEndEvent):
                break
            elif not isinstance(event, yaml.NodeEvent):
                continue
            events.append(event)
            if len(events) > EVENTS:
                raise YamlRefusedError(_line(event), f"The YAML has more than {EVENTS:,} values.")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not valid"
        raise YamlRefusedError(mark.line + 1 if mark else 1, f"Invalid YAML: {problem}.") from None
    return _value(events, 0)[0] if events else None


def _value(events: list[Any], at: int) -> tuple[Any, int]:
    """The value that begins with event `at`, and the place after it. Recursion is bounded by the checked depth."""
    event = events[at]
    if isinstance(event, yaml.AliasEvent):
        return Alias(_line(event)), at + 1
    if isinstance(event, yaml.ScalarEvent):
        return _text(event), at + 1
    if isinstance(event, yaml.SequenceStartEvent):
        values = []
        at += 1
        while not isinstance(events[at], yaml.SequenceEndEvent):
            value, at = _value(events, at)
            values.append(value)
        return values, at + 1
    built = Map()
    built.line, built.lines = _line(event), {}
    at += 1
    while not isinstance(events[at], yaml.MappingEndEvent):
        line = _line(events[at])
        key, at = _value(events, at)
        value, at = _value(events, at)
        if isinstance(key, Text) and key not in built:
            built[key] = value
            built.lines[key] = line
    return built, at + 1


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _text(event: Any) -> Text:
    found = Text(_UNSHOWABLE.sub("", event.value))
    found.line = _line(event)
    return found

"""Front matter: the YAML fields between the two `---` lines at the head of a note.

python-frontmatter drives; the handler below does what a stranger's file needs. It splits exactly, checks YAML's event
stream before anything is built (no anchors, aliases, merge keys, tags; bounded depth and length), and keeps every
scalar as the text that was written: an id `012` is not ten, `no` is not False, a date is not an object. A note whose
fields cannot be read still has its body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from roadmap.notes.fields import check_fields
from roadmap.notes.items import Problem, Severity
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.sentences import sentence

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_DIRECTIVES_ONLY = re.compile(r"(?:%[^\n]*\n)+")
_FIELD = re.compile(r"""[?] |[{]|["'][^\n"']*["'][ \t]*:|[\w$@.~<][^\n]*?:(?=[ \t\n]|$)""")
_BARE_VALUE = re.compile(r"^([ \t]*(?:- +)*(?:[\w][\w -]*:[ \t]+)?)((?:\[\[|\{\{)[^\n]*?)[ \t]*$", re.MULTILINE)
_NOT_TEXT_KEY = re.compile(
    r"(?:~|null|true|false|yes|no|on|off|[-+]?(?:0[xo])?[\d_]+(?:\.\d*)?(?:e[-+]?\d+)?|[-+]?\.(?:inf|nan)"
    r"|\d{4}-\d\d?-\d\d?)",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OTHER_BREAKS = str.maketrans("\x0b\x0c\x85\u2028\u2029", "     ")
"""YAML ends a line at some of these, and refuses others; Markdown and editors do neither."""
_MERGE_KEY = "<<"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What `split` found. Without front matter, `meta` is empty and `body` is the whole text."""

    meta: dict[str, Any]
    """Text, lists and maps of text; keys in the order written. Of a key given twice the first counts."""
    body: str
    """The rest of the text, exactly."""
    body_line: int
    """1-based line of the file on which `body` begins."""
    problems: tuple[Problem, ...] = ()
    raw: str = ""
    """The text between the fences, exactly."""
    lines: dict[str, int] = field(default_factory=dict)
    """1-based line of each top-level key."""


def split(text: str, source: str, limits: Limits = DEFAULT) -> FrontMatter:
    """Front matter and body of a note's decoded text. Never raises; what is wrong is a problem with its line."""
    start = 0 if text.startswith("---") else len(text) - len(text.lstrip())
    opening = _OPENING.match(text, start)
    if not opening or (start and text[start - 1] != "\n"):
        return FrontMatter({}, text, 1)
    handler = _Handler(text, opening.end(), source, limits)
    meta, _ = frontmatter.parse(text, handler=handler)
    if handler.bounds is None:
        return FrontMatter({}, text, 1, tuple(handler.problems))
    start, end, rest = handler.bounds
    check_fields(meta, handler.lines, handler.warn, limits)
    body_line = text.count("\n", 0, rest) + 1
    return FrontMatter(meta, text[rest:], body_line, tuple(handler.problems), text[start:end], handler.lines)


class _RefusedError(Exception):
    """The fields are not taken in; `line` is 0-based in the block."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(message)
        self.code, self.line, self.message = code, line, message


class _Handler(YAMLHandler):
    """One note's handler: it remembers where the block lay, which the package's interface has no room for."""

    def __init__(self, text: str, start: int, source: str, limits: Limits) -> None:
        super().__init__()
        self.text, self.start, self.source, self.limits = text, start, source, limits
        self.bounds: tuple[int, int, int] | None = None
        """Offsets of the block's start, its end and of the body."""
        self.first_line = text.count("\n", 0, start) + 1
        """1-based line of the block's first line."""
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []

    def report(self, line: int, severity: Severity, code: str, message: str) -> None:
        self.problems.append(Problem(self.source, line, severity, code, message))

    def warn(self, line: int, code: str, message: str) -> None:
        self.report(line, "warning", code, message)

    def split(self, _text: str) -> tuple[str, str]:
        """The block, from our own text: the one handed in lost its leading blank lines. ValueError: there is none."""
        text, start = self.text, self.start
        directives = _DIRECTIVES_ONLY.match(text, start)
        if directives and text.startswith("---", directives.end()):
            self.warn(self.first_line, "front-matter-directive", sentence("YAML directives (%) are not read."))
            start = text.find("\n", directives.end()) + 1 or len(text)
            self.start, self.first_line = start, text.count("\n", 0, start) + 1
        closing = _CLOSING.search(text, start)
        likely = _has_fields(text, start)
        if closing is None:
            if likely:
                message = sentence("The front matter is opened by --- and never closed; everything is read as text.")
                self.warn(1, "front-matter-unclosed", message)
            raise ValueError("no closing line")
        end = closing.start()
        if not likely and text[start:end].strip():
            message = sentence(
                "The lines between the first two --- hold no `key: value` fields; they are read as text."
            )
            self.warn(self.first_line, "front-matter-not-a-map", message)
            raise ValueError("not fields")
        rest = min(closing.end() + 1, len(text))
        self.bounds = start, end, rest
        self._second_block(rest)
        return text[start:end], ""

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        """The fields of the block; {} with a problem when they are refused."""
        try:
            return self._load(fm)
        except _RefusedError as refused:
            line = self.first_line + refused.line
            self.lines.clear()
            self.report(
                line,
                "error",
                refused.code,
                sentence("%(message)s The fields are not read, the text below is.", message=refused.message),
            )
            return {}

    def _load(self, block: str) -> dict[str, Any]:
        limit = self.limits.front_matter
        if len(block) > limit:
            message = sentence(
                "The front matter has %(count)s characters; %(limit)s are allowed.", count=len(block), limit=limit
            )
            raise _RefusedError("front-matter-too-large", 0, message)
        plain = block.translate(_OTHER_BREAKS) if not block.isascii() or "\x0b" in block or "\x0c" in block else block
        try:
            events = self._events(plain)
            _no_complex_keys(events)
        except _RefusedError as refused:
            # `key: [[A]], [[B]]` and `key: {{date}}` are not YAML, yet are what people write: read such values as text.
            quoted = _BARE_VALUE.sub(_quote, plain)
            if refused.code != "front-matter-invalid" or quoted == plain:
                raise
            try:
                events = self._events(quoted)
                _no_complex_keys(events)
            except _RefusedError:
                raise refused from None
            plain = quoted
        return self._build(events, plain)

    def _events(self, block: str) -> list[Any]:
        """The events of the block, each checked as it comes: libyaml's stack never sees the depth of an attack."""
        limits, depth = self.limits, 0
        events: list[Any] = []
        event: Any
        try:
            for event in yaml.parse(block, Loader=yaml.CBaseLoader):
                if isinstance(event, yaml.NodeEvent):
                    _no_tricks(event)
                    if isinstance(event, yaml.CollectionStartEvent):
                        depth += 1
                elif isinstance(event, yaml.CollectionEndEvent):
                    depth -= 1
                elif isinstance(event, yaml.DocumentStartEvent) and events:
                    break  # cannot happen between two fences, and would be a second document
                else:
                    continue
                events.append(event)
                if depth > limits.front_matter_depth:
                    message = sentence(
                        "The front matter nests deeper than %(front_matter_depth)s levels.",
                        front_matter_depth=limits.front_matter_depth,
                    )
                    raise _RefusedError("front-matter-too-deep", event.start_mark.line, message)
                if len(events) > limits.front_matter_events:
                    message = sentence(
                        "The front matter has more than %(front_matter_events)s keys and values.",
                        front_matter_events=limits.front_matter_events,
                    )
                    raise _RefusedError("front-matter-too-large", event.start_mark.line, message)
        except yaml.YAMLError as error:
            raise _invalid(block, error) from None
        return events

    def _build(self, events: list[Any], block: str) -> dict[str, Any]:
        if not events:
            return {}
        if not isinstance(events[0], yaml.MappingStartEvent):
            raise _RefusedError(
                "front-matter-invalid", events[0].start_mark.line, sentence("The front matter is not a list of fields.")
            )
        built, _ = self._value(events, 0, block, top=True)
        assert isinstance(built, dict)  # noqa: S101 - by the line above
        return built

    def _value(self, events: list[Any], at: int, block: str, *, top: bool = False) -> tuple[Any, int]:
        """The value that begins with event `at`, and the place after it. Recursion is bounded by the checked depth."""
        event = events[at]
        if isinstance(event, yaml.ScalarEvent):
            return self._text(event), at + 1
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(events, at + 1, block, top=top)
        wiki = _wiki_link(events, at, block)
        if wiki:
            return wiki, at + 5
        values: list[Any] = []
        at += 1
        while not isinstance(events[at], yaml.SequenceEndEvent):
            value, at = self._value(events, at, block)
            values.append(value)
        return values, at + 1

    def _map(self, events: list[Any], at: int, block: str, *, top: bool) -> tuple[dict[str, Any], int]:
        built: dict[str, Any] = {}
        while not isinstance(events[at], yaml.MappingEndEvent):
            event = events[at]
            key, line = self._text(event), self.first_line + event.start_mark.line
            value, at = self._value(events, at + 1, block)
            if key in built:
                message = sentence("The field %(key)s is given twice; the first one counts.", key=repr(key[:60]))
                self.warn(line, "front-matter-duplicate-key", message)
                continue
            if event.implicit[0] and _NOT_TEXT_KEY.fullmatch(key):
                message = sentence(
                    "The key %(key)s is read as text; other YAML readers take it for something else. Quote it.",
                    key=repr(key[:60]),
                )
                self.warn(line, "front-matter-key", message)
            built[key] = value
            if top:
                self.lines[key] = line
        return built, at + 1

    def _text(self, event: Any) -> str:
        value: str = event.value
        if value.isascii() and value.isprintable():
            return value
        if _CONTROL.search(value):
            message = sentence("A value holds a control character, written as an escape.")
            raise _RefusedError("front-matter-control-character", event.start_mark.line, message)
        if "\\" in self.text and _DIRECTION.search(value) and not _DIRECTION.search(self.text):
            message = sentence("A value holds a character that turns the direction of text around it.")
            self.warn(self.first_line + event.start_mark.line, "direction-override", message)
        return value

    def _second_block(self, rest: int) -> None:
        """Warns when fields go on below the closing line, up to another fence."""
        if not _FIELD.match(self.text, rest):
            return
        blank = self.text.find("\n\n", rest)
        closing = _CLOSING.search(self.text, rest, blank if blank >= 0 else len(self.text))
        if closing:
            line = self.text.count("\n", 0, rest) + 1
            self.warn(
                line,
                "front-matter-second-block",
                sentence("Only the first block of front matter is read; this is text."),
            )


def _has_fields(text: str, start: int) -> bool:
    """Whether the first line after the fence that is not blank or a YAML comment begins a field."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip()
        if line and not line.startswith("#"):
            return bool(_FIELD.match(line)) and not _CLOSING.match(line)
        start = end + 1
    return False


def _no_tricks(event: Any) -> None:
    """Refuses what makes YAML more than text: each is a way to grow memory, run code or change a value's kind."""
    line = event.start_mark.line
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise _RefusedError(
            "front-matter-refused", line, sentence("Anchors (&) and aliases (*) are not read; quote the value.")
        )
    if event.tag is not None:
        raise _RefusedError("front-matter-refused", line, sentence("Tags (!) are not read; quote the value."))
    if isinstance(event, yaml.ScalarEvent) and event.value == _MERGE_KEY and event.implicit[0]:
        raise _RefusedError(
            "front-matter-refused", line, sentence("Merge keys (<<) are not read; write the fields out.")
        )


def _no_complex_keys(events: Iterable[Any]) -> None:
    """Refuses lists and maps as keys."""
    stack: list[bool] = []
    key_next = False
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            key_next = bool(stack) and stack[-1]
            continue
        if key_next and not isinstance(event, yaml.ScalarEvent):
            raise _RefusedError(
                "front-matter-invalid", event.start_mark.line, sentence("A key of a field must be text.")
            )
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append(isinstance(event, yaml.MappingStartEvent))
            key_next = stack[-1]
        else:
            key_next = bool(stack) and stack[-1] and not key_next


def _wiki_link(events: list[Any], at: int, block: str) -> str:
    """`[[X]]` as it was written, when the sequence at `at` is one; YAML takes it for a list in a list."""
    kinds = (yaml.SequenceStartEvent, yaml.SequenceStartEvent, yaml.ScalarEvent, yaml.SequenceEndEvent)
    if len(events) < at + 5 or not all(isinstance(events[at + n], kind) for n, kind in enumerate((*kinds, kinds[-1]))):
        return ""
    written = block[events[at].start_mark.index : events[at + 4].end_mark.index]
    return written if written.startswith("[[") and written.endswith("]]") else ""


def _quote(match: re.Match[str]) -> str:
    return f"{match[1]}'{match[2].replace(chr(39), chr(39) * 2)}'"


def _invalid(block: str, error: yaml.YAMLError) -> _RefusedError:
    """YAML's complaint on its true line: an unclosed bracket is found at the end, and belongs where it was opened."""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not valid"
    mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    index = mark.index if mark else min(getattr(error, "position", 0), len(block))
    if opened and index >= len(block.rstrip()):
        index = opened.index
    line = min(block.count("\n", 0, index), block.rstrip("\n").count("\n"))
    hint = ""
    if "mapping values are not allowed" in str(problem):
        hint = " Put quotes around a value that holds a colon."
    elif "cannot start any token" in str(problem):
        hint = " Put quotes around a value that begins with a special character; indent with blanks, not tabs."
    return _RefusedError(
        "front-matter-invalid", line, sentence("Invalid YAML: %(problem)s.%(hint)s", problem=problem, hint=hint)
    )

"""One note as it lies on disk, and as the reader sees it: where a place in the text is in the file."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import yaml

from roadmap.notes import blocks
from roadmap.notes.encoding import decode
from roadmap.notes.frontmatter import FrontMatter, split
from roadmap.notes.limits import DEFAULT
from roadmap.notes.meta import named
from roadmap.notes.writing.refusals import NotWritableError
from roadmap.sentences import sentence

_ENDS: Final = re.compile("\r\n|\r|\n")
_OTHER_BREAKS: Final = str.maketrans("\x0b\x0c\x85\u2028\u2029", "     ")


class Edit(NamedTuple):
    """Replace the characters from `start` to `end` of the text that the reader sees."""

    start: int
    end: int
    text: str


@dataclass(eq=False)
class Page:
    """A note taken apart for writing. `data` is the file; `text` what the reader made of it, LF at the line ends."""

    source: str
    data: bytes

    def __post_init__(self) -> None:
        self.encoding = "utf-8"
        if self.data.startswith(codecs.BOM_UTF16_LE):
            self.encoding = "utf-16-le"
        elif self.data.startswith(codecs.BOM_UTF16_BE):
            self.encoding = "utf-16-be"
        try:
            self.raw = self.data.decode(self.encoding)
        except UnicodeDecodeError:
            message = sentence("%(path)s is not text that can be written to.", path=self.source)
            raise NotWritableError("unreadable", message) from None
        self.text = decode(self.data, self.source).text
        self._raw_lines, self._raw_starts, self._endings = _lines(self.raw, _ENDS)
        if self.raw.startswith("\ufeff"):  # the mark stands before the text, whatever is put at its beginning
            self._raw_lines[0], self._raw_starts[0] = self._raw_lines[0][1:], 1
        self._lines = self.text.split("\n")
        self._starts = _starts(self._lines)
        if len(self._lines) != len(self._raw_lines) or self.raw.encode(self.encoding) != self.data:
            message = sentence("%(path)s cannot be written to without changing other lines.", path=self.source)
            raise NotWritableError("unreadable", message)

    @cached_property
    def parts(self) -> FrontMatter:
        return split(self.text, self.source, DEFAULT)

    @property
    def body(self) -> str:
        return self.parts.body

    @property
    def body_start(self) -> int:
        """Where the body begins in `text`."""
        return len(self.text) - len(self.body)

    @cached_property
    def document(self) -> blocks.Document:
        return blocks.parse(self.body, self.parts.body_line)

    @cached_property
    def fields(self) -> dict[str, tuple[yaml.Node, yaml.Node]] | None:
        """Nodes of the front matter's fields, by their English names; None where it is not plain YAML. Marks count
        from `front_start`."""
        try:
            node = yaml.compose(self.parts.raw.translate(_OTHER_BREAKS), Loader=yaml.CBaseLoader)
        except (yaml.YAMLError, ValueError):
            return None
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            return {} if node is None else None
        names = named(self.parts.meta)
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            found.setdefault(names.get(str(key.value), str(key.value)), (key, value))
        return found

    @property
    def front_start(self) -> int:
        """Where the fields begin in `text`; -1 without front matter."""
        if not self.body_start:
            return -1
        return self.text.rindex(self.parts.raw, 0, self.body_start) if self.parts.raw else self._empty_front()

    def _empty_front(self) -> int:
        return self.text.index("\n") + 1

    def at(self, offset: int) -> int:
        """Character of `text` at a byte offset of the parsed body."""
        data = self.document.data
        return self.body_start + (offset if self.body.isascii() else len(data[:offset].decode("utf-8", "ignore")))

    def line_of(self, offset: int) -> int:
        """1-based line of the file."""
        return bisect_right(self._starts, offset)

    def line_start(self, offset: int) -> int:
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Where the line that holds `offset` ends, before its line break."""
        at = bisect_right(self._starts, offset) - 1
        return self._starts[at] + len(self._lines[at])

    def written(self, edits: Iterable[Edit]) -> bytes:
        """The file with these changes, everything else as it is. Raise NotWritableError in repaired characters."""
        pieces: list[str] = []
        done = 0
        for edit in sorted(map(self._smallest, edits)):
            self._refuse_repaired(edit)
            start, end = self._in_file(edit.start), self._in_file(edit.end)
            if start < done or end < start:
                raise NotWritableError("overlapping", sentence("The changes would overlap in the file."))
            pieces += [self.raw[done:start], edit.text.replace("\n", self._ending(edit.start))]
            done = end
        pieces.append(self.raw[done:])
        try:
            return "".join(pieces).encode(self.encoding)
        except UnicodeEncodeError:
            message = sentence("The text holds a character that no file can hold.")
            raise NotWritableError("unreadable", message) from None

    def _smallest(self, edit: Edit) -> Edit:
        """The change without what stays the same at its edges. Characters joined to one another stay together."""
        was, text = self.text[edit.start : edit.end], edit.text
        start = 0
        while start < min(len(was), len(text)) and was[start] == text[start]:
            start += 1
        end = 0
        while end < min(len(was), len(text)) - start and was[-1 - end] == text[-1 - end]:
            end += 1
        return Edit(edit.start + start, edit.end - end, text[start : len(text) - end])

    def _refuse_repaired(self, edit: Edit) -> None:
        """Characters that stand otherwise in the file than in the text are never written over."""
        for at in range(bisect_right(self._starts, edit.start) - 1, bisect_right(self._starts, edit.end)):
            line, raw = self._lines[at], self._raw_lines[at]
            first, last = max(edit.start - self._starts[at], 0), edit.end - self._starts[at]
            if line != raw and not raw.startswith(line[:last]) and not raw.endswith(line[first:]):
                message = sentence(
                    "Line %(line)s of %(path)s holds damaged characters that were repaired for reading only.",
                    line=str(at + 1),
                    path=self.source,
                )
                raise NotWritableError("repaired", message)

    def _in_file(self, offset: int) -> int:
        at = bisect_right(self._starts, offset) - 1
        line, raw, column = self._lines[at], self._raw_lines[at], offset - self._starts[at]
        if raw.startswith(line[:column]):
            return self._raw_starts[at] + column
        return self._raw_starts[at] + len(raw) - (len(line) - column)

    def _ending(self, offset: int) -> str:
        """The line break that text put in at `offset` gets: of that line, else of the one above."""
        at = bisect_right(self._starts, offset) - 1
        near = (self._endings[at], *self._endings[max(at - 1, 0) : at], *self._endings[:1])
        return next((ending for ending in near if ending), "\n")


def _lines(text: str, ends: re.Pattern[str]) -> tuple[list[str], list[int], list[str]]:
    """(lines, where each starts, the break at its end, empty at the last)."""
    lines, starts, endings, done = [], [], [], 0
    for match in ends.finditer(text):
        lines.append(text[done : match.start()])
        starts.append(done)
        endings.append(match[0])
        done = match.end()
    return [*lines, text[done:]], [*starts, done], [*endings, ""]


def _starts(lines: Sequence[str]) -> list[int]:
    found, at = [], 0
    for line in lines:
        found.append(at)
        at += len(line) + 1
    return found

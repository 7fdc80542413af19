"""From bytes to text that the rest of the reader may trust.

What leaves `decode` is valid text with LF line ends, without a byte order mark, without control characters, with no run
of combining marks long enough to be an attack, and with mis-decoded characters repaired where that is certain. Its
lines are those of the file, where a line ends with LF, CRLF or a lone CR, as CommonMark counts.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from roadmap.notes.characters import inspect
from roadmap.notes.items import Problem
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.mojibake import repair
from roadmap.notes.unreadable import too_large
from roadmap.sentences import sentence

_ASCII = bytes(range(128))
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r") + b"\x7f"
_FIRST_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_MARKS = re.compile(r"[^\w\s\x00-\x7f]{16,}")
"""Every combining mark is outside these classes; the few runs this finds are then looked at one by one."""
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file. Empty, with a problem of severity error, when the file was refused."""

    text: str
    problems: tuple[Problem, ...] = ()

    @property
    def refused(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def decode(data: bytes, source: str, limits: Limits = DEFAULT) -> Decoded:
    """The text of a file's bytes; `source` is the path that problems name."""
    try:
        return _decode(data, source, limits)
    except _RefusedError as refused:
        return Decoded("", (Problem(source, refused.line, "error", refused.code, refused.message),))


class _RefusedError(Exception):
    """The file is not read; `line` is 1-based, 0 for the file as a whole."""

    def __init__(self, line: int, code: str, message: str) -> None:
        super().__init__(message)
        self.line, self.code, self.message = line, code, message


def _decode(data: bytes, source: str, limits: Limits) -> Decoded:
    if len(data) > limits.note_bytes:
        raise _RefusedError(0, "note-too-large", too_large(source, len(data), limits.note_bytes))
    problems: list[Problem] = []
    data = _as_utf8(data, source, problems)
    if len(data.translate(None, _CONTROLS)) != len(data):
        raise _control(data)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        message = sentence(
            "Byte %(start)s is not UTF-8 (%(reason)s). Save the file as UTF-8.", start=error.start, reason=error.reason
        )
        raise _RefusedError(_line_at(data, error.start), "not-utf8", message) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    beyond = data.translate(None, _ASCII).decode()
    if beyond:
        if _MARKS.search(beyond) and (offset := _piled_marks(text, limits.combining_marks)) is not None:
            message = sentence(
                "More than %(combining_marks)s combining marks in a row; no script needs so many.",
                combining_marks=limits.combining_marks,
            )
            raise _RefusedError(text.count("\n", 0, offset) + 1, "combining-marks", message)
        repaired = repair(text, beyond, source, limits)
        text = _C1.sub("", repaired.text)
        problems += repaired.problems
        if repaired.problems:
            beyond = text.encode().translate(None, _ASCII).decode()
        if len(text) != len(repaired.text):
            message = sentence("Invisible control characters (U+0080 to U+009F) were left out.")
            problems.append(Problem(source, 0, "warning", "control-character-dropped", message))
    problems += inspect(text, beyond, source)
    return Decoded(text, tuple(problems))


def _as_utf8(data: bytes, source: str, problems: list[Problem]) -> bytes:
    """The bytes as UTF-8 without a byte order mark, by what they begin with."""
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise _RefusedError(0, "not-text", f"{source} is {what}, not a file of text.")
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _RefusedError(0, "not-utf8", f"{source} is UTF-32 text. Save it as UTF-8.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            message = sentence("%(source)s begins as UTF-16 text but is damaged. Save it as UTF-8.", source=source)
            raise _RefusedError(0, "not-utf8", message) from None
        problems.append(
            Problem(
                source, 0, "info", "utf16", sentence("%(source)s was read as UTF-16; UTF-8 is safer.", source=source)
            )
        )
    return data.removeprefix(codecs.BOM_UTF8)


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _control(data: bytes) -> _RefusedError:
    found = _FIRST_CONTROL.search(data)
    offset = found.start() if found else 0
    name = "a NUL" if data[offset] == 0 else f"the control character U+{data[offset]:04X}"
    hint = "It is no file of text, or UTF-16 without a mark: save it as UTF-8." if data[offset] == 0 else "Remove it."
    return _RefusedError(_line_at(data, offset), "control-character", f"Byte {offset} is {name}. {hint}")


def _piled_marks(text: str, limit: int) -> int | None:
    """Offset of the first run of more than `limit` characters that combine with the one before them."""
    for run in _MARKS.finditer(text):
        length = 0
        for offset, char in enumerate(run.group(), run.start()):
            length = length + 1 if unicodedata.combining(char) else 0
            if length > limit:
                return offset - limit
    return None

"""Repair of text that was written as UTF-8 and read as something else, only where the repair is certain.

Two passes over the few lines that can be damaged at all:

1. Signatures: the beginnings of emoji and typographic signs read as Windows-1252, its Turkish sister 1254, Latin-1 or
   Mac Roman. Nobody writes `ğŸ` or `â€`, so the sequence is decoded whole; or, where bytes were lost on the way (those
   that the code page does not define), what is left of the sign is dropped: better no emoji than a wrong one.
2. ftfy, for everything else (`Ã©`, `Ð¿Ñ€`), with every one of its other habits turned off.

This runs before anything trims blanks: the last byte of 🧠 is a no-break space in disguise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import ftfy

from roadmap.notes.items import Problem
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.sentences import sentence

_LOST = "\ufffd"
"""What decoders write for a byte that they do not know."""
_REPORTED_LINES = 200


def _table(*encodings: str) -> dict[str, int]:
    """Character -> byte (0x80 to 0xFF) for text read in one of the encodings; undefined bytes read as C1 controls."""
    table: dict[str, int] = {chr(byte): byte for byte in range(0x80, 0xA0)}
    for encoding in encodings:
        for byte in range(0x80, 0x100):
            char = bytes([byte]).decode(encoding, "ignore")
            if char:
                table.setdefault(char, byte)
    return table


def _class(table: dict[str, int], first: int, last: int) -> str:
    return "".join(re.escape(char) for char, byte in table.items() if first <= byte <= last)


_WINDOWS = _table("cp1252", "cp1254")
_MAC = {char: byte for char, byte in _table("mac_roman").items() if not "\x80" <= char <= "\x9f"} | {"¤": 0xDB}
_WINDOWS_NEXT = _class(_WINDOWS, 0x80, 0xBF) + _LOST
_MAC_NEXT = _class(_MAC, 0x80, 0xBF)

_WINDOWS_SIGN = re.compile(f"[ðğ][Ÿ\x9f][{_WINDOWS_NEXT}]{{0,2}}|â[{_WINDOWS_NEXT}]{{1,2}}|ï¸[Ž\x8e\x8f{_LOST}]?")
_MAC_SIGN = re.compile(f"\uf8ffü[{_MAC_NEXT}]{{0,2}}|‚[{_MAC_NEXT}]{{2}}|Ô∏[èé]?")
_WINDOWS_RUN = re.compile(f"(?:{_WINDOWS_SIGN.pattern})+")
_MAC_RUN = re.compile(f"(?:{_MAC_SIGN.pattern})+")
_MAC_HEADLESS = re.compile(f"(?<![^\\s*_#>(\\[-])ü[{_MAC_NEXT}]{{2}}(?:Ô∏è)?(?![^\\s*_:.,)\\]])")
"""An emoji whose first byte, a character for private use in Mac Roman, got lost."""
_CLOSING_SIGNS = frozenset("”’»…—–›“‘‚„†‡•·ˆ˜¨´¯¸°ºª¹²³™®©\xa0")
"""Signs that may stand behind a word that ends in â."""
_MENTION = re.compile(r"([\"'`])[^\x00-\x7f]{2,12}\1")
"""Mis-decoded text in quotation marks is spoken about, not meant."""
_CONTRACTION = re.compile(r"(?:[stdm]|re|ve|ll)(?!\w)")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")


def _suspicion() -> re.Pattern[str]:
    """Matches where characters, taken as bytes of one of ftfy's code pages, form a whole UTF-8 sequence."""
    leads: set[str] = set()
    forms: list[str] = []
    encodings = (
        ("cp1252", "cp1254"),
        ("cp1251",),
        ("cp1250",),
        ("cp1253",),
        ("cp1257",),
        ("iso8859_2",),
        ("mac_roman",),
    )
    for names in (*encodings, ("cp437",)):
        table = _table(*names)
        following = f"[{_class(table, 0x80, 0xBF)}]"
        for count, (first, last) in enumerate(((0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4)), 1):
            leads |= {char for char, byte in table.items() if first <= byte <= last}
            forms.append(f"(?<=[{_class(table, first, last)}]){following}{{{count}}}")
    return re.compile(f"[{''.join(map(re.escape, sorted(leads)))}](?:{'|'.join(forms)})|{_C1.pattern}")


_RUNS = re.compile("[^\x00-\x7f]{2,}")
"""Every damaged sign is at least two characters outside ASCII in a row."""
_SUSPECT = _suspicion()
_SIGNATURE = re.compile(
    f"[ðğâïü‚Ô\uf8ff](?:(?<=[ðğ])[Ÿ\x9f]|(?<=â)[{_WINDOWS_NEXT}]|(?<=ï)¸"
    f"|(?<=\uf8ff)ü|(?<=‚)[{_MAC_NEXT}]{{2}}|(?<=Ô)∏|(?<=ü)[{_MAC_NEXT}]{{2}})"
)
_FTFY = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    restore_byte_a0=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)


@dataclass(frozen=True, slots=True)
class Repaired:
    text: str
    problems: tuple[Problem, ...] = ()


def repair(text: str, beyond: str, source: str, limits: Limits = DEFAULT) -> Repaired:
    """The text with its mis-decoded runs repaired, a problem of severity info for each line that changed.

    `beyond` holds the text's characters outside ASCII, in order. They stand closer together there than in the text, so
    what is not suspect in `beyond` cannot be damaged: clean text costs one search in a small string.
    """
    if not (_SIGNATURE.search(beyond) or _SUSPECT.search(beyond)):
        return Repaired(text)
    runs = " ".join(_RUNS.findall(text))
    if not (_SIGNATURE.search(runs) or _SUSPECT.search(runs) or _C1.search(beyond)):
        return Repaired(text)
    from_mac = "\uf8ffü" in text or "‚Ä" in text
    lines = text.split("\n")
    problems: list[Problem] = []
    changed = 0
    for index, line in enumerate(lines):
        if line.isascii() or len(line) > limits.repair_line:
            continue
        better = _with_ftfy(_with_signatures(line, from_mac=from_mac))
        if better != line:
            lines[index] = better
            changed += 1
            if changed <= _REPORTED_LINES:
                problems.append(Problem(source, index + 1, "info", "text-repaired", _describe(line, better)))
    if not changed:
        return Repaired(text)
    if changed > _REPORTED_LINES:
        message = sentence(
            "Mis-decoded text was repaired in %(changed)s more lines.", changed=changed - _REPORTED_LINES
        )
        problems.append(Problem(source, 0, "info", "text-repaired", message))
    return Repaired("\n".join(lines), tuple(problems))


def _describe(before: str, after: str) -> str:
    """Where the two lines begin to differ, in a few characters of each."""
    start = next((n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), 0)
    start = max(0, start - 4)
    old, new = before[start : start + 24].strip(), after[start : start + 24].strip()
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in old)
    return sentence(
        "Mis-decoded text was repaired for reading: %(old)s as %(new)s. The file is unchanged.",
        old=repr(shown),
        new=repr(new),
    )


def _with_signatures(line: str, *, from_mac: bool) -> str:
    if not _SIGNATURE.search(line):
        return line
    line = _replace_runs(line, _WINDOWS_RUN, _WINDOWS_SIGN, _windows_sign)
    line = _replace_runs(line, _MAC_RUN, _MAC_SIGN, _mac_sign)
    return _MAC_HEADLESS.sub(lambda match: _headless(match, from_mac=from_mac), line)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a damaged sign, already repaired to its left."""

    before: str
    """One character, or none."""
    after: str
    """Three characters, or fewer."""
    quoted: bool
    """Whether a “ is still open."""


_ReadSign = Callable[[str, _Around], str]


def _replace_runs(line: str, run: re.Pattern[str], sign: re.Pattern[str], read: _ReadSign) -> str:
    """The line with `read` applied to each sign of each run that is meant, not mentioned."""
    pieces: list[str] = []
    done = quotes = 0
    for match in run.finditer(line):
        start, end = match.span()
        untouched = line[done:start]
        quotes += untouched.count("“") - untouched.count("”")
        pieces.append(untouched)
        done = end
        if _mentioned(line, start, end):
            pieces.append(match[0])
            continue
        decoded = ""
        for part in sign.finditer(line, start, end):
            before = decoded[-1:] or line[max(0, start - 1) : start]
            around = _Around(before, line[part.end() : part.end() + 3], quotes + _open_quotes(decoded) > 0)
            decoded += read(part[0], around)
        quotes += _open_quotes(decoded)
        pieces.append(decoded)
        if not decoded and not line[max(0, start - 1) : start].isalnum():
            # `** Title:**` would not be strong text any more.
            while done < len(line) and line[done] in " \t\xa0":
                done += 1
    pieces.append(line[done:])
    return "".join(pieces)


def _open_quotes(text: str) -> int:
    return text.count("“") - text.count("”")


def _mentioned(line: str, start: int, end: int) -> bool:
    return start > 0 and end < len(line) and line[start - 1] == line[end] and line[end] in "\"'`"


def _windows_sign(sign: str, around: _Around) -> str:
    """The character that a sequence of `_WINDOWS_SIGN` was; itself when it may be meant; "" when too much is lost."""
    whole = _decoded(sign, _WINDOWS)
    if sign[0] == "ï":
        return whole
    if sign[0] != "â":
        return _emoji(sign, whole)
    typographic = sign[1] in "€\x80"
    if not typographic and around.before.isalpha() and sign[1] in _CLOSING_SIGNS:
        return sign
    if whole:
        return sign if unicodedata.category(whole) in {"Cn", "Zl", "Zp"} else whole
    if typographic:
        return _lost_typography(sign, around)
    return "" if len(sign) == 3 or sign[1] in "šœ" else sign


def _emoji(sign: str, whole: str) -> str:
    """What four bytes from 0xF0 0x9F give: a pictograph, "" when one of them is lost, else the sign as it was."""
    complete = len(sign) == 4 and _LOST not in sign
    if not whole:
        return sign if complete else ""
    return whole if "\U0001f000" <= whole <= "\U0001faff" else sign


def _lost_typography(sign: str, around: _Around) -> str:
    """`â€` without its last byte: one of ” ‐ zero-width joiner, right-to-left mark or a blank of one em."""
    if around.before.isalnum() and around.after[:1].isalnum():
        # Where a filter removed more than undefined bytes, this may have been the ’ of "it’s".
        return sign if _CONTRACTION.match(around.after) else "‐"
    if around.before > "\u2600" and re.match("[ðğ][Ÿ\x9f]|â[™š]", around.after):
        return "\u200d"
    return "”" if around.quoted else ""


def _mac_sign(sign: str, around: _Around) -> str:
    """As `_windows_sign`, for `_MAC_SIGN`."""
    whole = _decoded(sign, _MAC)
    if sign[0] == "Ô":
        return whole
    if sign[0] != "‚":
        return _emoji(sign, whole)
    punctuation = "‐" <= whole <= "‧" or "‰" <= whole <= "›" or whole == "\u200d"
    symbol = "\u2100" <= whole <= "\u2bff" and unicodedata.category(whole) != "Cn" and not around.before.isalpha()
    return whole if punctuation or symbol else sign


def _headless(match: re.Match[str], *, from_mac: bool) -> str:
    whole = _decoded("\uf8ff" + match[0], _MAC)
    certain = from_mac or any(not char.isalpha() for char in match[0])
    return whole if certain and "\U0001f000" <= whole <= "\U0001ffff" else match[0]


def _decoded(sign: str, table: dict[str, int]) -> str:
    """The sign as UTF-8; "" when a byte is missing."""
    try:
        return bytes(table[char] for char in sign).decode()
    except (KeyError, UnicodeDecodeError):
        return ""


def _with_ftfy(line: str) -> str:
    """ftfy's repair of a line that it could repair, unless that leaves characters nobody wrote."""
    if not _SUSPECT.search(line) or _MENTION.search(line):
        return line
    better = ftfy.fix_encoding(line, _FTFY)
    if better == line or better.count(_LOST) > line.count(_LOST) or len(_C1.findall(better)) > len(_C1.findall(line)):
        return line
    return better

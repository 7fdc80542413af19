"""Calendars as RFC 5545 has them: lines of at most 75 octets that end in CRLF, texts escaped. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

WIDTH = 75
"""Octets of a line, without its end."""
PRODUCT = "-//Pathnotes//Pathnotes//EN"

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Day:
    """Something that takes a whole day."""

    uid: str
    """The same for ever, whatever the date and the title become."""
    on: date
    title: str
    text: str = ""
    url: str = ""


def calendar(name: str, days: Iterable[Day], *, now: datetime) -> str:
    """`now` is when it was made. Nobody is shown as busy on those days."""
    return "".join(folded(line) for line in _lines(name, days, now))


def _lines(name: str, days: Iterable[Day], now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN")
    yield from (f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT12H")
    for day in days:
        yield "BEGIN:VEVENT"
        yield f"UID:{day.uid}"
        yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}"
        if day.on < date.max:
            yield f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}"
        yield f"SUMMARY:{escaped(day.title)}"
        if day.text:
            yield f"DESCRIPTION:{escaped(day.text)}"
        if day.url:
            yield f"URL:{''.join(_CONTROL.sub('', day.url).split())}"
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def escaped(text: str) -> str:
    """A TEXT value. Line breaks of all kinds become `\\n`; what else controls a terminal is taken out."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPED)


def folded(line: str) -> str:
    """The line with its end, broken where it is too long, between letters."""
    out: list[str] = []
    piece, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > WIDTH:
            out.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*out, piece]) + "\r\n"

"""A small picture of a title and a word, for a README. Pure: no fonts are asked for, widths are guessed and held."""

from __future__ import annotations

import unicodedata
from html import escape

LONGEST = 40
"""Characters of the title."""
HEIGHT, PAD = 20, 7
COLOURS = {"finished": "#1F6F54", "going": "#2F7D62", "none": "#5B6770"}
_NARROW, _WIDE = frozenset("ijlItf.,:;|!'()[]{} r-"), frozenset("MWmw@%&QGO")


def badge(title: str, word: str, *, kind: str, about: str) -> str:
    """`kind` is one of `COLOURS`; `about` is the whole sentence, for those who cannot see it."""
    title = _clean(title)
    short = title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"
    left, right = width(short) + 2 * PAD, width(word) + 2 * PAD
    whole = left + right
    name = escape(_clean(about))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" viewBox="0 0 {whole} {HEIGHT}" '
        f'role="img" aria-label="{name}"><title>{name}</title>'
        f'<clipPath id="r"><rect width="{whole}" height="{HEIGHT}" rx="4"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="{HEIGHT}" fill="#2B343A"/>'
        f'<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{COLOURS[kind]}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" text-anchor="middle">'
        f"{_written(short, left / 2, left - 2 * PAD)}{_written(word, left + right / 2, right - 2 * PAD)}</g></svg>\n"
    )


def _written(words: str, middle: float, long: int) -> str:
    return (
        f'<text x="{middle:g}" y="14" textLength="{long}" lengthAdjust="spacingAndGlyphs" direction="{_way(words)}">'
        f"{escape(words)}</text>"
    )


def _way(words: str) -> str:
    first = next((w for w in map(unicodedata.bidirectional, words) if w in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def width(words: str) -> int:
    """Pixels that the words take in eleven of Verdana, roughly."""
    return max(8, round(sum(map(_letter, words))))


def _letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 11.5
    return 4.4 if letter in _NARROW else 9.6 if letter in _WIDE else 7.1


def _clean(words: str) -> str:
    """Without what XML cannot hold or what turns text around."""
    kept = (
        letter if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"} else " "
        for letter in words
    )
    return " ".join("".join(kept).split())

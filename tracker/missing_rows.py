"""The topics that an explained percentage lists, as HTML. A template for each of two thousand would take seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tracker.missing import Line, Part

Address = Callable[[str], str]
"""Of a topic, by its slug."""


@dataclass(frozen=True, slots=True)
class PartRows:
    """A section with its topics as `<li>`."""

    part: Part
    missing: SafeString
    skipped: SafeString
    beside: SafeString


def rows_of(parts: Iterable[Part], address: Address, *, strict: bool) -> list[PartRows]:
    words = {
        "learning": _("learning"),
        "skipped": _("skipped"),
        "todo": _("to do"),
        "ready": _("ready"),
        "needs": _("locked: needs") if strict else _("better after"),
        "hours": _("%(h)s h"),
    }

    def rows(lines: Iterable[Line]) -> SafeString:
        return format_html_join("", "{}", ((_row(line, address, words, strict=strict),) for line in lines))

    return [PartRows(part, rows(part.missing), rows(part.skipped), rows(part.beside)) for part in parts]


_ROW = (
    '<li><span class="mark {}" aria-hidden="true"></span><span><a href="{}"><bdi>{}</bdi></a>{}</span>'
    '<span class="muted">{}{}</span></li>'
)


def _row(line: Line, address: Address, words: dict[str, str], *, strict: bool) -> SafeString:
    row = line.row
    mark = row.state + (" locked" if row.locked and strict else " ready" if row.ready else "")
    needs: SafeString | str = ""
    if line.needs:
        titles = format_html_join(", ", "<bdi>{}</bdi>", ((title,) for title in line.needs))
        needs = format_html("<small>{} {}</small>", words["needs"], titles)
    word = words["ready" if row.ready else row.state]
    hours = f" · {words['hours'] % {'h': _number(line.hours)}}" if line.hours else ""
    return format_html(_ROW, mark, address(line.slug), line.title, needs, word, hours)


def _number(value: float) -> str:
    return formats.number_format(value, decimal_pos=None if value % 1 else 0)

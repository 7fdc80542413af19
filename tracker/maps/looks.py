"""How the state of a topic looks on the map: a class for the colour, a mark for the shape, a word."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.overlay import Row

_RING = '<path class="k" d="M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z"/>'
_CHECK = "M-3.6.4l2.6 2.6l4.6-5.6"
MARKS = {
    "todo": _RING,
    "ready": _RING,
    "later": _RING,
    "learning": _RING + '<path class="f" d="M0-7a7 7 0 0 0 0 14z"/>',
    "done": f'<path class="f" d="M-7.8 0a7.8 7.8 0 1 0 15.6 0a7.8 7.8 0 1 0-15.6 0z"/><path class="c" d="{_CHECK}"/>',
    "waived": f'{_RING}<path class="c" d="{_CHECK}"/>',
    "skipped": _RING + '<path class="k" d="M-3.6 3.6l7.2-7.2"/>',
    "locked": '<path class="k" d="M-3.6-1v-2.2a3.6 3.6 0 0 1 7.2 0v2.2"/><rect class="f" x="-6" y="-1" width="12" '
    'height="8.4" rx="1.8"/>',
}
"""About their middle, 16 pixels wide."""
DOT = '<circle class="dot" cx="7" cy="-7" r="4"/>'
"""Upon the mark of what changed since it was done."""


class Look(NamedTuple):
    kind: str
    """Key of MARKS, and class of the topic."""
    word: str
    """In the box, short."""
    said: str
    """Beside the title where one hears it or reads it in the list; begins with the word."""
    changed: bool


def look(row: Row, *, strict: bool) -> Look:
    state, needs = row.state, len(row.unmet)
    kind, word, more = state, words()[state], []
    if row.ready:
        kind, word = "ready", _("ready")
    elif state == "todo" and needs:
        word = ngettext("needs %(number)d", "needs %(number)d", needs) % {"number": needs}
        if strict and row.locked:
            kind, word = "locked", f"{_('locked')}, {word}"
        else:
            kind, more = "later", [_("better later")]
    if row.spare:
        word, more = _("enough chosen"), [word, *more]
    if row.changed:
        more.append(_("changed since"))
    return Look(kind, word, ", ".join([word, *more]), row.changed)


def words() -> dict[str, str]:
    return {
        "todo": _("to do"),
        "learning": _("learning"),
        "done": _("done"),
        "skipped": _("skipped"),
        "waived": _("waived"),
    }


def legend(*, strict: bool) -> list[tuple[str, str]]:
    """(kind, word) of the marks that a map may show."""
    waiting = ("locked", _("locked")) if strict else ("later", _("better later"))
    names = words()
    return [
        ("ready", _("ready")),
        waiting,
        *((state, names[state]) for state in ("learning", "done", "waived", "skipped")),
    ]

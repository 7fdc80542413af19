"""How the state of a topic looks on the map: a class for the colour, a mark for the shape, a word."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.overlay import Row

_RING = '<path class="k" d="@m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z"/>'
_CHECK = '<path class="c" d="@m-3.6.4l2.6 2.6l4.6-5.6"/>'
_MARKS = {
    "todo": _RING,
    "ready": _RING,
    "later": _RING,
    "learning": _RING + '<path class="f" d="@m0-7a7 7 0 0 0 0 14z"/>',
    "done": f'<path class="f" d="@m-7.8 0a7.8 7.8 0 1 0 15.6 0a7.8 7.8 0 1 0-15.6 0z"/>{_CHECK}',
    "waived": _RING + _CHECK,
    "skipped": _RING + '<path class="k" d="@m-3.6 3.6l7.2-7.2"/>',
    "locked": '<path class="k" d="@m-3.6-1v-2.2a3.6 3.6 0 0 1 7.2 0v2.2"/>'
    '<path class="f" d="@m-4.2-1h8.4a1.8 1.8 0 0 1 1.8 1.8v4.8a1.8 1.8 0 0 1-1.8 1.8h-8.4'
    'a1.8 1.8 0 0 1-1.8-1.8v-4.8a1.8 1.8 0 0 1 1.8-1.8z"/>',
}
"""16 pixels wide, about where @ says: a group that is moved there would be one element more for each topic."""
_DOT = '<path class="dot" d="@m3-7a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"/>'


def mark(kind: str, at: str = "M0 0", *, changed: bool = False) -> str:
    """The shape of a state about the point that `at` moves to; a dot upon that of what changed since it was done."""
    return (_MARKS[kind] + _DOT if changed else _MARKS[kind]).replace("@", at)


class Look(NamedTuple):
    kind: str
    """What `mark` draws, and class of the topic."""
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

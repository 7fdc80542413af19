"""Changes of a roadmap as the studio lists them: by kind, with the words that changed and whom each touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from roadmap.in_words import in_words
from roadmap.plan.changes import KINDS, Change
from roadmap.plan.report import CALLED
from roadmap.plan.wording import Run, differences
from tracker.effects import Effect
from tracker.imports.words import effect_words

SHOWN = 60
"""Of one kind, on a page; when asked for the kind, MOST."""
MOST = 2_000
HEADINGS = {
    "added": _lazy("New"),
    "renamed": _lazy("Renamed"),
    "moved": _lazy("Moved"),
    "changed": _lazy("Changed"),
    "retired": _lazy("Retired"),
    "revived": _lazy("Back again"),
}
_DONE = """
SELECT topic.uid, count(*) FILTER (WHERE progress.state IN ('done', 'waived')),
       count(*) FILTER (WHERE progress.state = 'learning')
FROM tracker_topicprogress progress JOIN roadmap_topic topic ON topic.id = progress.topic_id
WHERE topic.uid = ANY(%s) AND progress.state IN ('done', 'waived', 'learning') GROUP BY topic.uid
"""


@dataclass(frozen=True, slots=True)
class Field:
    called: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Row:
    change: Change
    fields: tuple[Field, ...]
    done: int = 0
    learning: int = 0
    said: str = ""
    """What becomes of the shares of those who are on it, where they move."""

    @property
    def touches(self) -> str:
        """`12 finished this topic, 3 are at it; 2 fall, at most from 100 % to 80 %`."""
        parts = []
        if self.done:
            parts.append(
                ngettext("%(n)s finished this topic", "%(n)s finished this topic", self.done) % {"n": self.done}
            )
        if self.learning:
            parts.append(ngettext("%(n)s is at it", "%(n)s are at it", self.learning) % {"n": self.learning})
        of_shares = _("of their shares %(said)s") % {"said": self.said} if self.said else ""
        return _("; ").join(filter(None, (_(", ").join(parts), of_shares)))


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    heading: str
    amount: int
    rows: list[Row]
    more: int


def on_each(topics: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """uid -> (how many finished it, how many are at it). One query."""
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [list(topics)])
        return {uid: (done, learning) for uid, done, learning in cursor.fetchall()}


def groups(
    changes: Iterable[Change],
    *,
    whole: str = "",
    people: Mapping[UUID, tuple[int, int]] | None = None,
    effects: Mapping[UUID, Effect] | None = None,
) -> list[Group]:
    """No query. `whole`: the kind that is shown whole."""
    listed = list(changes)
    found = []
    for kind in KINDS:
        mine = [change for change in listed if change.kind == kind]
        shown = mine[: MOST if whole == kind else SHOWN]
        if mine:
            rows = [_row(change, people or {}, effects or {}) for change in shown]
            found.append(Group(kind, str(HEADINGS[kind]), len(mine), rows, len(mine) - len(shown)))
    return found


def _row(change: Change, people: Mapping[UUID, tuple[int, int]], effects: Mapping[UUID, Effect]) -> Row:
    fields = tuple(
        Field(_("in another order"), ())
        if field.name == "order"
        else Field(in_words(CALLED.get(field.name, field.name)), differences(in_words(field.was), in_words(field.now)))
        for field in change.fields
    )
    done, learning = people.get(change.uid, (0, 0))
    effect = effects.get(change.uid)
    return Row(change, fields, done, learning, effect_words(effect) if effect is not None else "")

"""One timeline of a learner: what they did, and what was done for them, newest first. One statement a page.

States and steps come from the events, everything else from the rows of the acts; an answer is an entry of its own. An
act on many topics (`tracker.bulk`) is one entry, and so is its undo, though each topic has its event. A mentor's
timeline is cut to the topics their cohort walks and tells the names their cohort knows (`Scope`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from tracker import given_notes
from tracker.languages import number
from tracker.models import BulkAct, ProgressEvent, User
from tracker.row_words import WORDS

PAGE = 30
"""Entries of a page."""
NAMED = 100
"""Topics of one act that are listed by name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a learner is shown to whom. For the learner themselves, everything."""

    viewer: int
    cohort: int | None = None
    topics: tuple[int, ...] | None = None
    """Topics the cohort walks; None: all."""
    known: frozenset[int] | None = None
    """People with a name here, besides the learner; None: everybody. What others wrote to the learner is theirs."""


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str
    """event, step, many, comment, help, answer, evidence, sign-off, nudge or target."""
    id: int
    at: datetime
    words: str
    """`done`, `asked for help`: what happened, after the name of who did it."""
    who: str
    by_learner: bool
    about: str
    """Title of the topic, the module or the roadmap; may be empty."""
    slug: str
    """Of the topic, where it is one."""
    text: str
    """Reason, comment, answer … as it was written; empty for what was taken back."""
    url: str
    operation: UUID
    mine: bool
    """Whoever looks at it did it."""
    withdrawn: bool
    stands: bool
    """Of a mentor's event: the topic's state was not changed since."""
    topics: tuple[str, ...] = ()
    """Of an act on many: titles of the topics, as they stood in it; at most NAMED."""
    count: int = 0
    """Of an act on many: how many topics."""

    @property
    def more(self) -> int:
        """Topics of the act that are not named."""
        return self.count - len(self.topics)

    @property
    def taken_back_as(self) -> str:
        """The kind that `acts.take_back` knows it by; empty for what is not taken back from here."""
        if self.withdrawn or not self.mine or (self.kind in {"event", "step", "many"} and not self.stands):
            return ""
        return self.kind


@dataclass(frozen=True, slots=True)
class Timeline:
    entries: tuple[Entry, ...]
    older: str
    """What `before` takes for the next page; empty at the end."""


_OPERATION = """md5(concat_ws(':', act.operation,
    CASE WHEN act.undo THEN CASE WHEN {step} IS NULL THEN 'undo' ELSE 'undo step' END
         WHEN {step} IS NOT NULL THEN 'step' END, coalesce({step}, {topic})))::uuid"""
"""Of an event that an act on many wrote, as `tracker.bulk` makes it."""
_PARTS = f"""
SELECT CASE WHEN event.step_id IS NULL THEN 'event' ELSE 'step' END AS kind, event.id, event.at, event.by_id,
       event.topic_id, coalesce(step.title, '') AS title, event.was, event.now, event.through, event.note AS text,
       '' AS url, event.operation, NULL::timestamptz AS withdrawn_at, NULL::date AS day
FROM tracker_progressevent event LEFT JOIN roadmap_step step ON step.id = event.step_id
WHERE event.learner_id = %(learner)s AND event.was <> event.now AND NOT EXISTS (
    SELECT FROM act WHERE act.at = event.at AND event.operation =
    {_OPERATION.format(step="event.step_id", topic="event.topic_id")})
UNION ALL
SELECT 'many', act.id, act.at, %(learner)s, NULL,
       CASE WHEN %(all)s OR act.roadmap_id IN (SELECT roadmap_id FROM assigned) THEN act.about ELSE '' END,
       act.kind, act.state, CASE WHEN act.undo THEN 'undo' ELSE 'page' END, '', '', act.operation, NULL, NULL
FROM act WHERE %(topics)s::bigint[] IS NULL OR act.topics && %(topics)s::bigint[] OR act.steps <> '{{}}'
UNION ALL
SELECT 'comment', id, at, by_id, topic_id, '', '', '', '', text, '', operation, withdrawn_at, NULL
FROM tracker_comment WHERE learner_id = %(learner)s
UNION ALL
SELECT 'help', id, at, by_id, topic_id, '', '', '', '', text, '', operation, withdrawn_at, NULL
FROM tracker_helprequest WHERE learner_id = %(learner)s
UNION ALL
SELECT 'answer', id, answered_at, answered_by_id, topic_id, '', '', '', '', answer, '', operation, NULL, NULL
FROM tracker_helprequest WHERE learner_id = %(learner)s AND answered_at IS NOT NULL
UNION ALL
SELECT 'evidence', act.id, act.at, act.by_id, act.topic_id, coalesce(section.title, ''), '', '', '', act.text, act.url,
       act.operation, act.withdrawn_at, NULL
FROM tracker_evidence act LEFT JOIN roadmap_section section ON section.uid = act.section
WHERE act.learner_id = %(learner)s AND (%(all)s OR act.roadmap_id IN (SELECT roadmap_id FROM assigned))
UNION ALL
SELECT 'sign-off', act.id, act.at, act.by_id, act.topic_id, coalesce(section.title, ''), '', '', '', act.note, '',
       act.operation, act.withdrawn_at, NULL
FROM tracker_signoff act LEFT JOIN roadmap_section section ON section.uid = act.section
WHERE act.learner_id = %(learner)s AND (%(all)s OR act.roadmap_id IN (SELECT roadmap_id FROM assigned))
UNION ALL
SELECT 'nudge', id, at, by_id, NULL, '', '', '', '', text, '', operation, withdrawn_at, NULL
FROM tracker_nudge WHERE learner_id = %(learner)s AND (%(all)s OR cohort_id = %(cohort)s)
UNION ALL
SELECT 'target', act.id, act.at, act.by_id, NULL, roadmap.title, '', '', '', act.reason, '', act.operation,
       act.withdrawn_at, act.target_on
FROM tracker_learnertarget act JOIN tracker_cohortroadmap own ON own.id = act.assigned_id
     JOIN roadmap_roadmap roadmap ON roadmap.id = own.roadmap_id
WHERE act.learner_id = %(learner)s AND (%(all)s OR own.cohort_id = %(cohort)s)
"""  # noqa: S608  (constants)
_PAGE = f"""
WITH assigned AS (SELECT roadmap_id FROM tracker_cohortroadmap WHERE cohort_id = %(cohort)s), own AS (
    SELECT * FROM tracker_bulkact WHERE learner_id = %(learner)s AND cardinality(topics) + cardinality(steps) > 1
      AND %(topic)s::bigint IS NULL
), act AS MATERIALIZED (
    SELECT 2 * id AS id, operation, at, false AS undo, kind, state, about, roadmap_id, topics, steps FROM own
    UNION ALL
    SELECT 2 * id + 1, operation, undone_at, true, kind, state, about, roadmap_id, topics, steps FROM own
    WHERE undone_at IS NOT NULL AND cardinality(topics) + cardinality(steps) > "left"
), part AS ({_PARTS}), page AS (
SELECT part.kind, part.id, part.at, part.by_id,
       coalesce(nullif(by.name, ''), split_part(by.email, '@', 1)) AS name, coalesce(topic.title, part.title) AS about,
       coalesce(topic.slug, '') AS slug, part.title, part.was, part.now, part.through, part.text, part.url,
       part.operation, part.withdrawn_at IS NOT NULL AS withdrawn, part.day,
       part.kind = 'event' AND part.through = 'mentor' AND NOT EXISTS (
           SELECT FROM tracker_progressevent later
           WHERE later.learner_id = %(learner)s AND later.topic_id = part.topic_id AND later.id > part.id
             AND later.step_id IS NULL AND later.was <> later.now) AS stands
FROM part LEFT JOIN tracker_user by ON by.id = part.by_id LEFT JOIN roadmap_topic topic ON topic.id = part.topic_id
WHERE (%(topics)s::bigint[] IS NULL OR part.topic_id IS NULL OR part.topic_id = ANY(%(topics)s::bigint[]))
  AND (%(topic)s::bigint IS NULL OR part.topic_id = %(topic)s::bigint)
  AND (%(known)s::bigint[] IS NULL OR part.kind NOT IN ('comment', 'nudge') OR part.by_id = ANY(%(known)s::bigint[]))
  AND (%(at)s::timestamptz IS NULL OR (part.at, part.kind, part.id)
       < (%(at)s::timestamptz, %(kind)s::text COLLATE "C", %(id)s::bigint))
ORDER BY part.at DESC, part.kind COLLATE "C" DESC, part.id DESC LIMIT %(limit)s
)
SELECT page.*, many.count, many.titles FROM page LEFT JOIN act ON page.kind = 'many' AND act.id = page.id
LEFT JOIN LATERAL (
    SELECT count(*), (array_agg(each.title ORDER BY each.first))[:%(named)s] AS titles FROM (
        SELECT topic.title, min(event.id) AS first FROM (
            SELECT unnest(act.topics) AS topic, NULL::bigint AS step UNION ALL SELECT NULL, unnest(act.steps)
        ) asked JOIN tracker_progressevent event ON event.learner_id = %(learner)s AND event.was <> event.now
             AND event.operation = {_OPERATION.format(step="asked.step", topic="asked.topic")}
        JOIN roadmap_topic topic ON topic.id = event.topic_id
        WHERE %(topics)s::bigint[] IS NULL OR event.topic_id = ANY(%(topics)s::bigint[])
        GROUP BY topic.id) each
) many ON act.id IS NOT NULL
ORDER BY page.at DESC, page.kind COLLATE "C" DESC, page.id DESC
"""  # noqa: S608  (constants)


def timeline(learner: User, scope: Scope, *, before: str = "", topic: int | None = None, limit: int = PAGE) -> Timeline:
    """A page of the learner's timeline, or of one topic's. One query. A `before` that is none starts at the top."""
    at, kind, pk = _place(before)
    known = None if scope.known is None else [*scope.known, learner.pk, scope.viewer]
    values = {
        "learner": learner.pk,
        "all": scope.cohort is None,
        "cohort": scope.cohort,
        "topics": None if scope.topics is None else list(scope.topics),
        "topic": topic,
        "known": known,
        "at": at,
        "kind": kind,
        "id": pk,
        "limit": limit + 1,
        "named": NAMED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, values)
        rows = cursor.fetchall()
    entries = tuple(_entry(row, learner, scope, known) for row in rows[:limit])
    older = _name(entries[-1]) if len(rows) > limit else ""
    return Timeline(tuple(entry for entry in entries if entry.kind != "many" or entry.count), older)


def _name(entry: Entry) -> str:
    return f"{int(entry.at.timestamp() * 1_000_000)}.{entry.kind}.{entry.id}"


def _place(before: str) -> tuple[datetime | None, str, int]:
    """Where a page begins; the top for what is no place."""
    parts = before.split(".")
    try:
        micros, kind, pk = parts
        at = datetime.fromtimestamp(int(micros) // 1_000_000, UTC).replace(microsecond=int(micros) % 1_000_000)
        number = int(pk)
    except (ValueError, OverflowError, OSError):
        return None, "", 0
    return (at, kind, number) if 0 <= number < 2**62 and kind.replace("-", "").isalpha() else (None, "", 0)


def _entry(row: tuple, learner: User, scope: Scope, known: Collection[int] | None) -> Entry:  # type: ignore[type-arg]
    kind, pk, at, by, name, about, slug, title, was, now, through, text, url, operation, withdrawn, day, *more = row
    stands, count, topics = more
    own = by == learner.pk or (by is None and kind in {"event", "step"})
    hidden = known is not None and not own and by not in known
    return Entry(
        kind=kind,
        id=pk,
        at=at,
        words=_many(was, now, through, count or 0)
        if kind == "many"
        else _words(kind, was, now, through, title=title, day=day, own=own),
        who=learner.shown_name if own else _("Another mentor") if hidden else (name or _("Somebody")),
        by_learner=own,
        about=about,
        slug=slug,
        text="" if withdrawn or hidden or text == "still fine" else given_notes.shown(text, through),
        url="" if withdrawn else url,
        operation=operation,
        mine=by == scope.viewer,
        withdrawn=withdrawn,
        stands=stands,
        topics=tuple(topics or ()),
        count=count or 0,
    )


SAID = {
    "comment": _lazy("wrote"),
    "help": _lazy("asked for help"),
    "answer": _lazy("answered the request for help"),
    "evidence": _lazy("handed in"),
    "sign-off": _lazy("signed off"),
    "nudge": _lazy("sent a nudge"),
}


def _many(kind: str, state: str, through: str, count: int) -> str:
    """What an act did to so many topics."""
    if through == ProgressEvent.Through.UNDO:
        words = ngettext("took back what was set for %(n)s topic", "took back what was set for %(n)s topics", count)
    elif kind == BulkAct.Kind.KNOWN:
        words = ngettext("knew %(n)s topic before", "knew %(n)s topics before", count)
    elif kind == BulkAct.Kind.RESET:
        words = ngettext("began %(n)s topic anew", "began %(n)s topics anew", count)
    else:
        words = ngettext("set %(n)s topic to “%(state)s”", "set %(n)s topics to “%(state)s”", count)
    return words % {"n": number(count), "state": WORDS[state]}


def _words(kind: str, was: str, now: str, through: str, *, title: str, day: date | None, own: bool) -> str:
    if kind == "target":
        if day is None:
            return _("set no target date")
        return _("set the target date to %(day)s") % {"day": formats.date_format(day, "SHORT_DATE_FORMAT")}
    if kind in SAID:
        return str(SAID[kind])
    if kind == "step":
        words = (_("ticked “%(step)s”") if now == "done" else _("unticked “%(step)s”")) % {"step": title}
    elif now == "waived" and through == ProgressEvent.Through.MENTOR:
        words = str(WORDS["waived"])
    elif through == ProgressEvent.Through.MENTOR and was in {"done", "waived"}:
        words = _("reopened: %(was)s → %(now)s") % {"was": WORDS[was], "now": WORDS[now]}
    else:
        words = _("%(was)s → %(now)s") % {"was": WORDS[was], "now": WORDS[now]}
    notable = {
        ProgressEvent.Through.UNDO.value: _("taken back") if not own else _("undo"),
        ProgressEvent.Through.NOTES.value: _("ticks in the notes"),
        ProgressEvent.Through.MERGE.value: _("topics merged"),
        ProgressEvent.Through.SYSTEM.value: _("the system"),
        ProgressEvent.Through.KNOWN.value: _("known before"),
    }
    if through not in notable:
        return words
    return _("%(words)s (%(how)s)") % {"words": words, "how": notable[through]}

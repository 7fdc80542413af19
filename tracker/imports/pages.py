"""What the pages of imports show."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.apply import undo_changes
from roadmap.forking import note_sources
from roadmap.in_words import in_words
from roadmap.models import Import, NoteSource
from roadmap.notes.items import Problem
from roadmap.plan.changes import Change, FieldChange
from roadmap.plan.partial import Parting, key_of
from roadmap.plan.report import CALLED
from roadmap.plan.wording import Run, differences
from roadmap.sentences import of_row
from roadmap.source_files import SourceReading
from roadmap.uploads import shelf
from roadmap.uploads.shelf import Waiting
from tracker.imports import planning, verbs
from tracker.imports.planning import NEW, Planned
from tracker.imports.words import behind, counted, effect_words, left_out_words
from tracker.writing import cannot_write

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SOURCES, IMPORTS = 50, 20
"""On a page."""
SHOWN, MOST = 60, 2_000
"""Changes of a kind that the plan's page shows, and when asked for the kind."""
QUESTIONS = 60
PATIENCE = 1.0
"""Seconds spent on looking whether folders changed."""
MOVING = {"retired", "revived", "moved"}
"""Kinds of changes by which the share of somebody who did the topic can move."""
A_MOMENT = timedelta(minutes=1)
"""Between a reading and its import."""
CHANGES = 200
"""Of one import of the history."""
HEADINGS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "renamed": (_lazy("Renamed"), _lazy("The same topics under new titles. Everything learners did stays with them.")),
    "moved": (_lazy("Moved"), _lazy("The same topics in other places.")),
    "changed": (_lazy("Changed"), _lazy("Whoever is done with one of these is shown the difference, and stays done.")),
    "added": (_lazy("New"), _lazy("They are open for everybody, so a share may fall until they are done.")),
    "retired": (
        _lazy("Retired"),
        _lazy("No longer in the notes. What learners did is kept, and is there again if they return."),
    ),
    "revived": (_lazy("Back again"), _lazy("Retired before, and in the notes again, with all that learners did.")),
}
"""Kind -> heading and what it means for learners."""
SEVERITIES = {"error": _lazy("error"), "warning": _lazy("warning"), "info": _lazy("info")}


@dataclass(frozen=True, slots=True)
class SourceRow:
    source: Any
    """NoteSource with `topics`, `applied_at` and `applied_by` of its last import."""
    where: str
    changed: bool | None
    """Whether its notes changed on disk since; None where nobody can tell."""
    missing: bool
    read: SourceReading | None
    pending: tuple[Pending, ...] = ()

    @property
    def applied_apart(self) -> bool:
        """Whether the last import was not the last reading too."""
        at, read = self.source.applied_at, self.read
        return at is not None and (read is None or read.by != self.source.applied_by or read.at - at > A_MOMENT)


@dataclass(frozen=True, slots=True)
class Pending:
    """A plan for a source that waits."""

    waiting: Waiting
    came_at: datetime
    mine: bool
    """Whether whoever looks may decide on it."""

    @property
    def watched(self) -> bool:
        return self.waiting.by == shelf.ANYBODY


@dataclass(frozen=True, slots=True)
class Field:
    called: str
    runs: tuple[Run, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Row:
    change: Change
    key: str
    left_out: bool
    why_not: str
    """Why it cannot be left out."""
    learners: int
    said: str
    """What happens to their shares, for a change by which they can move."""
    asked: bool
    """It hangs on a question that is open."""
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    heading: str
    about: str
    amount: int
    rows: list[Row]
    more: int
    all_left_out: bool
    some_can: bool


def sources(page: str = "", person: int = shelf.ANYBODY) -> tuple[Page[Any], list[SourceRow]]:
    """Every source of notes, the last read first. Two queries."""
    found = (
        note_sources()
        .select_related("last_read")
        .annotate(
            topic_count=Count("topics", filter=Q(topics__retired_at=None)),
            applied_at=Subquery(_last().values("applied_at")[:1]),
            applied_by=Subquery(_last().values("by")[:1]),
        )
        .order_by("-applied_at", "title", "pk")
    )
    shown = Paginator(found, SOURCES).get_page(page)
    until, waiting = time.monotonic() + PATIENCE, shelf.all_waiting()
    return shown, [_source(source, until, _pending(source, waiting, person)) for source in shown.object_list]


def _pending(source: NoteSource, waiting: list[Waiting], person: int) -> tuple[Pending, ...]:
    return tuple(
        Pending(each, datetime.fromtimestamp(each.at, UTC), each.by in {person, shelf.ANYBODY})
        for each in waiting
        if each.location == source.location
    )


def _last() -> Any:
    return Import.objects.filter(source=OuterRef("pk"), state=Import.State.APPLIED).order_by("-applied_at", "-pk")


def _source(source: Any, until: float, pending: tuple[Pending, ...]) -> SourceRow:
    path = verbs.path_of(source)
    read = getattr(source, "last_read", None)
    if source.location.startswith(shelf.PREFIX) or path is None:
        return SourceRow(source, _("uploaded"), None, missing=False, read=read, pending=pending)
    where = _("comes with Pathnotes") if source.location.startswith(verbs.BUNDLED) else source.location
    if time.monotonic() > until:
        return SourceRow(source, where, None, missing=False, read=read, pending=pending)
    seen = planning.look(path)
    times = [at for at in (source.applied_at, read.at if read else None) if at is not None]
    known = seen.whole and seen.there and times
    changed = seen.newest > max(times).timestamp() if known else None
    return SourceRow(source, where, changed, missing=not seen.there, read=read, pending=pending)


def source_page(source: NoteSource, page: str, opened: UUID | None, person: int = shelf.ANYBODY) -> dict[str, Any]:
    """State and history of one source. Five queries; eight more where the last import can be taken back, and one for
    an import that is opened."""
    known = (
        NoteSource.objects.select_related("last_read")
        .annotate(
            topic_count=Count("topics", filter=Q(topics__retired_at=None)),
            applied_at=Subquery(_last().values("applied_at")[:1]),
            applied_by=Subquery(_last().values("by")[:1]),
        )
        .get(pk=source.pk)
    )
    history = Import.objects.filter(source=source).defer("changes", "before", "problems", "after")
    shown = Paginator(history, IMPORTS).get_page(page)
    last = Import.objects.filter(source=source, state=Import.State.APPLIED).first()
    detail = Import.objects.filter(source=source, uid=opened).first() if opened else None
    return {
        "source": known,
        "cannot_write": cannot_write(source),
        "row": _source(known, time.monotonic() + PATIENCE, _pending(source, shelf.all_waiting(), person)),
        "uploaded": source.location.startswith(shelf.PREFIX),
        "roadmaps": list(source.roadmaps.filter(retired_at=None).only("slug", "title", "state")),
        "history": shown,
        "said": {each.pk: counted(each.counts) for each in shown.object_list},
        "last": last,
        "undoes": counted(undo_changes(last)) if last else "",
        "detail": detail,
        "detail_changes": [_told(change) for change in detail.changes[:CHANGES]] if detail else [],
        "detail_more": max(0, len(detail.changes) - CHANGES) if detail else 0,
        "detail_problems": [_kept_problem(each) for each in detail.problems[:SHOWN]] if detail else [],
    }


def _told(change: dict[str, Any]) -> dict[str, str]:
    """A change as the history keeps it, in words."""
    kind, title = change["kind"], change["title"]
    said = HEADINGS[kind][0] if kind in HEADINGS else kind
    beside = {
        "renamed": _("was %(title)s") % {"title": change["was"]},
        "moved": _("%(was)s → %(now)s") % {"was": change["was"], "now": change["now"]},
    }.get(kind, "")
    if kind == "changed":
        beside = _(", ").join(in_words(CALLED.get(f["name"], f["name"])) for f in change["fields"])
    return {"kind": str(said), "what": change["what"], "title": title, "beside": beside}


def plan_page(waiting: Waiting, planned: Planned, whole: str = "") -> dict[str, Any]:
    """The plan for people. No query."""
    left = sum(planning.key_of(q) not in waiting.answers for q in planned.questions)
    shown = planned.questions[: MOST if whole == "unclear" else QUESTIONS]
    said = {
        "waiting": waiting,
        "came_at": datetime.fromtimestamp(waiting.at, UTC),
        "planned": planned,
        "part": planned.part,
        "token": planned.token,
        "groups": list(_groups(waiting, planned, whole)),
        "questions": [_question(waiting, planned, question) for question in shown],
        "more_questions": len(planned.questions) - len(shown),
        "open_questions": len(planned.part.unclear),
        "unanswered": left,
        "problems": [_problem(planned, problem) for problem in planned.whole.problems[: planning.PROBLEMS]],
        "more_problems": max(0, len(planned.whole.problems) - planning.PROBLEMS),
        "errors": len(planned.errors),
        "readable": bool(planned.reading.paths),
        "effects": [(title, effect, effect_words(effect)) for title, effect in planned.effects.roadmaps],
        "left_out_files": left_out_words(waiting.left_out),
        "summary": counted(planned.part.counts),
        "quiet": not planned.part.changes and not planned.part.empty,
        "without": len({key_of(change) for change in planned.whole.changes} & set(waiting.without)),
    }
    said["applicable"] = not planned.part.unclear and not planned.part.empty and said["readable"]
    return said


def _groups(waiting: Waiting, planned: Planned, whole: str) -> Iterator[Group]:
    parting, without, asked = Parting(planned.whole), set(waiting.without), _asked(planned)
    for kind, (heading, about) in HEADINGS.items():
        changes = [change for change in planned.whole.changes if change.kind == kind]
        if not changes:
            continue
        shown = changes[: MOST if whole == kind else SHOWN]
        can = [change for change in changes if not parting.why_not(change) and key_of(change) not in asked]
        yield Group(
            kind=kind,
            heading=str(heading),
            about=str(about),
            amount=len(changes),
            rows=[_row(change, planned, parting, without, asked) for change in shown],
            more=len(changes) - len(shown),
            all_left_out=bool(can) and all(key_of(change) in without for change in can),
            some_can=len(can) > 1,
        )


def keys_of_kind(planned: Planned, kind: str) -> list[str]:
    """Of all changes of a kind but those that an open question decides on."""
    asked = _asked(planned)
    return [key for change in planned.whole.changes if change.kind == kind and (key := key_of(change)) not in asked]


def _row(change: Change, planned: Planned, parting: Parting, without: set[str], asked: set[str]) -> Row:
    key, why_not = key_of(change), parting.why_not(change)
    moves = change.kind in MOVING or any(field.name == "optional" for field in change.fields)
    effect = planned.effects.topics.get(change.uid) if moves else None
    return Row(
        change=change,
        key=key,
        left_out=key in without and not why_not,
        why_not=in_words(why_not),
        learners=planned.learners.get(change.uid, 0),
        said=effect_words(effect) if effect is not None else "",
        asked=key in asked and key not in without,
        fields=tuple(map(field_of, change.fields)),
    )


def _asked(planned: Planned) -> set[str]:
    """Keys of the changes that an open question decides on: topics that may be old ones, and these."""
    open_ones = planned.part.unclear
    places = {(question.title, question.source, question.line) for question in open_ones}
    offered = {candidate.topic for question in open_ones for candidate in question.candidates}
    return {
        key_of(change)
        for change in (planned.whole.changes if open_ones else ())
        if change.what == "topic"
        and (
            (change.kind == "added" and (change.title, change.source, change.line) in places)
            or (change.kind == "retired" and change.uid in offered)
        )
    }


def field_of(field: FieldChange) -> Field:
    """A field's change as a page says it."""
    called = in_words(CALLED.get(field.name, field.name))
    if field.name == "order":
        return Field(_("in another order"), (), kept=False)
    return Field(called, differences(in_words(field.was), in_words(field.now)), field.kept)


def _question(waiting: Waiting, planned: Planned, question: Any) -> dict[str, Any]:
    name = planning.key_of(question)
    given = waiting.answers.get(name, "")
    candidates = [
        {
            "uid": str(candidate.topic),
            "title": candidate.title,
            "said": in_words(candidate.said),
            "divided": candidate.how == "divided",
            "behind": behind(candidate, planned.learners.get(candidate.topic, 0)),
        }
        for candidate in question.candidates
    ]
    known = given == NEW or any(given == candidate["uid"] for candidate in candidates)
    return {
        "name": name,
        "question": question,
        "candidates": candidates,
        "divided": any(candidate["divided"] for candidate in candidates),
        "given": given if known else "",
    }


def _problem(planned: Planned, problem: Problem) -> dict[str, Any]:
    return {
        "problem": problem,
        "severity": SEVERITIES[problem.severity],
        "message": in_words(problem.message),
        "text": planned.lines.get((problem.source, problem.line), ""),
    }


def _kept_problem(kept: dict[str, Any]) -> dict[str, Any]:
    """A problem as an import keeps it; those of long ago have their English text alone."""
    return kept | ({"message": in_words(of_row(kept["told"]))} if "told" in kept else {})

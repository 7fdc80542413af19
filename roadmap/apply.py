"""A plan into the database and back out of it: one transaction each, whole or not at all.

Check-offs go on meanwhile: no unique column of a topic is set and no topic is locked for update (see rows.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.because import Because, Through
from roadmap.bodies import render_changed
from roadmap.graph import find_cycle
from roadmap.locks import BusyError, curriculum_lock, tell
from roadmap.models import Import, NoteSource, Prerequisite, Roadmap, Topic
from roadmap.notes.items import Problem
from roadmap.plan import Curriculum, Plan, Unclear
from roadmap.plan.changes import compare, counts
from roadmap.plan.curriculum import (
    Json,
    Step,
    canonical,
    roadmap_json,
    roadmap_of,
    topic_json,
    topic_of,
)
from roadmap.plan.curriculum import Topic as PlainTopic
from roadmap.publishing.recording import record_imported, record_pending
from roadmap.rows import write
from roadmap.sentences import as_row
from roadmap.source_files import remember_files, remember_reading
from roadmap.stored import curriculum_of, slugs_elsewhere

__all__ = [
    "BusyError",
    "NotAppliedError",
    "NotTheLastError",
    "NothingToUndoError",
    "PrerequisiteLoopError",
    "QuestionsOpenError",
    "RetiresManyError",
    "StalePlanError",
    "TreeChangedError",
    "apply_plan",
    "undo_last",
]

KEPT_PROBLEMS = 500
"""Problems an import's record keeps."""


class NotAppliedError(Exception):
    """Nothing was changed; the message is a sentence for people."""


class StalePlanError(NotAppliedError):
    """The curriculum is not the one the plan was made for."""

    def __init__(self) -> None:
        super().__init__(_("The curriculum changed since this plan was made. Nothing was changed; plan again."))


class QuestionsOpenError(NotAppliedError):
    def __init__(self, unclear: tuple[Unclear, ...]) -> None:
        self.unclear = unclear
        said = ngettext(
            "%(n)s question is open: renamed topics are asked, not guessed. Nothing was changed.",
            "%(n)s questions are open: renamed topics are asked, not guessed. Nothing was changed.",
            len(unclear),
        )
        super().__init__(said % {"n": len(unclear)})


class RetiresManyError(NotAppliedError):
    def __init__(self, plan: Plan) -> None:
        self.retired, self.live = plan.retired, plan.now.live()
        super().__init__(
            f"{self.retired} of {self.live} topics are not in these notes any more and would be retired. "
            "Nothing was changed. If these are the right notes, say so with --retire-many."
        )


class PrerequisiteLoopError(NotAppliedError):
    def __init__(self, titles: list[str]) -> None:
        self.titles = titles
        named = " → ".join(f"“{title}”" for title in titles)
        super().__init__(
            _("This would close a loop of prerequisites: %(named)s. Nothing was changed.") % {"named": named}
        )


class TreeChangedError(NotAppliedError):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The curriculum changed since the last import, so it cannot be taken back as a whole. Nothing was "
                "changed."
            )
        )


class NothingToUndoError(NotAppliedError):
    def __init__(self) -> None:
        super().__init__(_("There is no import of these notes to take back. Nothing was changed."))


class NotTheLastError(NotAppliedError):
    def __init__(self) -> None:
        super().__init__(_("There is a later import of these notes: take that one back first. Nothing was changed."))


def apply_plan(
    *, plan: Plan, source: NoteSource, by: str, retire_many: bool = False, roots: Sequence[str] | None = None
) -> Import | None:
    """Store the plan's target and record the import; None when there was nothing to store.

    An unsaved `source` is stored with it. `by` is a name, as text. `roots`: the notes that were chosen to draw the
    roadmaps, remembered with the source; None leaves its choice as it is. Raise QuestionsOpenError, RetiresManyError
    (unless `retire_many`), StalePlanError, PrerequisiteLoopError or BusyError, having changed nothing.
    """
    if plan.unclear:
        raise QuestionsOpenError(plan.unclear)
    if plan.retires_many and not retire_many:
        raise RetiresManyError(plan)
    if plan.empty:
        return None
    html, problems = render_changed(plan.now, plan.target)
    texts = plan.target.texts()
    after: Json = {"fingerprint": plan.target.fingerprint(texts), "reading": plan.reading}
    because = Because(by, Through.IMPORT)
    with curriculum_lock(because):
        source = _stored(source)
        stored = curriculum_of(source)
        if stored != plan.now or _slugs_taken(stored, plan.target, source):
            raise StalePlanError
        record_pending(source.roadmaps.all())
        write(source.pk, stored, plan.target, html)
        refuse_loops(changed_needs(stored, plan.target))
        remember_files(source=source.pk, digests=plan.digests)
        remember_reading(source=source.pk, by=by, checkout=plan.checkout)
        record_imported(source.roadmaps.all(), by=by, written=plan.target, texts=texts)
        before = _before(stored, plan.target)
        if roots is not None and source.roots != list(roots):
            before["roots"] = source.roots
            NoteSource.objects.filter(pk=source.pk).update(roots=list(roots))
        return Import.objects.create(
            uid=because.of,
            source=source,
            by=by[:150],
            checkout=plan.checkout.as_json() if plan.checkout else {},
            counts=plan.counts,
            changes=[change.as_json() for change in plan.changes],
            problems=[_kept(problem) for problem in (*plan.problems, *problems)[:KEPT_PROBLEMS]],
            before=before,
            after=after | {"revisions": revisions_of(source)},
        )


def _kept(problem: Problem) -> dict[str, Any]:
    """With what it takes to say it in another language later."""
    row = as_row(problem.message)
    return problem.as_json() | ({"told": row} if row else {})


def undo_last(*, source: NoteSource, by: str, asked: UUID | None = None) -> Import:
    """Take back the last import of `source`: what it changed is as it was, what it added is retired.

    Check-offs made since stay, on topics that are retired too. `asked` is the import that is meant: one that was taken
    back before stays so, and one that is not the last is NotTheLastError. Raise NothingToUndoError, TreeChangedError
    or BusyError too, having changed nothing.
    """
    with curriculum_lock(Because(by, Through.UNDO_IMPORT)):
        last, *earlier = Import.objects.filter(source=source, state=Import.State.APPLIED)[:2] or (None,)
        if asked is not None and (last is None or last.uid != asked):
            known = Import.objects.filter(source=source, uid=asked, state=Import.State.UNDONE).first()
            if known is None:
                raise NotTheLastError
            return known
        if last is None:
            raise NothingToUndoError
        stored = curriculum_of(source)
        if stored.fingerprint() != last.after.get("fingerprint"):
            raise TreeChangedError
        target = _restored(stored, last.before)
        html, _ = render_changed(stored, target)
        tell(Because(by, Through.UNDO_IMPORT, last.uid))
        record_pending(source.roadmaps.all())
        write(source.pk, stored, target, html)
        refuse_loops(changed_needs(stored, target))
        record_imported(source.roadmaps.all(), by=by, written=target)
        if "roots" in last.before:
            NoteSource.objects.filter(pk=source.pk).update(roots=last.before["roots"])
        last.state, last.undone_at, last.undone_by = Import.State.UNDONE, timezone.now(), by[:150]
        last.save(update_fields=["state", "undone_at", "undone_by"])
        for before in earlier:
            # What the undone import added stays, retired: the import before it can still be taken back over that.
            before.after |= {"fingerprint": target.fingerprint(), "revisions": revisions_of(source)}
            before.save(update_fields=["after"])
        return last


def undo_changes(last: Import) -> dict[str, int]:
    """How many topics taking back `last` would change in which way, for the question before it."""
    stored = curriculum_of(last.source)
    return counts(compare(stored, _restored(stored, last.before), {}))


def revisions_of(source: NoteSource) -> dict[str, int]:
    """uid -> revision of the source's roadmaps: equal for as long as nobody changed the tree."""
    return {
        str(uid): revision for uid, revision in Roadmap.objects.filter(source=source).values_list("uid", "revision")
    }


def refuse_loops(touched: set[UUID]) -> None:
    """Raise PrerequisiteLoopError when the live topics' prerequisites, of all sources, hold a loop.

    Two queries at most. Call inside `curriculum_lock` after writing. Without `touched` topics nothing can have closed
    one.
    """
    if not touched:
        return
    requires: dict[int, list[int]] = {}
    links = Prerequisite.objects.filter(topic__retired_at=None, requires__retired_at=None).order_by("pk")
    for topic, required in links.values_list("topic_id", "requires_id"):
        requires.setdefault(topic, []).append(required)
    loop = find_cycle(requires)
    if loop is not None:
        titles = dict(Topic.objects.filter(pk__in=loop).values_list("pk", "title"))
        raise PrerequisiteLoopError([titles[pk] for pk in loop])


def changed_needs(stored: Curriculum, target: Curriculum) -> set[UUID]:
    """Topics whose prerequisites changed, or that came back with theirs."""
    old = stored.topic_by_uid()
    return {
        topic.uid
        for topic in target.topics
        if (known := old.get(topic.uid)) is not topic
        and (known is None or known.needs != topic.needs or (known.retired and not topic.retired))
        and not topic.retired
    }


def _stored(source: NoteSource) -> NoteSource:
    if source.pk:
        return source
    return NoteSource.objects.get_or_create(location=source.location, defaults={"title": source.title[:200]})[0]


def _slugs_taken(stored: Curriculum, target: Curriculum, source: NoteSource) -> bool:
    """Whether another source took a slug meant for something new here."""
    topics = {t.slug for t in target.topics} - {t.slug for t in stored.topics}
    roadmaps = {r.slug for r in target.roadmaps} - {r.slug for r in stored.roadmaps}
    return not slugs_elsewhere(source).isdisjoint(topics | roadmaps)


def _before(stored: Curriculum, target: Curriculum) -> Json:
    topics, roadmaps = target.topic_by_uid(), {roadmap.uid: roadmap for roadmap in target.roadmaps}
    known = {topic.uid for topic in stored.topics} | {roadmap.uid for roadmap in stored.roadmaps}
    return {
        "topics": [topic_json(topic) for topic in stored.topics if topics.get(topic.uid) != topic],
        "roadmaps": [roadmap_json(roadmap) for roadmap in stored.roadmaps if roadmaps.get(roadmap.uid) != roadmap],
        "added": [str(uid) for uid in (*topics, *roadmaps) if uid not in known],
    }


def _restored(stored: Curriculum, before: Json) -> Curriculum:
    """`stored` with what an import changed put back and what it added retired."""
    topics = stored.topic_by_uid()
    roadmaps = {roadmap.uid: roadmap for roadmap in stored.roadmaps}
    for uid in map(UUID, before["added"]):
        if uid in topics:
            topics[uid] = replace(topics[uid], retired=True)
        elif uid in roadmaps:
            roadmaps[uid] = replace(roadmaps[uid], retired=True)
    for data in before["topics"]:
        was = topic_of(data)
        topics[was.uid] = _with_later_steps(was, topics[was.uid])
    for data in before["roadmaps"]:
        roadmaps[UUID(data["uid"])] = roadmap_of(data)
    return canonical(list(roadmaps.values()), list(topics.values()))


def _with_later_steps(was: PlainTopic, now: PlainTopic) -> PlainTopic:
    """Steps the import added stay, retired: someone may have ticked them."""
    known = {step.uid for step in was.steps}
    later = tuple(Step(step.uid, step.title, retired=True) for step in now.steps if step.uid not in known)
    return replace(was, steps=(*was.steps, *later)) if later else was

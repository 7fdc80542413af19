"""An editor's act carried out: under the curriculum's lock, whole or not at all, recorded with the way back.

The acts themselves are pure (`acts`, `topics`). What an act needs is read, not the whole curriculum: the roadmap with
its sections and seats, and the topics it is about. The rest of the work is the same for all of them, and the same in
the tables and in an open draft revision: `publishing.desk` says where it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError
from roadmap.because import Because, Through
from roadmap.edit_verbs import EditVerb
from roadmap.editing import RefusedEditError
from roadmap.in_words import in_words
from roadmap.locks import curriculum_lock, tell
from roadmap.models import Edit, Roadmap, Topic
from roadmap.plan import curriculum as plain
from roadmap.plan.chains import chained, relaid
from roadmap.plan.curriculum import Curriculum, Json, canonical
from roadmap.plan.keys import Slugs
from roadmap.publishing.desk import Desk, desk_of
from roadmap.studio import sight
from roadmap.studio.acts import Fresh
from roadmap.studio.changes import OverlaidError, difference, done_again, named_in, taken_back
from roadmap.studio.saying import said_again
from roadmap.studio.shape import ImpossibleError, roadmap_in

TOLD = 120
"""Characters of a title in a sentence of the history."""


class ChangedMeanwhileError(NotAppliedError):
    """What was acted on is not any more what the editor saw. `sign` is that of the thing now, `title` its title, empty
    when it is gone; `last` is the last act on it that is recorded."""

    def __init__(self, title: str, sign: str, last: Edit | None) -> None:
        self.title, self.sign, self.last = title, sign, last
        if title:
            said = _("“%(title)s” was changed since you opened the page. Nothing was changed by you.")
        else:
            said = _("What you acted on was taken away since you opened the page. Nothing was changed by you.")
        super().__init__(said % {"title": title})


class NothingToTakeBackError(NotAppliedError):
    """There is no act of this editor on this roadmap to undo, or to redo."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for an act, and with what before their eyes."""

    by: str
    """Name, as text."""
    actor: str
    """Key, as text."""
    seen: str = ""
    """`sight.seen` of what is acted on; empty: whatever it is."""
    operation: UUID = field(default_factory=uuid4)

    def because(self, through: Through = Through.ACT, of: UUID | None = None) -> Because:
        return Because(self.by, through, of or self.operation, self.actor)


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done."""

    verb: EditVerb
    about: UUID
    """The thing that must be as it was seen: the roadmap, a section or a topic."""
    change: Callable[[Curriculum, Fresh], Curriculum]
    said: Callable[[Curriculum, Curriculum], Json]
    """A sentence for the history, from what was and what is."""
    topics: Callable[[plain.Roadmap], Iterable[UUID]] = lambda roadmap: ()
    """The topics it changes or asks about, beside `about`."""
    seating: Sequence[UUID] = ()
    """Topics whose roadmaps, and whose dependents, it changes too."""
    makes: bool = False
    """It makes topics."""


def do(*, roadmap: Roadmap, act: Act, asked: Asked) -> Edit | None:
    """Carry `act` out, in the draft revision if one is open, else in the tables; the record of it, None when it changed
    nothing. The same operation again answers the same.

    Raise ChangedMeanwhileError, RefusedEditError, PrerequisiteLoopError or BusyError, each with a sentence, each having
    changed nothing. About 25 statements, whatever the size of the roadmap.
    """
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).first()
        if known is not None:
            return known
        roadmap.refresh_from_db(fields=["retired_at", "source"])
        if roadmap.retired_at is not None:
            raise RefusedEditError(_("This roadmap is retired. Nothing was changed."))
        desk = desk_of(roadmap)
        before = _read(desk, act)
        _still_as_seen(desk, before, act.about, asked)
        fresh = Fresh(uuid4, Slugs(desk.slugs() if act.makes else ()), from_notes=roadmap.source_id is not None)
        try:
            after = act.change(before, fresh)
        except ImpossibleError as error:
            raise RefusedEditError(in_words(error)) from error
        after = _others_chains_kept(desk, act, before, after)
        before, after = with_chains(desk, before, after)
        if before == after:
            return None
        desk.store(before, after)
        changes = difference(before, after)
        edit = Edit.objects.create(
            verb=act.verb,
            roadmap=roadmap,
            topic=Topic.objects.filter(uid=act.about).first(),
            by=asked.by[:150],
            actor=asked.actor,
            operation=asked.operation,
            data={
                **act.said(before, after),
                "things": list(dict.fromkeys([str(act.about), *changes.get("topics", {})])),
                "changes": changes,
            },
        )
        desk.record(edit)
        return edit


def undo(*, roadmap: Roadmap, asked: Asked) -> Edit:
    """Take back the last act of this editor on this roadmap, in its draft if one is open; the act. What it made is
    retired, progress is kept.

    Raise NothingToTakeBackError, RefusedEditError when somebody changed the same since, PrerequisiteLoopError or
    BusyError.
    """
    with curriculum_lock(asked.because(Through.UNDO)):
        desk = desk_of(roadmap)
        last = _undoable(desk, asked.actor)
        if last is None:
            raise NothingToTakeBackError(_("There is nothing of yours to undo on this roadmap. Nothing was changed."))
        tell(asked.because(Through.UNDO, last.operation))
        _turn(desk, last, taken_back, _("undone"))
        last.undone_at = timezone.now()
        last.save(update_fields=["undone_at"])
        return last


def redo(*, roadmap: Roadmap, asked: Asked) -> Edit:
    """Do again what this editor last undid, if they did nothing else since; the act. Raise as `undo`."""
    with curriculum_lock(asked.because(Through.REDO)):
        desk = desk_of(roadmap)
        last = _redoable(desk, asked.actor, _undoable(desk, asked.actor))
        if last is None:
            raise NothingToTakeBackError(_("There is nothing of yours to redo on this roadmap. Nothing was changed."))
        tell(asked.because(Through.REDO, last.operation))
        _turn(desk, last, done_again, _("done again"))
        last.undone_at = None
        last.save(update_fields=["undone_at"])
        return last


def turnable(desk: Desk, actor: str) -> tuple[Edit | None, Edit | None]:
    """The acts that `undo` and `redo` would turn: the last that stands, and the first one undone after it. Two
    queries."""
    stands = _undoable(desk, actor)
    return stands, _redoable(desk, actor, stands)


def _undoable(desk: Desk, actor: str) -> Edit | None:
    return desk.edits().filter(actor=actor, undone_at=None, data__has_key="changes").first()


def _redoable(desk: Desk, actor: str, stands: Edit | None) -> Edit | None:
    undone = desk.edits().filter(actor=actor, undone_at__isnull=False, data__has_key="changes")
    return undone.filter(pk__gt=stands.pk if stands else 0).order_by("pk").first()


def _turn(desk: Desk, edit: Edit, turned: Callable[[Curriculum, plain.Json], Curriculum], how: str) -> None:
    changes = edit.data["changes"]
    topics, roadmaps = named_in(changes)
    keys = Roadmap.objects.filter(uid__in=roadmaps).values_list("pk", flat=True)
    before = desk.part(roadmaps=keys, topics=topics)
    try:
        after = turned(before, changes)
    except OverlaidError as error:
        raise RefusedEditError(
            _("“%(said)s” cannot be %(how)s: “%(error)s” was changed since. Nothing was changed.")
            % {"said": in_words(said_again(edit.data)), "how": how, "error": error.title}
        ) from error
    desk.store(before, after)


def _read(desk: Desk, act: Act) -> Curriculum:
    roadmaps, topics = desk.around(act.seating) if act.seating else (set(), set())
    found = desk.part(roadmaps={desk.roadmap.pk, *roadmaps}, topics={act.about, *act.seating, *topics})
    more = set(act.topics(roadmap_in(found, desk.roadmap.uid))) - {topic.uid for topic in found.topics}
    if more:
        found = canonical([*found.roadmaps], [*found.topics, *desk.part(roadmaps=(), topics=more).topics])
    return found


def with_chains(desk: Desk, before: Curriculum, after: Curriculum) -> tuple[Curriculum, Curriculum]:
    """Both with the topics whose place in a chain the act changed; only the roadmap's own: others' notes own theirs."""
    were = {link for each in before.roadmaps for link in chained(each)}
    are = [link for each in after.roadmaps for link in chained(each)]
    known = {topic.uid for topic in after.topics}
    missing = {topic for topic, _ in were.symmetric_difference(are)} - known
    if not missing:
        return before, after
    extra = desk.part(roadmaps=(), topics=desk.own(missing)).topics
    return (
        canonical([*before.roadmaps], [*before.topics, *extra]),
        canonical([*after.roadmaps], [*after.topics, *relaid(extra, were, are)]),
    )


def _others_chains_kept(desk: Desk, act: Act, before: Curriculum, after: Curriculum) -> Curriculum:
    """`after` with the chain links of topics that are not the roadmap's own as they were: a topic that a fork shares is
    not another one because of where the fork puts it. One query where an act on one thing laid such links anew."""
    old = before.topic_by_uid()
    laid = [
        t for t in after.topics if t.uid in old and _stated(t) == _stated(old[t.uid]) and t.needs != old[t.uid].needs
    ]
    if act.seating or not laid:
        return after
    own = set(desk.own([topic.uid for topic in laid]))
    kept = {t.uid: replace(t, needs=old[t.uid].needs) for t in laid if t.uid not in own}
    return canonical([*after.roadmaps], [kept.get(topic.uid, topic) for topic in after.topics]) if kept else after


def _stated(topic: plain.Topic) -> list[plain.Need]:
    return [need for need in topic.needs if need.source != "chain"]


def _still_as_seen(desk: Desk, before: Curriculum, uid: UUID, asked: Asked) -> None:
    found = roadmap_in(before, desk.roadmap.uid)
    now = sight.seen(before, found, uid)
    if asked.seen and now != asked.seen:
        last = desk.edits().filter(data__things__contains=[str(uid)]).first()
        raise ChangedMeanwhileError(title_of(before, found, uid), now, last)


def title_of(curriculum: Curriculum, roadmap: plain.Roadmap, uid: UUID) -> str:
    """Of a topic, a section of the roadmap, or the roadmap itself; empty for what is not there."""
    if uid == roadmap.uid:
        return told(roadmap.title)
    section = sight.section_of(roadmap, uid)
    topic = curriculum.topic_by_uid().get(uid)
    found = section or topic
    return told(found.title) if found else ""


def told(title: str) -> str:
    return title if len(title) <= TOLD else f"{title[: TOLD - 1].rstrip()}…"

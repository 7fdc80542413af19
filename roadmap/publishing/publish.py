"""A draft revision becomes what learners read, and whether learners see a roadmap at all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.apply import NotAppliedError, changed_needs, refuse_loops
from roadmap.because import Because, Through
from roadmap.editing import RefusedEditError
from roadmap.locks import curriculum_lock
from roadmap.models import Alias, Roadmap, Topic
from roadmap.plan import curriculum as plain
from roadmap.plan.chains import chained, relaid
from roadmap.plan.curriculum import Curriculum, canonical, roadmap_of
from roadmap.publishing.desk import Tables, html_of, open_draft
from roadmap.publishing.drafted import Drafts, draft_content
from roadmap.publishing.drafts import DraftGoneError, close
from roadmap.publishing.merging import Clash
from roadmap.publishing.models import DraftPart, DraftRevision, RoadmapRevision
from roadmap.publishing.recording import record, record_pending
from roadmap.redraw import redraw, showing
from roadmap.rows import adopt, write
from roadmap.stored import part_of

State = DraftRevision.State


class ClashesError(NotAppliedError):
    """What the draft has otherwise was changed live, too; somebody must say which stands."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        self.clashes = clashes
        said = ngettext(
            "The roadmap changed since the draft began, in %(n)s thing that the draft changes, too. ",
            "The roadmap changed since the draft began, in %(n)s things that the draft changes, too. ",
            len(clashes),
        )
        super().__init__(said % {"n": len(clashes)})


class DraftChangedError(NotAppliedError):
    """Somebody acted in the draft after the page was shown that asked for publishing it."""

    def __init__(self) -> None:
        super().__init__(_("The draft was changed since you looked. Nothing was published; look it through once more."))


def token_of(clashes: Iterable[Clash]) -> str:
    """The same for the same clashes with the same values: what was answered is what is meant."""
    told = repr([(clash.key, clash.was, clash.live, clash.draft) for clash in clashes])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def publish(
    *,
    draft: DraftRevision,
    by: str,
    note: str = "",
    acts: int | None = None,
    theirs: Collection[str] = (),
    answered: str = "",
) -> RoadmapRevision:
    """Write all that the draft has otherwise, in one transaction, and record the revision. Published before: that one.

    `acts`: `DraftRevision.acts` of the page that asks, None for whatever it is. `answered`: `token_of` the clashes that
    somebody saw and decided on; `theirs`: keys of those in which what is live stays.

    Raise ClashesError, DraftChangedError, DraftGoneError, RefusedEditError, PrerequisiteLoopError or BusyError, each
    having changed nothing.
    """
    with curriculum_lock(Because(by, Through.PUBLISH)):
        draft.refresh_from_db()
        if draft.state == State.PUBLISHED:
            return draft.published_as
        if draft.state == State.DISCARDED:
            raise DraftGoneError(_("This draft was thrown away meanwhile. Nothing was published."))
        if acts is not None and acts != draft.acts:
            raise DraftChangedError
        found = draft_content(draft, theirs=frozenset(theirs))
        if found.clashes and answered != token_of(found.clashes):
            raise ClashesError(found.clashes)
        roadmap = draft.roadmap
        before, after = _settled(roadmap, found)
        touched = Roadmap.objects.filter(uid__in=[each.uid for each in after.roadmaps])
        record_pending(touched)
        _refuse_taken_addresses(before, after)
        after = _without_unborn(after, found.made)
        adopt(found.made & {t.uid for t in after.topics if not t.retired}, roadmap.source_id)
        write(roadmap.source_id, before, after, html_of(before, after))
        refuse_loops(changed_needs(before, after))
        close(draft, State.PUBLISHED, by)
        made = record(roadmap=roadmap, how=RoadmapRevision.How.DRAFT, by=by, note=note, draft=draft)
        if made is None:
            raise RefusedEditError(_("Only editors see this roadmap now: publish it first. Nothing was published."))
        return made


def _settled(roadmap: Roadmap, found: Drafts) -> tuple[Curriculum, Curriculum]:
    """What is live and what is to be, with the links of chains laid by what stands there once both are merged."""
    trees = [part for part in found.parts if part.kind == DraftPart.Kind.ROADMAP]
    drafted = [roadmap_of(part.now) for part in trees]
    if all(any(tree == each for each in drafted) or tree in found.live.roadmaps for tree in found.laid.roadmaps):
        return found.live, found.laid
    sides: list[plain.Roadmap] = [*found.live.roadmaps, *drafted, *(roadmap_of(part.base) for part in trees)]
    were = {link for tree in sides for link in chained(tree)}
    are = [link for tree in found.laid.roadmaps for link in chained(tree)]
    known = {topic.uid for topic in found.laid.topics}
    missing = {topic for topic, _ in were.symmetric_difference(are)} - known
    extra = part_of(roadmaps=(), topics=Tables(roadmap).own(missing)).topics
    return (
        canonical([*found.live.roadmaps], [*found.live.topics, *extra]),
        canonical([*found.laid.roadmaps], relaid([*found.laid.topics, *extra], were, are)),
    )


def _without_unborn(after: Curriculum, made: Collection[UUID]) -> Curriculum:
    """Without topics that the draft made and took back again: their rows go on waiting."""
    seated = {seat.topic for tree in after.roadmaps for section in tree.sections for seat in section.seats}
    topics = [t for t in after.topics if not (t.uid in made and t.retired and t.uid not in seated)]
    return canonical([*after.roadmaps], topics)


def _refuse_taken_addresses(before: Curriculum, after: Curriculum) -> None:
    """Raise RefusedEditError for a topic that the draft gives an address which leads elsewhere by now. Two queries for
    each that it gives one."""
    old = before.topic_by_uid()
    for topic in after.topics:
        if topic.slug != old[topic.uid].slug:
            others = Topic.objects.filter(slug=topic.slug).exclude(uid=topic.uid)
            former = Alias.objects.filter(kind=Alias.Kind.SLUG, text=topic.slug).exclude(topic__uid=topic.uid)
            if others.exists() or former.exists():
                raise RefusedEditError(
                    _(
                        "The address “%(slug)s” of “%(topic)s” was taken since. Give it another one. Nothing was "
                        "published."
                    )
                    % {"slug": topic.slug, "topic": topic.title}
                )


def set_state(*, roadmap: Roadmap, state: str, by: str) -> bool:
    """Whether learners see a roadmap, and find it in the list; whether that changed anything.

    A draft revision waits on. A roadmap that becomes visible is recorded as a revision. Raise RefusedEditError for a
    state that there is not, or for a retired roadmap, or BusyError.
    """
    if state not in Roadmap.State.values:
        raise RefusedEditError(_("A roadmap is a draft, listed or unlisted. Nothing was changed."))
    with curriculum_lock(Because(by, Through.STATE)):
        roadmap.refresh_from_db(fields=["state", "retired_at", "revision"])
        if roadmap.retired_at is not None:
            raise RefusedEditError(_("This roadmap is retired. Nothing was changed."))
        if roadmap.state == state:
            return False
        hidden = Roadmap.State.DRAFT
        if state == hidden and open_draft(roadmap) is not None:
            raise RefusedEditError(
                _("A draft revision is open: publish it or throw it away first. Nothing was changed.")
            )
        was, roadmap.state = roadmap.state, Roadmap.State(state)
        if state == hidden:
            record_pending([roadmap])
        roadmap.save(update_fields=["state", "updated_at"])
        _redraw(roadmap)
        if was == hidden:
            record(roadmap=roadmap, how=RoadmapRevision.How.STATE, by=by)
        return True


def _redraw(roadmap: Roadmap) -> None:
    """What the roadmap seats can be asked for, or cannot, wherever it is needed."""
    redraw(showing(roadmap.placements.values_list("topic__uid", flat=True)), also=[roadmap.uid])

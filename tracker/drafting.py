"""What editors do with drafts and with whether learners see a roadmap: the curriculum's verbs, with progress and trail.

Each is one transaction; the acts in a draft that move progress move it when the draft is published.
"""

from __future__ import annotations

from collections.abc import Collection

from roadmap.because import Because, Through
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Roadmap
from roadmap.publishing import drafts
from roadmap.publishing import publish as publishing
from roadmap.publishing.models import DraftRevision, RoadmapRevision
from tracker import audit
from tracker.forks import carry_copy
from tracker.merging import CARRYING, carry_over
from tracker.models import User


def begin(*, roadmap: Roadmap, by: User) -> DraftRevision:
    """As `drafts.begin`."""
    with curriculum_lock(Because(by.shown_name, Through.DRAFT)):
        known = roadmap.drafts.filter(state=DraftRevision.State.OPEN).first()
        draft = drafts.begin(roadmap=roadmap, by=by.shown_name)
        if known is None:
            audit.record(by=by, verb="begin_draft", of=roadmap, kind="roadmap")
        return draft


def publish(
    *,
    draft: DraftRevision,
    by: User,
    note: str = "",
    acts: int | None = None,
    theirs: Collection[str] = (),
    answered: str = "",
) -> RoadmapRevision:
    """As `publish.publish`; whoever had done what the draft merged or split has done what became of it."""
    with curriculum_lock(Because(by.shown_name, Through.PUBLISH)):
        draft.refresh_from_db()
        new = draft.state == DraftRevision.State.OPEN
        made = publishing.publish(draft=draft, by=by.shown_name, note=note, acts=acts, theirs=theirs, answered=answered)
        if new:
            done = Edit.objects.filter(draft_act__draft=draft, undone_at=None).order_by("pk")
            for edit in done.filter(verb__in=[*CARRYING, Edit.Verb.OWN_COPY]):
                carry = carry_copy if edit.verb == Edit.Verb.OWN_COPY else carry_over
                carry(edit=edit, by=by)
            audit.record(
                by=by, verb="publish_draft", of=draft.roadmap, kind="roadmap", detail={"revision": made.number}
            )
        return made


def discard(*, draft: DraftRevision, by: User) -> DraftRevision:
    """As `drafts.discard`."""
    with curriculum_lock(Because(by.shown_name, Through.DRAFT)):
        draft.refresh_from_db()
        was = draft.state
        drafts.discard(draft=draft, by=by.shown_name)
        if was == DraftRevision.State.OPEN:
            audit.record(by=by, verb="discard_draft", of=draft.roadmap, kind="roadmap")
        return draft


def take_up(*, draft: DraftRevision, by: User) -> DraftRevision:
    """As `drafts.take_up`."""
    with curriculum_lock(Because(by.shown_name, Through.DRAFT)):
        draft.refresh_from_db()
        was = draft.state
        drafts.take_up(draft=draft, by=by.shown_name)
        if was == DraftRevision.State.DISCARDED:
            audit.record(by=by, verb="take_up_draft", of=draft.roadmap, kind="roadmap")
        return draft


def set_state(*, roadmap: Roadmap, state: str, by: User) -> bool:
    """As `publish.set_state`."""
    with curriculum_lock(Because(by.shown_name, Through.STATE)):
        was = roadmap.state
        changed = publishing.set_state(roadmap=roadmap, state=state, by=by.shown_name)
        if changed:
            audit.record(by=by, verb="set_state", of=roadmap, kind="roadmap", detail={"state": [was, state]})
        return changed

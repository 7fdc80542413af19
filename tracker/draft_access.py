"""The door to drafts and revisions: for those who edit the roadmap, each object with the right to it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from roadmap.models import Placement, Roadmap
from roadmap.publishing.desk import open_draft
from roadmap.publishing.models import DraftPart, DraftRevision, RoadmapRevision
from tracker import access
from tracker.models import User
from tracker.permissions import Person, Right, may


def draft_in_studio(person: Person, slug: str) -> tuple[Roadmap, DraftRevision | None]:
    """A roadmap that this person edits, and its open draft. Three queries at most. Raise Http404."""
    roadmap = access.roadmap_in_studio(person, slug)
    return roadmap, open_draft(roadmap)


def open_draft_in_studio(person: Person, slug: str) -> DraftRevision:
    """The open draft of such a roadmap. Three queries at most. Raise Http404."""
    roadmap, draft = draft_in_studio(person, slug)
    if draft is None:
        raise Http404("No draft is open.")
    draft.roadmap = roadmap
    return draft


def draft_by_key(person: Person, slug: str, pk: int) -> DraftRevision:
    """A draft of such a roadmap, of any state. Three queries at most. Raise Http404."""
    roadmap = access.roadmap_in_studio(person, slug)
    found = DraftRevision.objects.filter(roadmap=roadmap, pk=pk).first()
    if found is None:
        raise Http404("No such draft.")
    found.roadmap = roadmap
    return found


def require_publishing(person: Person, draft: DraftRevision) -> None:
    """Raise PermissionDenied for who edits single roadmaps where the draft changes what another one shows: somebody who
    edits that one too must publish it. No query for editors by role, else three."""
    if may(person, Right.EDIT_CURRICULUM):
        return
    mine = access.edited_roadmaps(person)
    topics = draft.parts.filter(kind=DraftPart.Kind.TOPIC, made=False).values("uid")
    trees = draft.parts.filter(kind=DraftPart.Kind.ROADMAP).values("uid")
    elsewhere = Placement.objects.filter(topic__uid__in=topics, roadmap__retired_at=None).exclude(roadmap__in=mine)
    others = Roadmap.objects.filter(uid__in=trees).exclude(pk__in=mine.values("pk"))
    if elsewhere.exists() or others.exists():
        raise PermissionDenied


def require_restoring(person: Person, roadmap: Roadmap) -> None:
    """Raise PermissionDenied for who edits single roadmaps where another one shows a topic of this one: bringing a
    revision back would change it there. No query for editors by role, else two."""
    if may(person, Right.EDIT_CURRICULUM):
        return
    others = Placement.objects.filter(roadmap__retired_at=None).exclude(roadmap__in=access.edited_roadmaps(person))
    if others.filter(topic__placements__roadmap=roadmap).exists():
        raise PermissionDenied


def revision_in_studio(person: Person, slug: str, number: int) -> RoadmapRevision:
    """A published revision of a roadmap that this person edits. Three queries at most. Raise Http404."""
    roadmap = access.roadmap_in_studio(person, slug)
    found = RoadmapRevision.objects.filter(roadmap=roadmap, number=number).first()
    if found is None:
        raise Http404("No such revision.")
    found.roadmap = roadmap
    return found


def learner_for_preview(person: Person, pk: str) -> User:
    """A learner whom this person sees as a mentor, or runs the installation for. One query. Raise Http404."""
    found = access.visible_learners(person).filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 16 else None
    if found is None:
        raise Http404("No such learner.")
    return found

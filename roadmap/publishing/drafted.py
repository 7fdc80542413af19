"""What a draft would make of its roadmap. Reads, each with its query count."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from roadmap.models import Placement, Roadmap
from roadmap.plan.curriculum import Curriculum, canonical
from roadmap.publishing.desk import Drafted
from roadmap.publishing.merging import Clash, Merge
from roadmap.publishing.models import DraftPart, DraftRevision


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a draft touches: as it is live, and as it would be published."""

    live: Curriculum
    laid: Curriculum
    clashes: tuple[Clash, ...]
    made: frozenset[UUID]
    """Topics that it made."""
    parts: tuple[DraftPart, ...]


def draft_content(
    draft: DraftRevision, *, theirs: frozenset[str] = frozenset(), also: Collection[UUID] = (), all_seated: bool = False
) -> Drafts:
    """All that the draft touches, the roadmap's tree among it. `theirs`: clashes in which what is live stays.

    `also`: topics beside those; `all_seated`: every one that is seated here, live or in the draft. Twelve queries, one
    more for those.
    """
    parts = list(draft.parts.all())
    trees = [part.uid for part in parts if part.kind == DraftPart.Kind.ROADMAP]
    topics = {part.uid for part in parts if part.kind == DraftPart.Kind.TOPIC} | set(also)
    keys = [draft.roadmap_id, *Roadmap.objects.filter(uid__in=trees).values_list("pk", flat=True)]
    if all_seated:
        topics |= set(Placement.objects.filter(roadmap=draft.roadmap_id).values_list("topic__uid", flat=True))
        topics |= {UUID(s[0]) for p in parts if p.uid in trees for x in p.now["sections"] for s in x["seats"]}
    desk = Drafted(draft.roadmap, draft)
    desk.merge = Merge(theirs)
    laid = desk.part(roadmaps=keys, topics=topics)
    made = frozenset(part.uid for part in parts if part.made)
    return Drafts(desk.live_of(laid), laid, tuple(desk.merge.clashes), made, tuple(parts))


def compared(found: Drafts) -> tuple[Curriculum, Curriculum]:
    """(what is live, what is to be) as a reader sees them: what the draft made is new there, whatever waits for it."""
    seated = {seat.topic for tree in found.laid.roadmaps for section in tree.sections for seat in section.seats}
    born = [t for t in found.laid.topics if t.uid not in found.made or not t.retired or t.uid in seated]
    known = [topic for topic in found.live.topics if topic.uid not in found.made]
    return canonical([*found.live.roadmaps], known), canonical([*found.laid.roadmaps], born)

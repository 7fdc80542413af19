"""What the page of a draft shows: what it changes, whom that touches, what clashes. Each read says its query count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Roadmap, Section, Topic
from roadmap.plan.changes import Change
from roadmap.publishing.drafted import compared, draft_content
from roadmap.publishing.merging import PLACE, Clash
from roadmap.publishing.models import DraftRevision
from roadmap.publishing.publish import token_of
from roadmap.publishing.recording import changes_between
from tracker.change_rows import Group, groups, on_each
from tracker.effects import Effect, effects_of
from tracker.imports.words import effect_words

CALLED = {
    "place": _lazy("where it stands"),
    "retired": _lazy("whether it is retired"),
    "choose": _lazy("how many of its topics are enough"),
}
"""Fields of clashes, for people."""


@dataclass(frozen=True, slots=True)
class ClashRow:
    key: str
    title: str
    called: str
    was: str
    live: str
    draft: str
    theirs: bool
    """Somebody chose what is live."""


@dataclass(frozen=True, slots=True)
class DraftPage:
    draft: DraftRevision
    groups: list[Group]
    amount: int
    clashes: list[ClashRow]
    token: str
    effects: list[tuple[str, Effect, str]]
    """(roadmap, what happens to its learners, in words)."""
    finished: int
    """How many states of learners who finished it stand on topics that the draft changes; none of them goes away."""


def draft_page(draft: DraftRevision, *, whole: str = "", theirs: frozenset[str] = frozenset()) -> DraftPage:
    """At most thirty queries and four for each roadmap that the draft touches, however many topics and learners."""
    retired = Topic.objects.filter(retired_at__isnull=False, placements__roadmap=draft.roadmap_id)
    found = draft_content(draft, theirs=theirs, also=set(retired.values_list("uid", flat=True)))
    before, after = compared(found)
    changes = changes_between(before, after)
    topics = {change.uid for change in changes if change.what == "topic"}
    effects = effects_of(before, after, topics)
    people = on_each(topics)
    return DraftPage(
        draft=draft,
        groups=groups(changes, whole=whole, people=people, effects=_moving(changes, effects.topics)),
        amount=len(changes),
        clashes=_clashes(found.clashes, theirs),
        token=token_of(found.clashes),
        effects=[(title, effect, effect_words(effect)) for title, effect in effects.roadmaps],
        finished=sum(done for done, _ in people.values()),
    )


def _moving(changes: tuple[Change, ...], effects: Mapping[UUID, Effect]) -> dict[UUID, Effect]:
    """Of the topics whose change can move the share of somebody who is on it: those that count otherwise now."""
    counting = {
        change.uid
        for change in changes
        if change.kind in {"retired", "revived", "moved"} or any(field.name == "optional" for field in change.fields)
    }
    return {uid: effect for uid, effect in effects.items() if uid in counting}


def _clashes(clashes: tuple[Clash, ...], theirs: frozenset[str]) -> list[ClashRow]:
    """Two queries, none where nothing clashes."""
    if not clashes:
        return []
    named = dict(Topic.objects.filter(uid__in=[clash.uid for clash in clashes]).values_list("uid", "title"))
    places = [UUID(value) for c in clashes if c.field == PLACE for value in (c.was, c.live, c.draft) if value]
    sections = {str(uid): title for uid, title in Section.objects.filter(uid__in=places).values_list("uid", "title")}

    def told(clash: Clash, value: Any) -> str:
        if clash.field == PLACE:
            return sections.get(value or "", _("a new section") if value else "nowhere")
        return in_words(value)

    return [
        ClashRow(
            key=clash.key,
            title=clash.title or named.get(clash.uid, ""),
            called=str(CALLED.get(clash.field, clash.field)),
            was=told(clash, clash.was),
            live=told(clash, clash.live),
            draft=told(clash, clash.draft),
            theirs=clash.key in theirs,
        )
        for clash in clashes
    ]


def in_words(value: Any) -> str:
    """A value of a field, as JSON has it."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case dict():
            return str(value.get("title") or "; ".join(f"{name}: {in_words(inner)}" for name, inner in value.items()))
        case list():
            return ", ".join(map(in_words, value)) or "nothing"
    return str(value)


def discarded(roadmap: Roadmap) -> list[DraftRevision]:
    """Drafts that were thrown away and say something, the last first. One query."""
    thrown = roadmap.drafts.filter(state=DraftRevision.State.DISCARDED, parts__isnull=False)
    return list(thrown.distinct()[:5])

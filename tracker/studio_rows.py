"""Sections and seats of a roadmap as the studio's tree takes them: from the tables, or as its draft has them.

What a draft has is put into rows that are never saved, so that the tree is drawn by the same code. A section of the
draft's own has no key in the tables; it is known by a number made of its uid, above all keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from django.db.models import Count, Q

from roadmap.models import Placement, Roadmap, Section, Topic
from roadmap.plan import curriculum as plain
from roadmap.plan.curriculum import origin_json
from roadmap.publishing.desk import Desk, Drafted
from roadmap.publishing.models import DraftPart

SHOWN = ("uid", "slug", "title", "retired_at", "overrides", "source", "origin")
"""Of a topic, in its row."""
_GONE = datetime(1970, 1, 1, tzinfo=UTC)


class Rows(Protocol):
    def sections(self) -> Sequence[Section]:
        """All of them, siblings by position."""

    def counts(self) -> dict[int, tuple[int, int]]:
        """Key of a section -> (seats, live topics on them), where there are any."""

    def seats(self, sections: Iterable[int]) -> list[Placement]:
        """Those in these sections, each with its topic."""

    def home(self, topic: UUID) -> int | None:
        """Key of the section that seats it."""

    def steps(self, topic: UUID) -> list[str]:
        """Titles of its steps; where it has none, its details."""


def rows_of(desk: Desk) -> Rows:
    return DraftRows(desk) if isinstance(desk, Drafted) else TableRows(desk.roadmap)


class TableRows:
    def __init__(self, roadmap: Roadmap) -> None:
        self.roadmap = roadmap

    def sections(self) -> Sequence[Section]:
        """One query."""
        return list(Section.objects.filter(roadmap=self.roadmap).order_by("position", "pk"))

    def counts(self) -> dict[int, tuple[int, int]]:
        """One query."""
        counted = Placement.objects.filter(roadmap=self.roadmap).values("section")
        found = counted.annotate(seats=Count("pk"), live=Count("pk", filter=Q(topic__retired_at=None)))
        return {row["section"]: (row["seats"], row["live"]) for row in found}

    def seats(self, sections: Iterable[int]) -> list[Placement]:
        """One query."""
        return list(
            Placement.objects.filter(roadmap=self.roadmap, section__in=sections)
            .select_related("topic")
            .only("section", "position", "optional", *(f"topic__{name}" for name in SHOWN))
            .order_by("position", "pk")
        )

    def home(self, topic: UUID) -> int | None:
        """One query."""
        seats = Placement.objects.filter(roadmap=self.roadmap, topic__uid=topic)
        return seats.values_list("section", flat=True).first()

    def steps(self, topic: UUID) -> list[str]:
        """Two queries."""
        found = Topic.objects.prefetch_related("steps").get(uid=topic)
        return [step.title for step in found.steps.all() if not step.retired_at] or list(found.details)


class DraftRows:
    def __init__(self, desk: Drafted) -> None:
        self.desk = desk
        self.roadmap = desk.roadmap

    @cached_property
    def tree(self) -> plain.Roadmap:
        """Four queries, nine where the tables changed."""
        return self.desk.part(roadmaps=[self.roadmap.pk], topics=()).roadmaps[0]

    @cached_property
    def keys(self) -> dict[UUID, int]:
        """One query."""
        known = dict(Section.objects.filter(roadmap=self.roadmap).values_list("uid", "pk"))
        return {section.uid: known.get(section.uid) or key_of(section.uid) for section in self.tree.sections}

    @cached_property
    def topics(self) -> dict[UUID, tuple[str, bool, plain.Json]]:
        """uid -> (title, retired, overrides) of the topics that the draft has otherwise. One query."""
        parts = self.desk.draft.parts.filter(kind=DraftPart.Kind.TOPIC)
        found = parts.values_list("uid", "now__title", "now__retired", "now__overrides")
        return {uid: (title, retired, overrides) for uid, title, retired, overrides in found}

    @cached_property
    def retired(self) -> set[UUID]:
        """Seated topics that the tables have as retired. One query."""
        gone = Topic.objects.filter(retired_at__isnull=False, placements__roadmap=self.roadmap)
        return set(gone.values_list("uid", flat=True))

    def sections(self) -> Sequence[Section]:
        rows = [
            Section(
                pk=self.keys[s.uid], uid=s.uid, parent_id=self.keys[s.parent] if s.parent else None, kind=s.kind,
                title=s.title, slug=s.slug, optional=s.optional, choose=s.choose, ordered=s.ordered,
                position=s.position, overrides=s.overrides, origin=origin_json(s.origin), roadmap=self.roadmap,
            )
            for s in self.tree.sections
        ]  # fmt: skip
        return sorted(rows, key=lambda row: row.position)

    def counts(self) -> dict[int, tuple[int, int]]:
        found = {}
        for section in self.tree.sections:
            if section.seats:
                live = sum(not self._gone(seat.topic) for seat in section.seats)
                found[self.keys[section.uid]] = (len(section.seats), live)
        return found

    def _gone(self, topic: UUID) -> bool:
        return self.topics[topic][1] if topic in self.topics else topic in self.retired

    def seats(self, sections: Iterable[int]) -> list[Placement]:
        """One query."""
        wanted = set(sections)
        seats = [(self.keys[s.uid], seat) for s in self.tree.sections if self.keys[s.uid] in wanted for seat in s.seats]
        stored = Topic.objects.filter(uid__in=[seat.topic for _, seat in seats]).only(*SHOWN)
        rows = {row.uid: self.laid(row) for row in stored}
        return [
            Placement(section_id=key, topic=rows[s.topic], position=s.position, optional=s.optional)
            for key, s in seats
            if s.topic in rows
        ]

    def laid(self, row: Topic) -> Topic:
        """The row of a topic with what the draft has of it; not to be saved."""
        if row.uid in self.topics:
            row.title, retired, row.overrides = self.topics[row.uid]
            row.retired_at = _GONE if retired else None
        return row

    def home(self, topic: UUID) -> int | None:
        for section in self.tree.sections:
            if any(seat.topic == topic for seat in section.seats):
                return self.keys[section.uid]
        return None

    def steps(self, topic: UUID) -> list[str]:
        """Ten queries."""
        (found,) = self.desk.part(roadmaps=(), topics=[topic]).topics
        return [step.title for step in found.steps if not step.retired] or list(found.details)


def key_of(uid: UUID) -> int:
    """18 digits, as addresses of the tree hold at most."""
    return 10**17 + uid.int % (9 * 10**17)

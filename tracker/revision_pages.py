"""Published revisions as editors see them: the list, and two of them side by side. Each read says its query count."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from roadmap.models import Roadmap
from roadmap.publishing.content import content_at, published_content
from roadmap.publishing.models import RoadmapRevision
from roadmap.publishing.recording import changes_between, pending
from tracker.change_rows import Group, groups
from tracker.imports.words import counted

PER_PAGE = 30
NOW = "now"


@dataclass(frozen=True, slots=True)
class Entry:
    revision: RoadmapRevision
    said: str
    """ "2 added, 1 renamed"."""


def revisions_page(roadmap: Roadmap, page: str) -> tuple[Page[RoadmapRevision], list[Entry], bool]:
    """(page, its revisions, whether something was edited since the last one). Three queries."""
    found = RoadmapRevision.objects.filter(roadmap=roadmap).defer("tree", "changes")
    shown = Paginator(found, PER_PAGE).get_page(page)
    entries = [Entry(revision, counted(revision.counts)) for revision in shown.object_list]
    return shown, entries, Roadmap.objects.filter(pending(), pk=roadmap.pk).exists()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two states of a roadmap; `other` None: as it is now."""

    revision: RoadmapRevision
    other: RoadmapRevision | None
    forward: bool
    """The revision is the later of the two: what it changed. Else: what became of it since."""
    groups: list[Group]
    amount: int
    last: int
    """Number of the newest revision."""

    @property
    def query(self) -> str:
        """Of links that show more of the same."""
        return f"with={self.other.number if self.other else NOW}&"


def comparison(revision: RoadmapRevision, wanted: str, whole: str) -> Comparison:
    """With another revision (its number), with what is there now (`now`), else with the one before. Thirteen queries at
    most, whatever the size."""
    all_ = RoadmapRevision.objects.filter(roadmap=revision.roadmap_id)
    last = all_.values_list("number", flat=True).first() or revision.number
    other = None
    if wanted != NOW:
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else revision.number - 1
        other = all_.filter(number=number).exclude(pk=revision.pk).first()
    mine = content_at(revision)
    if other is None and wanted != NOW:
        # The first one: there is nothing before it.
        return Comparison(revision, None, True, [], 0, last)
    theirs = content_at(other) if other is not None else published_content(revision.roadmap)
    forward = other is not None and other.number < revision.number
    changes = changes_between(theirs, mine) if forward else changes_between(mine, theirs)
    return Comparison(revision, other, forward, groups(changes, whole=whole), len(changes), last)

"""Rows of draft revisions, and of the revisions that were published. A part of `roadmap.models`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy


class DraftRevision(models.Model):
    """Edits of a roadmap that wait to be published together. At most one is open on each roadmap."""

    class State(models.TextChoices):
        OPEN = "open", _lazy("open")
        PUBLISHED = "published", _lazy("published")
        DISCARDED = "discarded", _lazy("discarded")

    roadmap = models.ForeignKey("roadmap.Roadmap", models.PROTECT, related_name="drafts")
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    acts = models.PositiveIntegerField(default=0)
    """Goes up with every change of it, so that a page can tell that it is no longer what it showed."""
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "published", "discarded"]), name="draft_revision_state_listed"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="draft_revision_closed_at_when_closed",
            ),
            models.UniqueConstraint(fields=["roadmap"], condition=Q(state="open"), name="draft_revision_once_open"),
        ]

    def __str__(self) -> str:
        return f"{self.state} draft {self.pk} of {self.roadmap_id}"


class DraftPart(models.Model):
    """A roadmap's tree or a topic that the draft has otherwise than the tables: as it was there, and as it is here.

    What is not named stands in the tables alone, so an act writes what it touches however large the roadmap is.
    """

    class Kind(models.TextChoices):
        ROADMAP = "roadmap", _lazy("a roadmap with its sections and seats")
        TOPIC = "topic", _lazy("a topic")

    draft = models.ForeignKey(DraftRevision, models.CASCADE, db_index=False, related_name="parts")
    kind = models.CharField(max_length=7, choices=Kind)
    uid = models.UUIDField()
    base = models.JSONField()
    """As `plan.curriculum` has it, in the tables when the draft last looked without a clash."""
    now = models.JSONField()
    revision = models.PositiveBigIntegerField(default=0)
    """Of a roadmap, that `base` is of: as long as it is the roadmap's, the tables need not be read."""
    made = models.BooleanField(default=False)
    """A topic that this draft made. Its row waits, retired and seated nowhere, until it is published."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "kind", "uid"], name="draft_part_once"),
            models.CheckConstraint(condition=Q(kind__in=["roadmap", "topic"]), name="draft_part_kind_listed"),
            models.CheckConstraint(condition=Q(made=False) | Q(kind="topic"), name="draft_part_only_topics_are_made"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid} in draft {self.draft_id}"


class DraftAct(models.Model):
    """An editor's act that was done in a draft. All others were done in the tables."""

    draft = models.ForeignKey(DraftRevision, models.PROTECT, related_name="done")
    edit = models.OneToOneField("roadmap.Edit", models.PROTECT, related_name="draft_act")

    def __str__(self) -> str:
        return f"{self.edit_id} in draft {self.draft_id}"


class RoadmapRevision(models.Model):
    """What a roadmap was once published as. Append-only: a trigger refuses the rest (see migrations)."""

    class How(models.TextChoices):
        FIRST = "first", _lazy("as it was when revisions began")
        DRAFT = "draft", _lazy("a draft was published")
        EDITS = "edits", _lazy("edited")
        IMPORT = "import", _lazy("notes were read")
        STATE = "state", _lazy("the roadmap was published")

    roadmap = models.ForeignKey("roadmap.Roadmap", models.PROTECT, db_index=False, related_name="revisions")
    number = models.PositiveIntegerField()
    how = models.CharField(max_length=6, choices=How)
    by = models.CharField(max_length=150, blank=True)
    """Names, as text; empty where nobody can say."""
    note = models.TextField(blank=True)
    """What who published it says of it, to learners too."""
    tree = models.JSONField()
    """The roadmap with its sections and seats, as `plan.curriculum.roadmap_json`."""
    changes = models.JSONField(default=list)
    """Since the one before, for people: `plan.changes.Change.as_json`, the first few hundred."""
    counts = models.JSONField(default=dict)
    """How many there were of each kind, all of them."""
    news = models.BooleanField(default=False)
    """Learners hear of it."""
    draft = models.OneToOneField(DraftRevision, models.PROTECT, null=True, blank=True, related_name="published_as")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "number"], name="roadmap_revision_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="roadmap_revision_numbered_from_one"),
            models.CheckConstraint(
                condition=Q(how__in=["first", "draft", "edits", "import", "state"]), name="roadmap_revision_how_listed"
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.roadmap_id}"


class RevisionTopic(models.Model):
    """A topic as it is from this revision on, until a later one says otherwise. Append-only as the revision."""

    revision = models.ForeignKey(RoadmapRevision, models.PROTECT, db_index=False, related_name="topics")
    uid = models.UUIDField()
    data = models.JSONField()
    """As `plan.curriculum.topic_json`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "uid"], name="revision_topic_once")]

    def __str__(self) -> str:
        return f"{self.uid} at {self.revision_id}"


class Recorded(models.Model):
    """How far the revisions of a roadmap have come."""

    roadmap = models.OneToOneField("roadmap.Roadmap", models.CASCADE, primary_key=True, related_name="recorded")
    revision = models.PositiveBigIntegerField()
    """`Roadmap.revision` that was looked at last: while it is the same, there is nothing to record."""
    news_at = models.DateTimeField(null=True, blank=True)
    """When learners last had something to hear of."""

    def __str__(self) -> str:
        return f"{self.roadmap_id} at {self.revision}"

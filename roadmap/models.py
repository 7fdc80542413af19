"""The curriculum: roadmaps, sections, topics and what hangs on them. Nothing here knows of people.

Topics are retired, never deleted; one exists once however many roadmaps seat it. The database keeps the invariants.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from roadmap.edit_verbs import EditVerb


class Roadmap(models.Model):
    """A curriculum tree, e.g. "AI Engineer"."""

    class State(models.TextChoices):
        DRAFT = "draft", _lazy("draft")
        LISTED = "listed", _lazy("listed")
        UNLISTED = "unlisted", _lazy("unlisted")

    class Locking(models.TextChoices):
        ADVISORY = "advisory", _lazy("advisory: a locked topic can still be checked")
        STRICT = "strict", _lazy("strict: a locked topic is refused")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.LISTED)
    locking = models.CharField(max_length=10, choices=Locking, default=Locking.ADVISORY)
    source = models.ForeignKey("NoteSource", models.PROTECT, null=True, blank=True, related_name="roadmaps")
    origin = models.JSONField(default=dict, blank=True)
    """Where the notes have it: document, explicit id. See `plan.Origin`."""
    meta = models.JSONField(default=dict, blank=True)
    """Front matter of the root note, exported again."""
    overrides = models.JSONField(default=dict, blank=True)
    """Field -> the notes' value, for fields edited in the browser; kept through re-imports."""
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(default=1)
    """Grows with every change of the tree, its topics or their links; rendered rows are cached under it."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="roadmap_titled"),
            models.CheckConstraint(condition=Q(state__in=["draft", "listed", "unlisted"]), name="roadmap_state_listed"),
            models.CheckConstraint(condition=Q(locking__in=["advisory", "strict"]), name="roadmap_locking_listed"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("roadmap", args=[self.slug])


class Section(models.Model):
    """A node that groups: a level or a module. Sections nest to any depth."""

    class Kind(models.TextChoices):
        LEVEL = "level", _lazy("level")
        MODULE = "module", _lazy("module")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="sections")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=6, choices=Kind)
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120, allow_unicode=True)
    """Anchor of the section on the roadmap's page; unique there."""
    number = models.PositiveIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True)
    optional = models.BooleanField(default=False)
    choose = models.PositiveSmallIntegerField(null=True, blank=True)
    ordered = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    """Among the subsections and the seats of its parent."""
    overrides = models.JSONField(default=dict, blank=True)
    origin = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "slug"], name="section_slug_unique_in_roadmap"),
            models.UniqueConstraint(fields=["id", "roadmap"], name="section_with_its_roadmap"),
            models.CheckConstraint(condition=~Q(title=""), name="section_titled"),
            models.CheckConstraint(condition=Q(kind__in=["level", "module"]), name="section_kind_listed"),
            models.CheckConstraint(condition=Q(choose__isnull=True) | Q(choose__gte=1), name="section_choose_positive"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="section_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Topic(models.Model):
    """The thing one checks off. Its `uid` is permanent; title, slug and seat may change."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    body_html = models.TextField(null=True, blank=True, default="", editable=False)
    """Safe HTML of `body`, never edited by hand; None where it waits to be shown: ask `waiting_bodies.body_of`."""
    hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    details = ArrayField(models.TextField(), default=list, blank=True)
    planned = models.BooleanField(default=False)
    """Named by a wiki link whose note does not exist yet."""
    unmet = ArrayField(models.TextField(), default=list, blank=True)
    """Stated prerequisites that no topic answers, kept as text."""
    related = ArrayField(models.TextField(), default=list, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    """Front matter that Pathnotes does not know, verbatim, exported again."""
    overrides = models.JSONField(default=dict, blank=True)
    """Field -> the notes' value, for fields edited in the browser; kept through re-imports."""
    source = models.ForeignKey("NoteSource", models.PROTECT, null=True, blank=True, related_name="topics")
    origin = models.JSONField(default=dict, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    revision = models.PositiveIntegerField(default=1)
    """Grows when what a learner reads changed (title, summary, body, details, steps)."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="topic_titled"),
            models.CheckConstraint(condition=Q(hours__isnull=True) | Q(hours__gt=0), name="topic_hours_positive"),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | Q(retired_at__isnull=False), name="topic_replaced_is_retired"
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("id")), name="topic_not_replaced_by_itself"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(retired_at__isnull=False), name="topic_retired")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class Placement(models.Model):
    """A topic's seat in one roadmap's section."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="placements")
    section = models.ForeignKey(Section, models.CASCADE, related_name="placements")
    """The pair (section, roadmap) is a foreign key too: a seat cannot stand in another roadmap's section."""
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="placements")
    position = models.PositiveIntegerField(default=0)
    """Among the seats and the subsections of its section."""
    optional = models.BooleanField(default=False)
    placed_at = models.DateTimeField(db_default=Now(), editable=False)
    """Who had finished the roadmap by then sees the topic as new."""

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["roadmap", "topic"], name="placement_once_per_roadmap")]

    def __str__(self) -> str:
        return f"{self.topic_id} in {self.section_id}"


class Step(models.Model):
    """A checkbox inside a topic. Retired, like topics, while a tick points at it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="steps")
    title = models.CharField(max_length=500)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="step_titled")]

    def __str__(self) -> str:
        return self.title


class Resource(models.Model):
    """A course, book, video ... of a topic or of a section."""

    class Kind(models.TextChoices):
        COURSE = "course", _lazy("course")
        BOOK = "book", _lazy("book")
        VIDEO = "video", _lazy("video")
        ARTICLE = "article", _lazy("article")
        PAPER = "paper", _lazy("paper")
        PROJECT = "project", _lazy("project")
        TOOL = "tool", _lazy("tool")
        LINK = "link", _lazy("link")

    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="resources")
    section = models.ForeignKey(Section, models.CASCADE, null=True, blank=True, related_name="resources")
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=2000, blank=True)
    """http(s) address, an address relative to the notes, or empty for a resource named without a link."""
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LINK)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__isnull=True, section__isnull=False) | Q(topic__isnull=False, section__isnull=True),
                name="resource_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="resource_titled"),
            models.CheckConstraint(
                condition=Q(kind__in=["course", "book", "video", "article", "paper", "project", "tool", "link"]),
                name="resource_kind_listed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Prerequisite(models.Model):
    """`topic` requires `requires`. Rows of one topic with the same non-empty `group` are alternatives.
    Cycles are refused by `editing.add_prerequisite` and by `apply` under one advisory lock; the database cannot."""

    class Source(models.TextChoices):
        NOTES = "notes", _lazy("stated in the notes")
        CHAIN = "chain", _lazy("the order of a chain")
        DIAGRAM = "diagram", _lazy("an arrow of a diagram")
        GUESS = "guess", _lazy("guessed, waits for a person's yes")
        EDITOR = "editor", _lazy("set by an editor")

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="needs")
    requires = models.ForeignKey(Topic, models.PROTECT, related_name="opens")
    reason = models.TextField(blank=True)
    group = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.NOTES)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "requires"], name="prerequisite_once"),
            models.CheckConstraint(condition=~Q(topic=F("requires")), name="prerequisite_not_itself"),
            models.CheckConstraint(
                condition=Q(source__in=["notes", "chain", "diagram", "guess", "editor"]),
                name="prerequisite_source_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} needs {self.requires_id}"


class Alias(models.Model):
    """Another name of a topic, and the old slugs that redirect to it."""

    class Kind(models.TextChoices):
        NAME = "name", _lazy("another name")
        SLUG = "slug", _lazy("a former slug")

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.NAME)

    class Meta:
        ordering = ["text"]
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(fields=["topic", "kind", "text"], name="alias_once_per_topic"),
            models.UniqueConstraint(fields=["text"], condition=Q(kind="slug"), name="alias_slug_leads_to_one_topic"),
            models.CheckConstraint(condition=Q(kind__in=["name", "slug"]), name="alias_kind_listed"),
        ]

    def __str__(self) -> str:
        return self.text


class Fork(models.Model):
    """A roadmap that follows another one: what that has plays the part of notes, what differs here is an edit.

    Made after what it follows, it never follows another: so there is no circle."""

    roadmap = models.OneToOneField(Roadmap, models.PROTECT, related_name="fork")
    upstream = models.ForeignKey(Roadmap, models.PROTECT, related_name="forks")
    revision = models.PositiveBigIntegerField()
    """Of `upstream`, that the fork last took from."""
    taken_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    """Since when it does not follow."""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(upstream__lt=F("roadmap")), name="fork_younger_than_upstream")
        ]

    def __str__(self) -> str:
        return f"{self.roadmap_id} follows {self.upstream_id}"


class NoteSource(models.Model):
    """A file or folder that notes were read from, or what a fork takes from the roadmap that it follows."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    location = models.TextField(unique=True)
    """Absolute path, `bundled:NAME` for the notes that ship with Pathnotes, or `fork:UID` of a roadmap that forks."""
    title = models.CharField(max_length=200)
    writable = models.BooleanField(default=False)
    """Edits may be written back to its files. Off until somebody who answers for them allows it."""
    roots = models.JSONField(default=list, blank=True)  # names of the notes that draw its roadmaps; else its hubs do
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(location=""), name="note_source_located")]

    def __str__(self) -> str:
        return self.title


class Import(models.Model):
    """One applied reading of a source: what it changed, and what is needed to take it back."""

    class State(models.TextChoices):
        APPLIED = "applied", _lazy("applied")
        UNDONE = "undone", _lazy("undone")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(NoteSource, models.PROTECT, related_name="imports")
    state = models.CharField(max_length=8, choices=State, default=State.APPLIED)
    by = models.CharField(max_length=150)
    """Name of who applied it, as text: the curriculum knows no people."""
    checkout = models.JSONField(default=dict)  # of the notes: commit, branch, dirty; empty outside of git
    counts = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    """What undo puts back: every topic and roadmap the import changed, as it was, and the uids of what it added."""
    after = models.JSONField(default=dict)
    """Fingerprint of the source's curriculum and revisions of its roadmaps afterwards, digest of the reading."""
    applied_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-applied_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["applied", "undone"]), name="import_state_listed"),
            models.CheckConstraint(
                condition=Q(state="applied", undone_at__isnull=True) | Q(state="undone", undone_at__isnull=False),
                name="import_undone_at_when_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.applied_at:%Y-%m-%d %H:%M}"


class Edit(models.Model):
    """What an editor did to the tree by hand, and what is needed to take it back."""

    Verb = EditVerb
    verb = models.CharField(max_length=20, choices=EditVerb)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="edits")
    roadmap = models.ForeignKey(Roadmap, models.PROTECT, null=True, blank=True, related_name="edits")
    """Where it was done: each editor takes back what they did there, the last first."""
    by = models.CharField(max_length=150)
    actor = models.CharField(max_length=64, blank=True)
    """Name and key of who did it, as text: the curriculum knows no people, and names are not unique."""
    operation = models.UUIDField(null=True, blank=True, unique=True)
    data = models.JSONField(default=dict)
    """Of the studio: `said`; `things`, the uids it is about; `changes` (see studio/changes.py)."""
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["roadmap", "-id"], name="edit_of_roadmap")]
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=EditVerb.values), name="edit_verb_listed"),
            models.CheckConstraint(condition=~Q(topic=None, roadmap=None), name="edit_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.verb} {self.topic_id or self.roadmap_id}"

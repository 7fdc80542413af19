"""What a learner and their mentors have said to each other about one topic, and what wants a sign-off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Placement, Resource, Roadmap, Section, Topic
from roadmap.tree import Tree
from tracker.acts.noting import KEPT, version
from tracker.models import Comment, Evidence, HelpRequest, OwnResource, SignOff, SignOffWanted, TopicNote, User
from tracker.own_notes import rendered
from tracker.timeline import Scope


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the thread: a comment, a request for help, or an answer to one."""

    kind: str
    at: datetime
    who: str
    by_learner: bool
    text: str
    operation: UUID
    mine: bool
    withdrawn: bool
    open: bool = False
    """A request that nobody answered yet."""

    @property
    def taken_back_as(self) -> str:
        if not self.mine or self.withdrawn or (self.kind == "help" and not self.open):
            return ""
        return self.kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic or module that wants a sign-off, with what the learner showed for it and whether it was given."""

    roadmap: Roadmap
    topic: int | None
    section: UUID | None
    branch: int | None
    """Id of the section, where it is a module."""
    title: str
    slug: str = ""
    """Of the topic."""
    evidence: Evidence | None = None
    sign_off: SignOff | None = None
    who: str = ""
    """Gave it."""
    may_take_back: bool = False

    @property
    def key(self) -> str:
        """What forms call it."""
        return f"topic:{self.topic}" if self.topic else f"section:{self.section}"

    @property
    def waits(self) -> bool:
        return self.evidence is not None and self.sign_off is None


@dataclass(frozen=True, slots=True)
class Talk:
    """One learner and topic, seen by the learner or by one of their mentors."""

    thread: tuple[Said, ...] = ()
    asked: Said | None = None
    """The open request."""
    request: int | None = None
    """Its id."""
    wanted: tuple[Wanted, ...] = ()
    note: TopicNote | None = None
    """A mentor's only if it is shared."""
    mentors: tuple[str, ...] = ()
    """Names of those who read what the learner writes here; for the learner alone."""
    version: str = ""
    """Of the note, for the form."""
    resources: tuple[OwnResource, ...] = ()
    """Links that the learner found; for the learner alone."""
    html: str = ""
    """Of the note, safe."""
    removed: datetime | None = None
    """When the learner removed their note, as long as it can be brought back."""

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Of the links that a learner can add."""
        return [(kind.value, str(kind.label)) for kind in Resource.Kind]

    @property
    def anything(self) -> bool:
        return bool(self.thread or self.mentors or self.wanted)


def named(person: User | None, learner: User, scope: Scope) -> str:
    if person is None:
        return _("Somebody")
    if scope.known is None or person.pk in scope.known or person.pk in {learner.pk, scope.viewer}:
        return person.shown_name
    return _("Another mentor")


def thread_of(learner: User, topic: int, scope: Scope) -> tuple[tuple[Said, ...], int | None]:
    """The thread, oldest first, and the id of the open request. Two queries.

    What mentors of other cohorts wrote is between them and the learner: of that, only an answer is told of, unread.
    """
    comments = Comment.objects.filter(learner=learner, topic=topic).select_related("by")
    if scope.known is not None:
        comments = comments.filter(by__in=[*scope.known, learner.pk, scope.viewer])
    lines = [_comment(each, learner, scope) for each in comments]
    request = None
    requests = HelpRequest.objects.filter(learner=learner, topic=topic).select_related("by", "answered_by")
    for each in requests:
        is_open = each.answered_at is None and each.withdrawn_at is None
        request = each.pk if is_open else request
        lines += _request(each, learner, scope, is_open=is_open)
    return tuple(sorted(lines, key=lambda line: line.at)), request


def _comment(each: Comment, learner: User, scope: Scope) -> Said:
    withdrawn = each.withdrawn_at is not None
    return Said(
        "comment",
        each.at,
        named(each.by, learner, scope),
        each.by_id == learner.pk,
        "" if withdrawn else each.text,
        each.operation,
        each.by_id == scope.viewer,
        withdrawn,
    )


def _request(each: HelpRequest, learner: User, scope: Scope, *, is_open: bool) -> Iterable[Said]:
    withdrawn = each.withdrawn_at is not None
    yield Said(
        "help",
        each.at,
        learner.shown_name,
        True,
        "" if withdrawn else each.text,
        each.operation,
        each.by_id == scope.viewer,
        withdrawn,
        is_open,
    )
    if each.answered_at is not None:
        who = named(each.answered_by, learner, scope)
        text = "" if who == "Another mentor" else each.answer
        mine = each.answered_by_id == scope.viewer
        yield Said("answer", each.answered_at, who, False, text, each.operation, mine, withdrawn=False)


def wanted_on(learner: User, roadmaps: Iterable[Roadmap], scope: Scope) -> tuple[Wanted, ...]:
    """What of these roadmaps wants a sign-off, and how it stands with this learner. One query where nothing does, up to
    four else. What left the curriculum is left out."""
    known = {roadmap.pk: roadmap for roadmap in roadmaps}
    rows = list(SignOffWanted.objects.filter(roadmap__in=list(known)).select_related("topic"))
    if not rows:
        return ()
    uids = {row.section for row in rows if row.section}
    sections = {section.uid: section for section in Section.objects.filter(uid__in=uids, roadmap__in=list(known))}
    evidence: dict[tuple[object, ...], Evidence] = {}
    for each in Evidence.objects.filter(learner=learner, roadmap__in=list(known), withdrawn_at=None).order_by("pk"):
        evidence[each.roadmap_id, each.topic_id, each.section] = each
    given = {
        (each.roadmap_id, each.topic_id, each.section): each
        for each in SignOff.objects.filter(learner=learner, roadmap__in=list(known), withdrawn_at=None).select_related(
            "by"
        )
    }
    found = []
    for row in rows:
        section = sections.get(row.section) if row.section else None
        if (row.topic is None or row.topic.retired_at is not None) and section is None:
            continue
        key = (row.roadmap_id, row.topic_id, row.section)
        sign_off = given.get(key)
        found.append(
            Wanted(
                known[row.roadmap_id],
                row.topic_id,
                row.section,
                section.pk if section else None,
                str(row.topic or section),
                row.topic.slug if row.topic else "",
                evidence.get(key),
                sign_off,
                named(sign_off.by, learner, scope) if sign_off else "",
                sign_off is not None
                and scope.cohort is not None
                and (sign_off.by_id == scope.viewer or sign_off.by_id in (scope.known or ())),
            )
        )
    return tuple(found)


def in_reading_order(wanted: Iterable[Wanted], tree: Tree) -> tuple[Wanted, ...]:
    """As the roadmap has them; those seated nowhere in it any more are left out."""
    places: dict[tuple[str, int], tuple[int, int]] = {}
    for place, (index, seat) in enumerate(tree.seats()):
        places["topic", seat.topic] = (place, 99)
        for above in tree.above(index):
            branch = tree.branches[above]
            places.setdefault(("branch", branch.id), (place, branch.depth))
    placed = [
        (places[key], each)
        for each in wanted
        if (key := ("topic", each.topic) if each.topic else ("branch", each.branch or 0)) in places
    ]
    return tuple(each for _, each in sorted(placed, key=lambda pair: pair[0]))


def about(topic: int, wanted: Iterable[Wanted], tree: Tree) -> tuple[Wanted, ...]:
    """What concerns one topic: itself, and the modules above it."""
    seat = tree.seated.get(topic)
    above = {tree.branches[index].id for index in tree.above(seat)} if seat is not None else set()
    return tuple(each for each in wanted if each.topic == topic or (each.branch is not None and each.branch in above))


_MINE = """
SELECT note.id, note.text, note.shared, note.updated_at, note.removed_at, (
    SELECT json_agg(
        json_build_object('id', own.id, 'title', own.title, 'url', own.url, 'kind', own.kind) ORDER BY own.id
    ) FROM tracker_ownresource own WHERE own.learner_id = %(learner)s AND own.topic_id = %(topic)s
), (
    SELECT array_agg(DISTINCT coalesce(nullif(person.name, ''), split_part(person.email, '@', 1)))
    FROM tracker_membership mine
    JOIN tracker_cohort cohort ON cohort.id = mine.cohort_id AND cohort.archived_at IS NULL
    JOIN tracker_cohortroadmap own ON own.cohort_id = cohort.id
    JOIN roadmap_placement seat ON seat.roadmap_id = own.roadmap_id AND seat.topic_id = %(topic)s
    JOIN tracker_membership theirs ON theirs.cohort_id = cohort.id AND theirs.role = 'mentor' AND theirs.left_at IS NULL
    JOIN tracker_user person ON person.id = theirs.user_id
    WHERE mine.user_id = %(learner)s AND mine.role = 'learner' AND mine.left_at IS NULL
), EXISTS (SELECT FROM tracker_comment WHERE learner_id = %(learner)s AND topic_id = %(topic)s)
   OR EXISTS (SELECT FROM tracker_helprequest WHERE learner_id = %(learner)s AND topic_id = %(topic)s)
   OR EXISTS (SELECT FROM tracker_signoff WHERE learner_id = %(learner)s AND topic_id = %(topic)s)
FROM (SELECT) one LEFT JOIN tracker_topicnote note ON note.learner_id = %(learner)s AND note.topic_id = %(topic)s
"""


def own_talk(learner: User, topic: Topic, tree: Tree | None) -> Talk:
    """What the learner sees of it on the topic: their note, who reads what, the thread, sign-offs.

    One query for those whom nobody mentors on it and never did; else four, and up to three more where something wants
    a sign-off. One more where their note has wiki links.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MINE, {"learner": learner.pk, "topic": topic.pk})
        pk, text, shared, updated_at, removed_at, found, mentors, said = cursor.fetchone()
    stands = pk is not None and removed_at is None
    note = (
        TopicNote(pk=pk, learner=learner, topic=topic, text=text, shared=shared, updated_at=updated_at)
        if stands
        else None
    )
    removed = removed_at if removed_at and removed_at > timezone.now() - KEPT else None
    own = tuple(OwnResource(learner=learner, topic=topic, **each) for each in found or ())
    html = rendered(learner, note.text) if note else ""
    if not mentors and not said:
        return Talk(note=note, version=version(note), resources=own, html=html, removed=removed)
    scope = Scope(viewer=learner.pk)
    thread, request = thread_of(learner, topic.pk, scope)
    wanted: tuple[Wanted, ...] = ()
    if tree is not None:
        roadmap = Roadmap(id=tree.id, slug=tree.slug, title=tree.title)
        wanted = about(topic.pk, wanted_on(learner, [roadmap], scope), tree)
    asked = next((line for line in thread if line.open), None)
    return Talk(thread, asked, request, wanted, note, tuple(sorted(mentors or ())), version(note), own, html, removed)


def mentors_talk(learner: User, topic: Topic, scope: Scope, wanted: tuple[Wanted, ...]) -> Talk:
    """What a mentor sees of it. Three queries. `wanted` is what concerns the topic."""
    thread, request = thread_of(learner, topic.pk, scope)
    note = TopicNote.objects.filter(learner=learner, topic=topic, shared=True).first()
    html = rendered(learner, note.text) if note else ""
    return Talk(thread, next((line for line in thread if line.open), None), request, wanted, note, html=html)


# ---------------------------------------------------------------- queues of a cohort


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open request for help, or something handed in that nobody signed off."""

    learner: User
    at: datetime
    topic: Topic | None
    roadmap: Roadmap | None
    title: str
    text: str
    operation: UUID
    id: int
    url: str = ""
    section: UUID | None = None

    @property
    def key(self) -> str:
        return f"topic:{self.topic.pk}" if self.topic else f"section:{self.section}"


def open_requests(learners: QuerySet[User], roadmaps: Iterable[Roadmap]) -> QuerySet[HelpRequest]:
    """Open requests of these learners on topics of these roadmaps, oldest first."""
    seated = Placement.objects.filter(topic=OuterRef("topic"), roadmap__in=list(roadmaps))
    return (
        HelpRequest.objects.filter(learner__in=learners, answered_at=None, withdrawn_at=None)
        .filter(Exists(seated))
        .select_related("learner", "topic", "roadmap")
        .order_by("at", "pk")
    )


def waiting_for_sign_off(learners: QuerySet[User], roadmaps: Iterable[Roadmap]) -> QuerySet[Evidence]:
    """The latest that these learners handed in where a sign-off is wanted and none stands, oldest first."""
    same = {"roadmap": OuterRef("roadmap"), "topic__isnull": True, "section": OuterRef("section")}
    by_topic = {"roadmap": OuterRef("roadmap"), "topic": OuterRef("topic")}
    standing = {"learner": OuterRef("learner"), "withdrawn_at": None}
    wanted = Exists(SignOffWanted.objects.filter(**same)) | Exists(SignOffWanted.objects.filter(**by_topic))
    given = Exists(SignOff.objects.filter(**standing, **same)) | Exists(SignOff.objects.filter(**standing, **by_topic))
    newer = {**standing, "pk__gt": OuterRef("pk")}
    overtaken = Exists(Evidence.objects.filter(**newer, **same)) | Exists(Evidence.objects.filter(**newer, **by_topic))
    return (
        Evidence.objects.filter(learner__in=learners, roadmap__in=list(roadmaps), withdrawn_at=None)
        .filter(wanted)
        .exclude(given)
        .exclude(overtaken)
        .select_related("learner", "topic", "roadmap")
        .order_by("at", "pk")
    )


def age(at: datetime) -> str:
    """`a moment`, `4 min`, `3 h`, `2 days`: since then."""
    minutes = int((timezone.now() - at).total_seconds() // 60)
    if minutes < 1:
        return _("a moment")
    if minutes < 60:
        return _("%(number)s min") % {"number": minutes}
    if minutes < 48 * 60:
        return _("%(number)s h") % {"number": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}

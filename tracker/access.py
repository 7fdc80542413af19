"""The one door to every object: fetched together with the right to it. Not yours to see is 404, whatever it is."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q, QuerySet
from django.http import Http404

from roadmap.forking import note_sources
from roadmap.models import Alias, NoteSource, Placement, Roadmap, Step, Topic
from roadmap.queries import readable_roadmaps, tree_of
from roadmap.uploads import shelf
from tracker.models import Cohort, CohortRoadmap, HelpRequest, Membership, RoadmapEditor, User
from tracker.permissions import Person, Right, may, may_edit
from tracker.summaries import ROADMAP_FIELDS, Summary


class MovedError(Exception):
    """The slug is a former one; `slug` is the topic's slug now."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


_TOPIC_FIELDS = ("id", "uid", "slug", "title", "retired_at", "revision")
"""In the order of the model, as `from_db` takes them."""
_ROADMAP = (
    f"SELECT {', '.join(ROADMAP_FIELDS)} FROM roadmap_roadmap "  # noqa: S608 (names of columns, from above)
    "WHERE slug = %s AND retired_at IS NULL AND (state <> 'draft' OR %s OR EXISTS (SELECT FROM tracker_roadmapeditor "
    "editor WHERE editor.roadmap_id = roadmap_roadmap.id AND editor.user_id = %s))"
)


def roadmap_for_reading(person: Person, slug: str) -> Roadmap:
    """A live roadmap; a draft only for those who edit it. What pages do not show is deferred. One query. Raise Http404.

    Written out, since every page and every check-off asks it first: the ORM takes longer to word the question than
    PostgreSQL to answer it. A test holds it against `readable_roadmaps`.
    """
    with connection.cursor() as cursor:
        key = person.pk if isinstance(person, User) and person.is_active else None
        cursor.execute(_ROADMAP, [slug, may(person, Right.READ_DRAFTS), key])
        row = cursor.fetchone()
    if row is None:
        raise Http404("No such roadmap.")
    return Roadmap.from_db(DEFAULT_DB_ALIAS, ROADMAP_FIELDS, row)


def roadmap_with_summaries(person: Person, slug: str) -> tuple[Roadmap, tuple[Summary, ...] | None]:
    """As `roadmap_for_reading`, with what is counted of this person on all their roadmaps, None where it was not read.

    No query for a roadmap that they walk or are assigned, when the session read it (`sessions.with_walks`); else one.
    Raise Http404.
    """
    walks = person.walks if isinstance(person, User) else None
    if walks is None:
        return roadmap_for_reading(person, slug), None
    counted = tuple([walk.summary for walk in walks])
    for walk in walks:
        if walk.slug == slug:
            roadmap = walk.roadmap()
            hidden = roadmap.state == Roadmap.State.DRAFT and not may(person, Right.READ_DRAFTS)
            if roadmap.retired_at is None and not hidden:
                return roadmap, counted
    return roadmap_for_reading(person, slug), counted


def topic_on_roadmap(
    person: Person, slug: str, roadmap: str
) -> tuple[Topic, Roadmap | None, tuple[Summary, ...] | None]:
    """The topic of a click on a roadmap's page, that roadmap (None where it is not readable or does not seat it), and
    what is counted of the person (None where it was not read).

    No query beside `roadmap_with_summaries` when the roadmap's tree is kept in the process: the tree knows the topic,
    what the pages of one topic need beyond that is deferred. Raise Http404, or MovedError, as `topic_for_reading`.
    """
    found, counted = None, None
    if roadmap:
        with suppress(Http404):
            found, counted = roadmap_with_summaries(person, roadmap)
    facts = tree_of(found).by_slug.get(slug) if found else None
    if facts is None:
        return topic_for_reading(person, slug), found, counted
    known = (facts.id, facts.uid, slug, facts.title, None, facts.revision)
    return Topic.from_db(DEFAULT_DB_ALIAS, _TOPIC_FIELDS, known), found, counted


def topic_for_reading(person: Person, slug: str) -> Topic:
    """A topic seated in a roadmap the person may read; a retired one for those who have progress on it, and editors.

    Two queries, four at most for a topic that is not found so. Raise Http404, or MovedError for a former slug.
    """
    topic = Topic.objects.filter(slug=slug).first()
    if topic is None:
        alias = Alias.objects.filter(kind=Alias.Kind.SLUG, text=slug).select_related("topic").first()
        if alias is None or not _readable(person, alias.topic):
            raise Http404("No such topic.")
        raise MovedError(alias.topic.slug)
    if not _readable(person, topic):
        raise Http404("No such topic.")
    return topic


def _readable(person: Person, topic: Topic) -> bool:
    """Three queries at most, one for what everybody reads, for editors none."""
    if may(person, Right.READ_DRAFTS):
        return True
    if topic.retired_at is None and readable_roadmaps().filter(placements__topic=topic).exists():
        return True
    if not isinstance(person, User):
        return False
    return (
        person.progress.filter(topic=topic).exists() or edited_roadmaps(person).filter(placements__topic=topic).exists()
    )


def topic_for_progress(learner: User, slug: str) -> Topic:
    """A topic this learner may set a state on. Raise Http404, MovedError, or PermissionDenied without the right."""
    topic = topic_for_reading(learner, slug)
    require_progress(learner)
    return topic


def require_progress(learner: User) -> None:
    """Raise PermissionDenied for who may read but keeps no progress."""
    if not may(learner, Right.KEEP_PROGRESS):
        raise PermissionDenied


def step_for_progress(learner: User, slug: str, uid: UUID) -> Step:
    """A step of that topic. Raise Http404: a step of another topic does not exist here."""
    topic = topic_for_progress(learner, slug)
    step = topic.steps.filter(uid=uid).select_related("topic").first()
    if step is None:
        raise Http404("No such step.")
    return step


def visible_learners(person: Person) -> QuerySet[User]:
    """The learners this person may see as a mentor: those who are in a cohort they mentor now, archived ones too.

    Whoever runs the installation sees the learners of all cohorts. For everyone else nobody exists: every query on
    behalf of a mentor starts here.
    """
    if not isinstance(person, User) or not person.is_active:
        return User.objects.none()
    learners = Q(memberships__role=Membership.Role.LEARNER, memberships__left_at=None)
    if not may(person, Right.SEE_ALL_COHORTS):
        learners &= Q(memberships__cohort__in=mentored_cohorts(person))
    return User.objects.filter(learners).distinct()


def mentored_cohorts(person: Person) -> QuerySet[Cohort]:
    """Cohorts this person sees as a mentor: theirs, or all for whoever runs the installation. Archived ones too."""
    if not isinstance(person, User) or not person.is_active:
        return Cohort.objects.none()
    if may(person, Right.SEE_ALL_COHORTS):
        return Cohort.objects.all()
    mine = Membership.objects.filter(user=person, role=Membership.Role.MENTOR, left_at=None)
    return Cohort.objects.filter(pk__in=mine.values("cohort"))


def cohort_for_mentor(person: Person, slug: str) -> Cohort:
    """A cohort that this person mentors, or runs. One query. Raise Http404: to others, its learners too, it is not."""
    cohort = mentored_cohorts(person).filter(slug=slug).first()
    if cohort is None:
        raise Http404("No such cohort.")
    return cohort


def learner_of_cohort(person: Person, cohort: Cohort, learner: int) -> User:
    """A learner (by key) who is in that cohort now, for one of its mentors. One query. Raise Http404."""
    found = (
        visible_learners(person)
        .filter(
            pk=learner,
            memberships__cohort=cohort,
            memberships__role=Membership.Role.LEARNER,
            memberships__left_at=None,
        )
        .first()
    )
    if found is None:
        raise Http404("No such learner in this cohort.")
    return found


def learners_of_cohort(person: Person, cohort: Cohort) -> QuerySet[User]:
    """The learners who are in that cohort now, for one of its mentors; for others, nobody."""
    mine = mentored_cohorts(person).filter(pk=cohort.pk)
    members = Membership.objects.filter(cohort__in=mine, role=Membership.Role.LEARNER, left_at=None)
    return visible_learners(person).filter(pk__in=members.values("user"))


def roadmaps_of_cohort(person: Person, cohort: Cohort) -> list[CohortRoadmap]:
    """What the cohort walks and this person may read, in its order, each with its roadmap. One query."""
    readable = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS))
    return list(cohort.assigned.filter(roadmap__in=readable).select_related("roadmap"))


def roadmap_of_cohort(person: Person, cohort: Cohort, slug: str) -> CohortRoadmap:
    """One of them. One query. Raise Http404."""
    readable = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS))
    found = cohort.assigned.filter(roadmap__in=readable, roadmap__slug=slug).select_related("roadmap").first()
    if found is None:
        raise Http404("No such roadmap in this cohort.")
    found.cohort = cohort
    return found


def topic_of_cohort(person: Person, cohort: Cohort, slug: str) -> Topic:
    """A topic that a roadmap of the cohort seats. One query. Raise Http404: no other topic is a mentor's business."""
    readable = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)).filter(assigned__cohort=cohort)
    seats = Placement.objects.filter(roadmap__in=readable)
    found = Topic.objects.filter(slug=slug, retired_at=None, pk__in=seats.values("topic")).first()
    if found is None:
        raise Http404("No such topic in this cohort.")
    return found


def help_request_of_cohort(person: Person, cohort: Cohort, pk: int) -> HelpRequest:
    """A request of one of its learners, on a topic that it walks; open or not. One query. Raise Http404."""
    seats = Placement.objects.filter(roadmap__in=readable_roadmaps().filter(assigned__cohort=cohort))
    found = (
        HelpRequest.objects.filter(
            pk=pk, learner__in=learners_of_cohort(person, cohort), topic__in=seats.values("topic")
        )
        .select_related("learner", "topic")
        .first()
    )
    if found is None:
        raise Http404("No such request in this cohort.")
    return found


def roadmap_for_editing(person: Person, slug: str) -> Roadmap:
    """A live roadmap, drafts too, for those who edit it (`permissions.may_edit`). Two queries at most. Raise Http404,
    or PermissionDenied for its readers."""
    found = roadmap_for_reading(person, slug)
    if not may_edit(person, found):
        raise PermissionDenied
    return found


def edited_roadmaps(person: Person) -> QuerySet[Roadmap]:
    """Live roadmaps that this person edits: all by their role, or those an owner said."""
    live = Roadmap.objects.filter(retired_at=None)
    if may(person, Right.EDIT_CURRICULUM):
        return live
    if not isinstance(person, User) or not person.is_active:
        return live.none()
    return live.filter(pk__in=RoadmapEditor.objects.filter(user=person).values("roadmap"))


def roadmap_in_studio(person: Person, slug: str) -> Roadmap:
    """A live roadmap that this person edits. Two queries at most. Raise Http404: to others it has no studio."""
    found = edited_roadmaps(person).filter(slug=slug).first()
    if found is None:
        raise Http404("No such roadmap.")
    return found


def topic_for_editing(person: Person, uid: UUID) -> Topic:
    """A topic of any state. Who edits single roadmaps edits what stands on theirs alone: a topic that another one shows
    too is not theirs to change. Four queries at most. Raise Http404 or PermissionDenied.
    """
    topic = Topic.objects.filter(uid=uid).first()
    if topic is None:
        raise Http404("No such topic.")
    if may(person, Right.EDIT_CURRICULUM):
        return topic
    showing = Roadmap.objects.filter(retired_at=None, placements__topic=topic)
    mine = edited_roadmaps(person).filter(placements__topic=topic).count()
    if not mine and not edited_roadmaps(person).filter(drafts__parts__uid=uid, drafts__parts__made=True).exists():
        raise Http404("No such topic.")
    if showing.count() != mine:
        raise PermissionDenied
    return topic


def topic_by_slug_for_editing(person: Person, slug: str) -> Topic:
    """As `topic_for_editing`, by its address. Two queries more at most. Raise MovedError for a former one, too."""
    uid = Topic.objects.filter(slug=slug).values_list("uid", flat=True).first()
    if uid is not None:
        return topic_for_editing(person, uid)
    alias = Alias.objects.filter(kind=Alias.Kind.SLUG, text=slug).select_related("topic").first()
    if alias is None:
        raise Http404("No such topic.")
    raise MovedError(topic_for_editing(person, alias.topic.uid).slug)


def topics_to_link(person: Person) -> QuerySet[Topic]:
    """Topics that an editor may link to or require: who edits single roadmaps, those published or theirs."""
    if may(person, Right.READ_DRAFTS):
        return Topic.objects.all()
    seats = Placement.objects.filter(Q(roadmap__in=readable_roadmaps()) | Q(roadmap__in=edited_roadmaps(person)))
    return Topic.objects.filter(pk__in=seats.values("topic"))


def require_some_editing(person: Person) -> None:
    """Raise Http404 for who edits nothing. No query for editors by role, else one."""
    if not may(person, Right.EDIT_CURRICULUM) and not edited_roadmaps(person).exists():
        raise Http404("No such page.")


def require_curriculum_editing(person: Person) -> None:
    """Raise PermissionDenied for who does not edit the whole curriculum."""
    if not may(person, Right.EDIT_CURRICULUM):
        raise PermissionDenied


def require_people(person: Person) -> None:
    """Raise PermissionDenied for who does not manage the accounts."""
    if not may(person, Right.MANAGE_PEOPLE):
        raise PermissionDenied


def require_trail(person: Person) -> None:
    """Raise PermissionDenied for who does not read the trail."""
    if not may(person, Right.READ_TRAIL):
        raise PermissionDenied


def person_for_owner(person: Person, pk: int) -> User:
    """An account, for who manages them. One query. Raise Http404: for others nobody exists here."""
    found = User.objects.filter(pk=pk, erased_at=None).first() if may(person, Right.MANAGE_PEOPLE) else None
    if found is None:
        raise Http404("No such account.")
    return found


def may_create_cohorts(person: Person) -> bool:
    """By their role, or since they mentor a cohort that is not archived. No query for the former, else one."""
    if may(person, Right.CREATE_COHORTS):
        return True
    return isinstance(person, User) and mentored_cohorts(person).filter(archived_at=None).exists()


def require_cohort_creation(person: Person) -> None:
    """Raise PermissionDenied. As `may_create_cohorts`."""
    if not may_create_cohorts(person):
        raise PermissionDenied


def cohort_for_member(user: User, slug: str) -> Cohort:
    """A cohort that this person is or was in. One query. Raise Http404."""
    found = Cohort.objects.filter(slug=slug, pk__in=user.memberships.values("cohort")).first()
    if found is None:
        raise Http404("No such cohort.")
    return found


def member_of_cohort(person: Person, cohort: Cohort, pk: int) -> User:
    """Somebody who is or was in a cohort that this person mentors. One query. Raise Http404."""
    members = Membership.objects.filter(cohort__in=mentored_cohorts(person).filter(pk=cohort.pk))
    found = User.objects.filter(pk=pk, pk__in=members.values("user")).first()
    if found is None:
        raise Http404("Nobody of this cohort.")
    return found


def roadmap_assigned_to(person: Person, cohort: Cohort, slug: str) -> Roadmap:
    """A roadmap that a cohort walks, whatever its state, for its mentors to take away. One query. Raise Http404."""
    mine = CohortRoadmap.objects.filter(cohort__in=mentored_cohorts(person).filter(pk=cohort.pk))
    found = Roadmap.objects.filter(slug=slug, pk__in=mine.values("roadmap")).first()
    if found is None:
        raise Http404("No such roadmap in this cohort.")
    return found


def require_imports(person: Person) -> None:
    """Raise Http404 for who does not load notes: to them there are no imports."""
    if not may(person, Right.EDIT_CURRICULUM):
        raise Http404("No such page.")


def source_for_imports(person: Person, uid: UUID) -> NoteSource:
    """A source of notes, for those who load them. One query. Raise Http404."""
    require_imports(person)
    found = note_sources().filter(uid=uid).first()
    if found is None:
        raise Http404("No such source.")
    return found


def waiting_import(person: Person, uid: UUID) -> shelf.Waiting:
    """A plan that waits, for the one who made it, or one that is anybody's. No query. Raise Http404."""
    require_imports(person)
    try:
        found = shelf.get(uid)
    except shelf.GoneError:
        raise Http404("No such plan.") from None
    if found.by not in {person.pk, shelf.ANYBODY}:
        raise Http404("No such plan.")
    return found

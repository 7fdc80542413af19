"""What people may do: rights as an enum with a sentence each, roles as a table."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from roadmap.models import Roadmap
from tracker.models import RoadmapEditor, User

Person = User | AnonymousUser


class Right(StrEnum):
    """A right, and the sentence that explains it to a person."""

    READ_ROADMAPS = "read published roadmaps and their topics"
    KEEP_PROGRESS = "check topics off and keep one's own progress"
    READ_DRAFTS = "read roadmaps that are not published yet"
    EDIT_CURRICULUM = "change the curriculum and load notes"
    CREATE_COHORTS = "create cohorts and mentor the people in them"
    SEE_ALL_COHORTS = "see and run every cohort"
    MANAGE_PEOPLE = "invite people, change their roles, deactivate accounts"
    READ_TRAIL = "read who did what to which object"
    SEE_TABLES = "look at the tables behind the pages"


ANYBODY = frozenset({Right.READ_ROADMAPS})
ROLES: dict[str, frozenset[Right]] = {
    User.Role.LEARNER: ANYBODY | {Right.KEEP_PROGRESS},
    User.Role.MENTOR: ANYBODY | {Right.KEEP_PROGRESS, Right.CREATE_COHORTS},
    User.Role.EDITOR: ANYBODY | {Right.KEEP_PROGRESS, Right.READ_DRAFTS, Right.EDIT_CURRICULUM},
    User.Role.OWNER: frozenset(Right),
}


def rights_of(person: Person) -> frozenset[Right]:
    """What this person may do by their role. No query. A deactivated account has the rights of a stranger."""
    if not isinstance(person, User) or not person.is_active:
        return ANYBODY
    return ROLES.get(person.role, ANYBODY)


def may(person: Person, right: Right) -> bool:
    return right in rights_of(person)


def may_edit(person: Person, roadmap: Roadmap) -> bool:
    """Whether this person edits this roadmap: by their role, or since an owner said so for this one.

    No query for the former, else one.
    """
    if may(person, Right.EDIT_CURRICULUM):
        return True
    if not isinstance(person, User) or not person.is_active:
        return False
    return RoadmapEditor.objects.filter(user=person, roadmap=roadmap).exists()

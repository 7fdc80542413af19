"""Roles and rights."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from tracker.models import User
from tracker.permissions import ANYBODY, ROLES, Right, may, rights_of


def test_every_role_has_a_row_and_no_other() -> None:
    assert set(ROLES) == set(User.Role.values)


def test_every_right_is_a_sentence_and_somebodys() -> None:
    for right in Right:
        assert " " in right.value
        assert any(right in rights for rights in ROLES.values()), f"nobody may {right.value}"
        assert right in ROLES[User.Role.OWNER]


def test_each_role_has_the_rights_of_the_one_below() -> None:
    assert ANYBODY < ROLES[User.Role.LEARNER] < ROLES[User.Role.EDITOR] < ROLES[User.Role.OWNER]


@pytest.mark.parametrize("role", User.Role.values)
def test_an_account_that_was_switched_off_is_a_stranger(role: str) -> None:
    assert rights_of(User(role=role, is_active=False)) == rights_of(AnonymousUser()) == ANYBODY


def test_strangers_and_learners_see_no_draft_and_change_no_curriculum() -> None:
    for person in (AnonymousUser(), User(role="learner")):
        assert not may(person, Right.READ_DRAFTS)
        assert not may(person, Right.EDIT_CURRICULUM)
        assert not may(person, Right.MANAGE_PEOPLE)
    assert not may(AnonymousUser(), Right.KEEP_PROGRESS)
    assert not may(User(role="editor"), Right.MANAGE_PEOPLE)


def test_a_role_that_is_unknown_has_no_rights_beyond_a_strangers() -> None:
    assert rights_of(User(role="wizard")) == ANYBODY

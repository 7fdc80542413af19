"""One-time links: they sign in once, in time, and nothing in the database gives them away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tracker import sign_in
from tracker.models import SignInLink, User


class TestRedeem:
    def test_it_works_once(self, owner: User) -> None:
        token = sign_in.create_link(user=owner)
        assert sign_in.is_valid(token)
        assert sign_in.redeem(token=token) == owner
        assert not sign_in.is_valid(token)
        assert sign_in.redeem(token=token) is None

    def test_looking_uses_nothing_up(self, owner: User) -> None:
        token = sign_in.create_link(user=owner)
        for _ in range(3):
            assert sign_in.is_valid(token)
        assert sign_in.redeem(token=token) == owner

    @pytest.mark.django_db
    @pytest.mark.parametrize("token", ["", "guess", "x" * 10_000, "\0", "\ud800", "é"])
    def test_what_is_no_token(self, token: str) -> None:
        assert not sign_in.is_valid(token)
        assert sign_in.redeem(token=token) is None

    def test_not_after_it_expired(self, owner: User) -> None:
        token = sign_in.create_link(user=owner, lifetime=timedelta(0))
        assert not sign_in.is_valid(token)
        assert sign_in.redeem(token=token) is None

    def test_not_for_an_account_that_was_switched_off(self, owner: User) -> None:
        token = sign_in.create_link(user=owner)
        User.objects.update(is_active=False)
        assert not sign_in.is_valid(token)
        assert sign_in.redeem(token=token) is None

    def test_a_new_link_leaves_the_earlier_one_valid(self, owner: User, learner: User) -> None:
        first, second = sign_in.create_link(user=owner), sign_in.create_link(user=learner)
        assert first != second
        assert sign_in.redeem(token=second) == learner
        assert sign_in.redeem(token=first) == owner

    @pytest.mark.django_db(transaction=True)
    def test_of_twenty_at_once_one_succeeds(self, owner: User) -> None:
        token = sign_in.create_link(user=owner)

        def redeem(_: int) -> User | None:
            try:
                return sign_in.redeem(token=token)
            finally:
                connection.close()

        with ThreadPoolExecutor(10) as pool:
            found = list(pool.map(redeem, range(20)))
        assert found.count(owner) == 1
        assert found.count(None) == 19


class TestStorage:
    def test_the_token_is_long_and_stored_only_as_its_hash(self, owner: User) -> None:
        token = sign_in.create_link(user=owner)
        assert len(token) >= 43, "256 bits"
        with connection.cursor() as cursor:
            cursor.execute("SELECT tracker_signinlink::text FROM tracker_signinlink")
            stored = cursor.fetchone()[0]
        assert token not in stored
        assert len(bytes(SignInLink.objects.get().digest)) == 32

    def test_old_ones_are_swept_away(self, owner: User) -> None:
        sign_in.create_link(user=owner)
        SignInLink.objects.update(expires_at=timezone.now() - timedelta(days=8))
        sign_in.create_link(user=owner)
        assert SignInLink.objects.count() == 1

"""The owner's account, made by the first start."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from tracker.accounts import DEFAULT_OWNER, ensure_owner
from tracker.models import User

pytestmark = pytest.mark.django_db


class TestEnsureOwner:
    def test_it_works(self) -> None:
        owner = ensure_owner()
        assert (owner.email, owner.role) == (DEFAULT_OWNER, User.Role.OWNER)
        assert not owner.has_usable_password()
        assert not owner.is_superuser
        assert EmailAddress.objects.get(user=owner).verified

    def test_twice_is_once(self) -> None:
        assert ensure_owner() == ensure_owner()
        assert User.objects.count() == 1

    def test_an_owner_with_another_address_stays_the_owner(self) -> None:
        first = ensure_owner(email="Me@Example.org")
        assert first.email == "me@example.org"
        assert ensure_owner() == first

    def test_a_named_account_becomes_owner_and_keeps_its_password(self) -> None:
        learner = User.objects.create_user("learner@example.org", "a long and winding road")
        owner = ensure_owner(email=learner.email)
        assert owner == learner
        assert owner.role == User.Role.OWNER
        assert owner.check_password("a long and winding road")

    def test_a_deactivated_account_stays_so(self) -> None:
        owner = ensure_owner(email="me@example.org")
        User.objects.filter(pk=owner.pk).update(is_active=False)
        assert not ensure_owner(email="me@example.org").is_active
        assert ensure_owner() != owner


class TestSignInLink:
    def link(self, *arguments: str) -> str:
        out = StringIO()
        call_command("sign_in_link", *arguments, stdout=out)
        return out.getvalue().strip()

    def test_it_works(self, static_root: object) -> None:
        link = self.link("me@example.org", "--owner")
        client = Client()
        answer = client.post("/sign-in/" + link.split("/sign-in/")[1])
        assert answer.status_code == 302
        assert client.session["_auth_user_id"] == str(User.objects.get(email="me@example.org").pk)

    def test_unknown(self) -> None:
        with pytest.raises(CommandError, match="There is no account"):
            self.link("nobody@example.org")

    def test_deactivated(self) -> None:
        User.objects.create_user("gone@example.org", None, is_active=False)
        with pytest.raises(CommandError, match="deactivated"):
            self.link("gone@example.org")

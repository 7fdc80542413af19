"""Codes and links: they let in whom they should, as many and as long as said, and once each."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_cohort, make_user
from tracker import cohorts, invitations
from tracker.models import Cohort, Invitation, Invited, Mail, User
from tracker.roster import Person

pytestmark = pytest.mark.django_db


def code_of(cohort: Cohort, by: User, **fields: object) -> Invitation:
    return invitations.make_code(cohort=cohort, by=by, **{"role": "learner", "operation": uuid4()} | fields)  # type: ignore[arg-type]


def people(*emails: str, role: str = "learner") -> list[Person]:
    return [Person(email, email.partition("@")[0].title(), role, 1) for email in emails]


def token_sent(address: str) -> str:
    found = re.findall(r"/invited/([\w-]+)/", Mail.objects.filter(address=address).latest("pk").text)
    return str(found[0])


class TestCodes:
    def test_lets_a_learner_in(self, cohort_a: Cohort, mentor_a: User, learner: User) -> None:
        code = code_of(cohort_a, mentor_a)
        assert invitations.join(user=learner, way=invitations.find_code(code.code)) == cohort_a
        membership = cohort_a.memberships.get(user=learner)
        assert (membership.role, membership.through) == ("learner", code)
        code.refresh_from_db()
        assert code.uses == 1

    def test_is_readable_long_enough_and_one_of_a_kind(self, cohort_a: Cohort, mentor_a: User) -> None:
        codes = {code_of(cohort_a, mentor_a).code for _ in range(50)}
        assert len(codes) == 50
        assert all(re.fullmatch("[2-9a-hj-kmnp-z]{10}", code) for code in codes)
        assert len(cohorts.ALPHABET) ** invitations.CODE_LENGTH > 2**40

    def test_the_same_form_makes_one(self, cohort_a: Cohort, cohort_b: Cohort, mentor_a: User) -> None:
        first, again = (code_of(cohort_a, mentor_a, operation=UUID(int=1)) for _ in range(2))
        assert first == again
        assert code_of(cohort_b, mentor_a, operation=UUID(int=1)) != first

    @pytest.mark.parametrize("form", ["{}", " {} ", "https://example.org/join/{}/", "/join/{}", "-{}-"])
    def test_as_people_type_it(self, cohort_a: Cohort, mentor_a: User, form: str) -> None:
        code = code_of(cohort_a, mentor_a)
        for text in (code.code, code.code.upper(), invitations.written(code.code)):
            assert invitations.find_code(form.format(text)) == code

    @pytest.mark.parametrize("text", ["", "zzzzzzzzzz", "é" * 10, "a" * 5000, "%", "/"])
    def test_what_is_no_code(self, text: str) -> None:
        with pytest.raises(invitations.UnknownCode):
            invitations.find_code(text)

    def test_over(self, cohort_a: Cohort, mentor_a: User, learner: User, other_learner: User) -> None:
        expired = code_of(cohort_a, mentor_a, expires_at=timezone.now())
        revoked = code_of(cohort_a, mentor_a)
        for _ in range(2):
            invitations.revoke_code(cohort=cohort_a, code=revoked.pk)
        full = code_of(cohort_a, mentor_a, seats=1)
        invitations.join(user=other_learner, way=full)
        for code, word in ((expired, "expired"), (revoked, "taken back"), (full, "as many people")):
            code.refresh_from_db()
            assert word in invitations.why_over(code, cohort_a)
            with pytest.raises(invitations.Over, match=word):
                invitations.join(user=learner, way=code)
        assert not cohort_a.memberships.filter(user=learner).exists()

    def test_of_an_archived_cohort(self, cohort_a: Cohort, mentor_a: User, learner: User) -> None:
        code = code_of(cohort_a, mentor_a)
        cohorts.archive(cohort=cohort_a)
        with pytest.raises(invitations.Over, match="is over"):
            invitations.join(user=learner, way=code)
        for verb in (
            lambda: code_of(cohort_a, mentor_a),
            lambda: invitations.revoke_code(cohort=cohort_a, code=code.pk),
        ):
            with pytest.raises(cohorts.Archived):
                verb()

    def test_who_is_in_takes_no_seat_even_when_it_is_over(
        self, cohort_a: Cohort, mentor_a: User, learner: User
    ) -> None:
        code = code_of(cohort_a, mentor_a, seats=1)
        for _ in range(3):
            invitations.join(user=learner, way=code)
            invitations.join(user=mentor_a, way=code)
        code.refresh_from_db()
        assert code.uses == 1
        assert cohort_a.memberships.count() == 2

    def test_one_for_mentors(self, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        invitations.join(user=learner_a, way=code_of(cohort_a, mentor_a, role="mentor"))
        assert cohorts.current(cohort_a).get(user=learner_a).role == "mentor"

    def test_of_another_cohort_is_not_revoked_here(self, cohort_a: Cohort, cohort_b: Cohort, mentor_b: User) -> None:
        code = code_of(cohort_b, mentor_b)
        with pytest.raises(invitations.UnknownCode):
            invitations.revoke_code(cohort=cohort_a, code=code.pk)

    @pytest.mark.django_db(transaction=True)
    def test_the_last_seats_are_given_once(self) -> None:
        cohort = make_cohort()
        code = code_of(cohort, make_user(), seats=3)
        users = [make_user(f"User {number}") for number in range(12)]

        def join(user: User) -> bool:
            try:
                invitations.join(user=user, way=code)
            except invitations.Over:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(join, users))
        assert found.count(True) == 3
        code.refresh_from_db()
        assert code.uses == 3
        assert cohort.memberships.count() == 3


class TestLinks:
    def invite(self, cohort: Cohort, by: User, *emails: str, **fields: object) -> int:
        operation = fields.pop("operation", None) or uuid4()
        return invitations.invite(cohort=cohort, by=by, people=people(*emails, **fields), operation=operation)  # type: ignore[arg-type]

    def test_each_gets_one_message_with_a_link_of_their_own(
        self, cohort_a: Cohort, mentor_a: User, learner: User
    ) -> None:
        assert self.invite(cohort_a, mentor_a, "ada@example.com", "ben@example.com") == 2
        assert sorted(Mail.objects.values_list("address", flat=True)) == ["ada@example.com", "ben@example.com"]
        text = Mail.objects.get(address="ada@example.com").text
        for part in ("Hello Ada", "Mira", "Cohort A", "/invited/"):
            assert part in text
        User.objects.filter(pk=learner.pk).update(name="")
        learner.refresh_from_db()
        found = invitations.find_link(token_sent("ada@example.com"))
        assert invitations.join(user=learner, way=found) == cohort_a
        found.refresh_from_db()
        assert (found.joined, learner.name) == (learner, "Ada"), "whoever has no name gets the one they were invited by"
        assert Invited.objects.get(email="ben@example.com").joined is None

    def test_only_a_hash_of_the_token_is_stored_with_the_invitation(self, cohort_a: Cohort, mentor_a: User) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        token = token_sent("ada@example.com")
        assert len(token) == 43
        with connection.cursor() as cursor:
            cursor.execute("SELECT tracker_invited::text FROM tracker_invited")
            assert token not in cursor.fetchone()[0]

    def test_the_same_form_sends_once(self, cohort_a: Cohort, mentor_a: User) -> None:
        operation = uuid4()
        for _ in range(2):
            assert self.invite(cohort_a, mentor_a, "ada@example.com", operation=operation) == 1
        assert Mail.objects.count() == Invited.objects.count() == 1
        found = Invited.objects.get()
        invitations.revoke_link(cohort=cohort_a, invited=found.pk)
        self.invite(cohort_a, mentor_a, "ada@example.com", operation=operation)
        assert Invited.objects.count() == 1, "nor after it was taken back"

    def test_members_and_those_who_have_a_link_are_left_out(
        self, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        assert self.invite(cohort_a, mentor_a, "ada@example.com", learner_a.email, "new@example.com") == 1
        assert invitations.member_addresses(cohort_a) == {mentor_a.email, learner_a.email}
        assert invitations.waiting_addresses(cohort_a) == {"ada@example.com", "new@example.com"}

    def test_an_expired_one_is_replaced(self, cohort_a: Cohort, mentor_a: User) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        Invited.objects.update(expires_at=timezone.now())
        assert self.invite(cohort_a, mentor_a, "ada@example.com") == 1
        assert Invited.objects.filter(revoked_at=None).count() == 1

    def test_who_left_is_invited_anew(self, cohort_a: Cohort, mentor_a: User, learner: User) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        invitations.join(user=learner, way=invitations.find_link(token_sent("ada@example.com")))
        cohorts.leave(cohort=cohort_a, user=learner)
        assert self.invite(cohort_a, mentor_a, "ada@example.com") == 1

    def test_it_works_for_one_person(
        self, cohort_a: Cohort, mentor_a: User, learner: User, other_learner: User
    ) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        way = invitations.find_link(token_sent("ada@example.com"))
        for _ in range(2):
            invitations.join(user=learner, way=way)
        with pytest.raises(invitations.Over, match="was used"):
            invitations.join(user=other_learner, way=way)
        cohorts.remove(cohort=cohort_a, user=learner.pk)
        with pytest.raises(invitations.Over):
            invitations.join(user=learner, way=way)

    def test_sent_again_the_one_before_ends(self, cohort_a: Cohort, mentor_a: User, learner: User) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        first, found, operation = token_sent("ada@example.com"), Invited.objects.get(), uuid4()
        for _ in range(2):
            invitations.resend(cohort=cohort_a, invited=found.pk, by=mentor_a, operation=operation)
        assert Mail.objects.filter(dropped_at=None).count() == 1, "the first had not gone out, and will not"
        assert Mail.objects.count() == 2
        with pytest.raises(invitations.UnknownCode):
            invitations.find_link(first)
        invitations.join(user=learner, way=invitations.find_link(token_sent("ada@example.com")))
        with pytest.raises(invitations.HasJoined):
            invitations.resend(cohort=cohort_a, invited=found.pk, by=mentor_a, operation=uuid4())

    def test_taken_back(self, cohort_a: Cohort, mentor_a: User, learner: User) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        found = Invited.objects.get()
        for _ in range(2):
            invitations.revoke_link(cohort=cohort_a, invited=found.pk)
        assert Mail.objects.get().dropped_at is not None
        with pytest.raises(invitations.Over, match="taken back"):
            invitations.join(user=learner, way=invitations.find_link(token_sent("ada@example.com")))
        with pytest.raises(invitations.Over):
            invitations.resend(cohort=cohort_a, invited=found.pk, by=mentor_a, operation=uuid4())

    def test_of_another_cohort(self, cohort_a: Cohort, cohort_b: Cohort, mentor_b: User) -> None:
        self.invite(cohort_b, mentor_b, "ada@example.com")
        found = Invited.objects.get()
        with pytest.raises(invitations.UnknownCode):
            invitations.revoke_link(cohort=cohort_a, invited=found.pk)
        with pytest.raises(invitations.UnknownCode):
            invitations.resend(cohort=cohort_a, invited=found.pk, by=mentor_b, operation=uuid4())

    def test_archived(self, cohort_a: Cohort, mentor_a: User) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        found = Invited.objects.get()
        cohorts.archive(cohort=cohort_a)
        for verb in (
            lambda: self.invite(cohort_a, mentor_a, "ben@example.com"),
            lambda: invitations.revoke_link(cohort=cohort_a, invited=found.pk),
            lambda: invitations.resend(cohort=cohort_a, invited=found.pk, by=mentor_a, operation=uuid4()),
        ):
            with pytest.raises(cohorts.Archived):
                verb()

    def test_queries_do_not_grow(self, cohort_a: Cohort, mentor_a: User) -> None:
        found = []
        for name, number in (("few", 3), ("many", 300)):
            with CaptureQueriesContext(connection) as captured:
                emails = [f"{name}{each}@example.com" for each in range(number)]
                assert self.invite(cohort_a, mentor_a, *emails) == number
            found.append(len(captured))
        assert found[0] == found[1]
        assert Mail.objects.count() == 303

    @pytest.mark.django_db(transaction=True)
    def test_of_several_at_once_one_comes_in(self) -> None:
        cohort, mentor = make_cohort(), make_user()
        invitations.invite(cohort=cohort, by=mentor, people=people("ada@example.com"), operation=uuid4())
        way = invitations.find_link(token_sent("ada@example.com"))
        users = [make_user(f"User {number}") for number in range(8)]

        def join(user: User) -> bool:
            try:
                invitations.join(user=user, way=way)
            except invitations.Over:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(join, users)).count(True) == 1

    def test_good_for_two_weeks(self, cohort_a: Cohort, mentor_a: User, learner: User) -> None:
        self.invite(cohort_a, mentor_a, "ada@example.com")
        way = invitations.find_link(token_sent("ada@example.com"))
        assert timedelta(days=13, hours=23) < way.expires_at - timezone.now() <= invitations.LIFETIME
        Invited.objects.update(expires_at=timezone.now())
        with pytest.raises(invitations.Over, match="expired"):
            invitations.join(user=learner, way=way)

"""Django's admin: every address of it, as every role, by every method. Nothing there writes, and no secret is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, cast

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from roadmap.admin import Pages
from roadmap.models import Topic
from tests.guards.stage import ROLES, Stage
from tests.guards.test_get_changes_nothing import checksums
from tracker.admin import LEFT_OUT, site
from tracker.models import Cohort, Mail, Session, SignInLink, TopicNote, User

pytestmark = pytest.mark.django_db
WRITING = ("POST", "PUT", "PATCH", "DELETE")


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    found = [each for each in get_resolver().url_patterns if getattr(each, "namespace", "") == "admin"]
    for pattern in (resolver or cast("URLResolver", found[0])).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def pages() -> list[str]:
    """An address for each pattern, with a row that is there where there is one."""
    found = [reverse("admin:index"), *(reverse("admin:app_list", args=[label]) for label in ("roadmap", "tracker"))]
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        found += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk if row else 1])]
    return found


def is_row(path: str) -> bool:
    return path.count("/") == 5


@pytest.fixture
def told(stage: Stage) -> Stage:
    """With a row in the tables that hold secrets."""
    learner = stage.people["learner"]
    TopicNote.objects.create(learner=learner, topic=stage.topic, text="what only I know")
    Mail.objects.create(key="k", kind="digest", to=learner, subject="S", text="https://x/sign-in/secret-in-a-mail/")
    Topic.objects.filter(pk=stage.topic.pk).update(summary="changed")
    return stage


def test_there_are_two_addresses_for_each_table_and_no_other() -> None:
    assert len(list(patterns())) == 2 + 2 * len(site._registry)
    for name in ("login", "logout", "password_change", "jsi18n", "autocomplete", "view_on_site", "roadmap_topic_add",
                 "roadmap_topic_delete", "roadmap_topic_history"):  # fmt: skip
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{name}", args=[1] if name.startswith("roadmap") and not name.endswith("add") else [])


def test_every_table_is_there_or_left_out_for_a_reason() -> None:
    ours = {m for label in ("roadmap", "tracker") for m in apps.get_app_config(label).get_models()}
    assert {model.__name__ for model in ours - site._registry.keys()} == LEFT_OUT.keys()


def test_all_are_closed() -> None:
    assert all(getattr(pattern.callback, "login_required", True) for pattern in patterns())


def test_every_address_as_every_role(told: Stage) -> None:
    before = checksums()
    for path in pages():
        for role in ROLES:
            answer = told.client(role).get(path)
            if role in {"anonymous", "disabled"}:
                assert answer.status_code == 302, (path, role)
                assert answer.headers["Location"].startswith(reverse("account_login"))
            elif role == "owner":
                assert answer.status_code in ({200, 404} if is_row(path) else {200}), (path, answer.status_code)
                assert b'method="post"' not in answer.content, path
            else:
                assert answer.status_code == 404, (path, role)
    assert checksums() == before


@pytest.mark.parametrize("method", WRITING)
def test_no_address_writes(told: Stage, method: str) -> None:
    """With all that Django's own forms would take: a delete's yes, an action, a changed field."""
    before = checksums()
    data = {"post": "yes", "action": "delete_selected", "_selected_action": ["1"], "title": "Mine", "_save": "Save"}
    for path in pages():
        for tail in ("", "add/", "delete/", "change/", "history/"):
            for role in ("learner", "editor", "owner"):
                client = told.client(role)
                answer = client.post(path + tail, data) if method == "POST" else client.generic(method, path + tail)
                assert answer.status_code in ({405, 404} if role == "owner" else {404}), (path, tail, role)
                if role == "owner" and not tail:
                    assert answer.status_code == 405
    assert checksums() == before


def test_no_secret_is_shown(told: Stage) -> None:
    learner = told.people["learner"]
    secrets = {
        "a note": "what only I know",
        "a message": "secret-in-a-mail",
        "a code": told.code.code,
        "a link": told.invited_token,
        "its digest": hashlib.sha256(told.invited_token.encode()).hexdigest(),
        "a password": learner.password,
        "who was invited": "invited@example.org",
        **{f"a session of {s.user}": s.session_key for s in Session.objects.all()},
        **{f"the digest of link {link.pk}": bytes(link.digest).hex() for link in SignInLink.objects.all()},
    }
    assert len(secrets) > 8
    for path in pages():
        text = told.client("owner").get(path).content.decode()
        for what, secret in secrets.items():
            assert secret not in text, f"{what} on {path}"


@pytest.mark.parametrize("model", site._registry, ids=lambda model: model.__name__)
def test_the_queries_of_a_page_are_few(told: Stage, model: type[models.Model]) -> None:
    """The session, how many rows, the rows; whatever a row points at comes with it, or zeal would say so."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    with CaptureQueriesContext(connection) as queries:
        told.client("owner").get(reverse(name))
    assert len(queries) <= 4, [query["sql"] for query in queries]
    counts = [q["sql"] for q in queries if "COUNT(" in q["sql"]]
    assert all("LIMIT 5000" in sql for sql in counts), counts


def test_queries_do_not_grow(told: Stage) -> None:
    counts = []
    for number in (3, 60):
        for i in range(number):
            Topic.objects.create(title=f"T {number} {i}", slug=f"t-{number}-{i}")
            user = User.objects.create(email=f"u{number}-{i}@example.org")
            EmailAddress.objects.create(user=user, email=user.email)
            told.topic.progress.create(learner=user, state="done", changed_at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            for table in ("roadmap_topic", "tracker_user", "tracker_topicprogress"):
                told.client("owner").get(reverse(f"admin:{table}_changelist"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestSearch:
    def found(self, stage: Stage, table: str, term: str) -> str:
        return stage.client("owner").get(reverse(f"admin:{table}_changelist"), {"q": term}).content.decode()

    def test_by_title(self, told: Stage) -> None:
        text = self.found(told, "roadmap_topic", "soi")
        assert "Soil" in text
        assert "Seeds" not in text

    @pytest.mark.parametrize(("term", "rows"), [("learner@example.org", 1), ("soil", 1), ("seeds", 0), ("x@y", 0)])
    def test_by_learner_or_topic(self, told: Stage, term: str, rows: int) -> None:
        assert self.found(told, "tracker_topicprogress", term).count('class="field-learner') == rows

    @pytest.mark.parametrize("term", ["x", "9" * 40, "٣", "-1", "0"])
    def test_of_the_history(self, told: Stage, term: str) -> None:
        assert "field-pgh_label" not in self.found(told, "roadmap_topicevent", term)
        key = str(told.topic.pk)
        assert "field-pgh_label" in self.found(told, "roadmap_topicevent", key)

    @pytest.mark.parametrize("query", ["?p=x", "?p=9999", "?all=", "?o=99", "?e=1", "?state__exact=nothing", "?x=y"])
    def test_what_cannot_be_read_breaks_nothing(self, told: Stage, query: str) -> None:
        for table in ("roadmap_roadmap", "tracker_progressevent"):
            answer = told.client("owner").get(reverse(f"admin:{table}_changelist") + query)
            assert answer.status_code in {200, 302, 400}

    @pytest.mark.parametrize("key", ["x", "0", "9" * 30, "_2F", "1/2"])
    def test_a_row_that_is_not_there(self, told: Stage, key: str) -> None:
        answer = told.client("owner").get(f"/tables/roadmap/topic/{key}/")
        assert answer.status_code == 404


def test_rows_lead_to_the_pages_where_they_are_changed(told: Stage) -> None:
    rows: list[tuple[type[models.Model], Any]] = [
        (User, told.people["learner"]),
        (Topic, told.topic),
        (Cohort, told.cohort),
    ]
    for model, row in rows:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        address = site.leads[model](row)
        for page in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])):
            assert f'href="{address}"' in told.client("owner").get(page).content.decode()
        assert told.client("owner").get(address).status_code == 200


def test_pages_count_no_further_than_their_limit(told: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pages, "MOST", 3)
    for i in range(5):
        Topic.objects.create(title=f"T {i}", slug=f"t-{i}")
    assert Pages(Topic.objects.all(), 2).count == 3

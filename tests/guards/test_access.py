"""Every address as every role with every method, against the table; and closed by default, against the allowlist."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.guards.access_table import OPEN, TABLE, Row
from tests.guards.stage import ONE_OF_EACH, ROLES, Stage, addresses, again

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PER_URL = list({row.url: row for row in reversed(TABLE)}.values())
"""The first row of each address: which methods it takes, and whether it is closed, is the same whatever it is about."""
POSTED = list({row.url: row for row in reversed(TABLE) if row.post != "405"}.values())


def send(client: Client, method: str, row: Row, stage: Stage) -> HttpResponseBase:
    path = reverse(row.url, args=row.arguments(stage)) + row.query
    if method == "POST":
        return client.post(path, row.data(stage))
    return client.generic(method, path)


def asking(method: str) -> tuple[str, ...]:
    """Who asks: HEAD is answered as GET is, and what takes no PUT takes none from anybody."""
    return ROLES if method in {"GET", "POST"} else ONE_OF_EACH


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    assert {row.url for row in TABLE} == {address.name for address in addresses()}


def test_names_are_unique() -> None:
    names = [address.name for address in addresses()]
    assert len(names) == len(set(names))


def test_rows_have_names_of_their_own() -> None:
    assert len({row.id for row in TABLE}) == len(TABLE)


def test_closed_by_default() -> None:
    """What is open is open for a reason that stands in the list."""
    assert {address.name for address in addresses() if not address.login_required} == OPEN.keys()
    assert all(len(reason) >= 8 for reason in OPEN.values())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_table(stage: Stage, row: Row) -> None:
    found = {}
    methods = METHODS if row in PER_URL else ("GET", "POST")
    for method in methods:
        start = transaction.savepoint()
        found[method] = {
            role: send(again(stage.client(role)), method, row, stage).status_code for role in asking(method)
        }
        transaction.savepoint_rollback(start)  # each method meets the same stage
    expected = {method: row.expected(method) for method in methods}
    assert found == {method: {role: expected[method][role] for role in asking(method)} for method in methods}


@pytest.mark.parametrize("row", PER_URL, ids=lambda row: row.url)
def test_closed_addresses_send_strangers_to_the_sign_in_page(stage: Stage, row: Row) -> None:
    if row.url in OPEN:
        return
    for role in ("anonymous", "disabled"):
        for method in METHODS:
            answer = send(stage.client(role), method, row, stage)
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(reverse("account_login"))
        fragment = stage.client(role).post(reverse(row.url, args=row.arguments(stage)), headers={"HX-Request": "true"})
        assert fragment.status_code == 204
        assert fragment.headers["HX-Redirect"].startswith(reverse("account_login"))


@pytest.mark.parametrize("row", POSTED, ids=lambda row: row.url)
def test_no_post_without_its_token(stage: Stage, row: Row) -> None:
    """Whoever is signed in: a form from elsewhere is 403, and so is one with a foreign origin."""
    for role in ROLES:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.cookies = stage.client(role).cookies
        path = reverse(row.url, args=row.arguments(stage))
        for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Referer": "https://elsewhere.example/x"}):
            answer = client.post(path, row.data(stage), headers=headers)
            assert answer.status_code == 403 or "/accounts/login/" in answer.headers.get("Location", ""), (
                role,
                headers,
            )


class TestTheTable:
    def test_each_refusal_has_a_positive_twin(self) -> None:
        """An address that nobody can use would prove nothing about who may not."""
        for address in addresses():
            rows = [row for row in TABLE if row.url == address.name]
            statuses = {int(status) for row in rows for status in f"{row.get} {row.post}".split()}
            assert statuses & {200, 302, 303}, address.name

    def test_learners_are_told_apart_from_strangers(self) -> None:
        assert any(re.match(r"302 200", row.get) for row in TABLE)

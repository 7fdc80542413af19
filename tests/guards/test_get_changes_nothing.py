"""Looking changes nothing: no GET and no HEAD, by anybody, changes a row of any table, sessions included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.guards.access_table import TABLE, Row
from tests.guards.stage import ONE_OF_EACH, ROLES, Stage
from tracker.models import User

pytestmark = pytest.mark.django_db
MOST_PAGES = 300
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/roadmaps/"}
COUNTERS = "pathnotes_cache"
FETCHED = "tracker_feedlink"
"""When an address of a calendar was last fetched, once an hour: its owner is told, to end what is used by others."""


def checksums() -> dict[str, str]:
    """A checksum of all rows for each table there is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        rows = "SELECT '{0}', md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) FROM {0} t"
        parts = [rows.format(name) for name in names]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def written() -> dict[str, int]:
    """How many rows of each table were written since this transaction began, also where they came out the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname), n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_each_address(stage: Stage, row: Row) -> None:
    path = reverse(row.url, args=row.arguments(stage)) + row.query
    rows, before = checksums(), written()
    if row.url == "targets_feed":
        rows.pop(f'"{FETCHED}"')
    assert len(rows) > 20
    assert before
    for role in ROLES:
        thorough = role in ONE_OF_EACH
        for method in ("GET", "HEAD", "OPTIONS") if thorough else ("GET",):
            for headers in ({}, HTMX) if thorough and method == "GET" else ({},):
                stage.client(role).generic(method, path, headers=headers)
            after = written()
            if row.url == "targets_feed":
                before |= {name: count for name, count in after.items() if name == FETCHED}
            if method != "GET":
                # allauth's rate limits count a HEAD like a POST
                before |= {name: count for name, count in after.items() if name == COUNTERS}
                rows.pop(f'"{COUNTERS}"', None)
            assert after == before, f"{method} {path} as {role} changed rows"
    assert rows.items() <= checksums().items()


@pytest.mark.parametrize("role", ROLES)
def test_every_link_on_every_page(stage: Stage, role: str) -> None:
    """A visitor who follows every link, and sends every GET form, changes nothing either."""
    before = checksums()
    seen = list(crawl(stage.client(role), ["/", reverse("roadmaps"), *(row_path(row, stage) for row in TABLE)]))
    fetched = f'"{FETCHED}"'
    assert checksums() | {fetched: before[fetched]} == before
    assert len(seen) > len(TABLE) / 2


def row_path(row: Row, stage: Stage) -> str:
    return reverse(row.url, args=row.arguments(stage)) + row.query


def crawl(client: Client, todo: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    while todo and len(seen) < MOST_PAGES:
        path = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 500, path
        yield path
        if answer.status_code in {301, 302}:
            todo += local(path, [answer.headers["Location"]])
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            html = answer.content.decode()
            todo += local(path, re.findall(r'<a\b[^>]*\bhref="([^"]*)"', html))
            todo += local(path, re.findall(r'<form\b(?![^>]*method="post")[^>]*\baction="([^"]*)"', html))


def local(page: str, links: list[str]) -> list[str]:
    found = [urlsplit(urljoin(f"http://testserver{page}", unescape(link))) for link in links]
    return [
        f"{parts.path}{'?' if parts.query else ''}{parts.query}"
        for parts in found
        if parts.netloc == "testserver" and not parts.path.startswith("/static/")
    ]


def test_the_checksums_see_a_change(stage: Stage) -> None:
    before, count = checksums(), written()
    User.objects.filter(pk=stage.people["learner"].pk).update(name="Changed")
    after = checksums()
    assert {name for name in before if before[name] != after[name]} == {'"tracker_user"'}
    assert written() == count | {"tracker_user": count["tracker_user"] + 1}

"""What a main page weighs, cold: itself and all that it names, compressed as it is sent. Bytes, not seconds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.browser.conftest import sized
from tests.factories import join
from tests.tracker.conftest import browser_of
from tracker.models import Cohort, User

PAGE = 45_000
SCRIPTS = 30_000
HEADERS = 600
"""Bytes of them, for each file; those of a page are part of it."""
FILES = re.compile(r'<(?:link|script)\b[^>]*?(?:href|src)="/static/([^"]+)"[^>]*>')
LATER = ("apple-touch-icon",)
"""What a browser fetches when it is asked to install the app."""


def sent(root: Path, name: str) -> int:
    """As browsers ask for it where people use it, over HTTPS or on their own machine."""
    packed = root / f"{name}.br"
    return (packed if packed.exists() else root / name).stat().st_size + HEADERS


def weigh(client: Client, path: str, root: Path) -> tuple[int, int]:
    """(all, scripts) in bytes. What a roadmap fetches when it is first touched (htmx), or where a note can be written,
    is one of its scripts, and not of what it is read with."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, path
    html = client.get(path).content.decode()
    named = {found[1] for found in FILES.finditer(html) if not any(word in found[0] for word in LATER)}
    later = set(re.findall(r'data-(?:htmx|drafts)="/static/([^"]+)"', html))
    scripts = sum(sent(root, name) for name in named | later if name.endswith(".js"))
    return len(answer.content) + HEADERS + sum(sent(root, name) for name in named), scripts


@pytest.mark.django_db
def test_no_main_page_is_over_its_budget(static_root: Path, editor: User, cohort_a: Cohort, learner_a: User) -> None:
    roadmap = sized(120, per_module=10)
    topic = roadmap.placements.select_related("topic")[0].topic
    cohort_a.assigned.create(roadmap=roadmap)
    join(editor, cohort_a, "mentor")
    addresses = {
        learner_a: ["/roadmaps/", f"/roadmaps/{roadmap.slug}/", f"/roadmaps/{roadmap.slug}/?topic={topic.slug}",
                    f"/topics/{topic.slug}/?roadmap={roadmap.slug}", "/search/?q=a", "/timeline/", "/cohorts/",
                    "/mail/"],
        editor: ["/studio/", f"/cohorts/{cohort_a.slug}/", f"/cohorts/{cohort_a.slug}/learners/{learner_a.pk}/"],
        None: ["/accounts/login/", f"/roadmaps/{roadmap.slug}/", "/offline/"],
    }  # fmt: skip
    found = {
        (person and person.email, path): weigh(browser_of(person) if person else Client(), path, static_root)
        for person, paths in addresses.items()
        for path in paths
    }
    assert not {at: bytes_ for at, bytes_ in found.items() if bytes_[0] >= PAGE or bytes_[1] >= SCRIPTS}, found
    assert min(everything for everything, _ in found.values()) > 10_000, "style sheet and scripts are found"

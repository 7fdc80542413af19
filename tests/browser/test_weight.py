"""What a page weighs, cold: itself and all that it names, compressed as it is sent. Bytes, not seconds."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from roadmap.models import Roadmap
from tests.browser.conftest import sized
from tests.factories import join
from tests.tracker.conftest import browser_of
from tracker import goals, own_calendar, reviews, summaries
from tracker.models import Cohort, ProgressEvent, TopicNote, TopicProgress, User
from tracker.profiles import Chosen, save_profile

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
    packed = answer.get("Content-Encoding") == "gzip"
    html = (gzip.decompress(answer.content) if packed else answer.content).decode()
    named = {found[1] for found in FILES.finditer(html) if not any(word in found[0] for word in LATER)}
    later = set(re.findall(r'data-(?:htmx|drafts)="/static/([^"]+)"', html))
    scripts = sum(sent(root, name) for name in named | later if name.endswith(".js"))
    return len(answer.content) + HEADERS + sum(sent(root, name) for name in named), scripts


def walked(learner: User, roadmap: Roadmap) -> None:
    """Half of it done, over the days of a year, with a note on each: what fills the pages of who has been here long."""
    now = timezone.now()
    topics = [each.topic for each in roadmap.placements.select_related("topic")][:60]
    TopicProgress.objects.bulk_create(
        TopicProgress(learner=learner, topic=topic, state="done", revision=1, started_at=at, changed_at=at)
        for topic in topics
        if (at := now - timedelta(40))
    )
    ProgressEvent.objects.bulk_create(
        ProgressEvent(learner=learner, topic=topics[0], was="todo", now="done", revision=1, at=now - timedelta(day))
        for day in range(360)
    )
    TopicNote.objects.bulk_create(TopicNote(learner=learner, topic=t, text=f"{t.title} {t.slug} " * 9) for t in topics)
    summaries.rebuild()
    goals.set_goal(learner=learner, roadmap=roadmap, topic=roadmap.placements.reverse()[0].topic_id)
    reviews.set_review(learner=learner, roadmap=roadmap, active=True, now=now)
    own_calendar.make_feed(user=learner)
    save_profile(user=learner, chosen=Chosen("ada-l", "Ada", public=True, activity=True), roadmaps=[roadmap.pk])


@pytest.mark.django_db
def test_no_page_is_over_its_budget(static_root: Path, editor: User, cohort_a: Cohort, learner_a: User) -> None:
    """Every page that a learner meets, and the first ones of the others; the map has a budget of its own."""
    roadmap = sized(120, per_module=10)
    topic = roadmap.placements.select_related("topic")[0].topic
    cohort_a.assigned.create(roadmap=roadmap)
    join(editor, cohort_a, "mentor")
    walked(learner_a, roadmap)
    here, its = f"/roadmaps/{roadmap.slug}/", f"/topics/{topic.slug}/"
    addresses = {
        learner_a: ["/", "/roadmaps/", here, f"{here}?show=ready", f"{here}?topic={topic.slug}",
                    f"{its}?roadmap={roadmap.slug}",
                    f"{here}share/", f"{here}mark/", f"{here}reset/", f"{here}pace/", f"{here}goal/",
                    f"{here}goal/{topic.slug}/", f"{here}known/", f"{here}news/",
                    f"{its}note/mine/", f"{its}changed/", "/welcome/", "/activity/", "/timeline/", "/review/",
                    "/search/?q=a",
                    "/notes/", "/account/", "/accounts/email/", "/accounts/password/set/", "/accounts/2fa/",
                    "/accounts/2fa/webauthn/", "/accounts/logout/", "/mine/export/", "/mine/profile/",
                    "/mine/delete/", "/mail/", "/keyboard/", "/cohorts/", "/join/"],
        editor: ["/studio/", f"/cohorts/{cohort_a.slug}/", f"/cohorts/{cohort_a.slug}/learners/{learner_a.pk}/"],
        None: ["/", "/roadmaps/", here, f"{its}?roadmap={roadmap.slug}", "/search/?q=a", "/p/ada-l/", "/offline/",
               "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"],
    }  # fmt: skip
    found = {
        (person and person.email, path): weigh(browser_of(person) if person else Client(), path, static_root)
        for person, paths in addresses.items()
        for path in paths
    }
    assert not {at: bytes_ for at, bytes_ in found.items() if bytes_[0] >= PAGE or bytes_[1] >= SCRIPTS}, found
    assert min(everything for everything, _ in found.values()) > 10_000, "style sheet and scripts are found"

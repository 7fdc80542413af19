"""A mentor's page of one learner, made ready for its templates; the same for the page and for the answer to an act."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from tracker.acts.states import REOPENABLE, WAIVABLE
from tracker.learner_page import LearnerPage, Walk
from tracker.learner_rows import link_of, read_only
from tracker.models import Cohort, User
from tracker.row_words import WORDS
from tracker.rows import SHOWS, bar, count


class On(TextChoices):
    """Where an act was done."""

    LEARNER = ""
    HELP = "help"
    SIGN_OFFS = "sign-offs"


@dataclass(frozen=True, slots=True)
class WalkCard:
    walk: Walk
    bar: str
    count: str
    href: str
    here: bool


def may_act(person: User, cohort: Cohort, learner: User) -> bool:
    """Nobody mentors themselves, and in an archived cohort nothing changes."""
    return cohort.archived_at is None and person.pk != learner.pk


def sheet(page: LearnerPage, person: User, *, show: str = "", kept: str = "") -> dict[str, Any]:
    """The context of `learners/learner.html` and of its fragments. `kept` is what somebody wrote and could not send."""
    show = show if show in SHOWS else ""
    slug = page.walk.roadmap.slug if page.walk else ""
    base = reverse("learner", args=[page.cohort.slug, page.learner.pk])
    topic = page.open.topic.slug if page.open else ""
    here = f"{base}?{_query(roadmap=slug, show=show, topic=topic)}".rstrip("?")
    return {
        "cohort": page.cohort,
        "learner": page.learner,
        "page": page,
        "may_act": may_act(person, page.cohort, page.learner),
        "walks": [
            WalkCard(
                walk,
                bar(walk.share, thin=False),
                count(walk.share),
                f"{base}?{_query(roadmap=walk.roadmap.slug)}",
                walk is page.walk,
            )
            for walk in page.walks
        ],
        "filters": [
            (name, word, f"{base}?{_query(roadmap=slug, show=name, topic=topic)}", name == show)
            for name, word in (("", _("All")), *((name, word) for name, (word, _) in SHOWS.items()))
        ],
        "nonce": uuid.uuid4(),
        "kept": kept,
        "show": show,
        "here": here,
        "base": base,
        "closed": f"{base}?{_query(roadmap=slug, show=show)}",
        "older": _older(page, base, slug, show, topic),
        **_state(page),
    }


def _state(page: LearnerPage) -> dict[str, Any]:
    if page.open is None:
        return {}
    state = page.open.mark.state
    return {
        "topic": page.open.topic,
        "state": state,
        "state_word": WORDS[state],
        "waivable": state in WAIVABLE,
        "reopenable": state in REOPENABLE,
    }


def _older(page: LearnerPage, base: str, roadmap: str, show: str, topic: str) -> str:
    before = (page.open.timeline if page.open else page.timeline).older
    return f"{base}?{_query(roadmap=roadmap, show=show, topic=topic, before=before)}#timeline" if before else ""


def _query(**parameters: str) -> str:
    return urlencode({name: value for name, value in parameters.items() if value})


def body(page: LearnerPage, show: str) -> dict[str, str]:
    """The roadmap without controls. The links of its rows keep the filter."""
    if page.walk is None or page.overlay is None:
        return {"body": "", "outline": ""}
    rows, plain = read_only(page.walk.tree), f'href="{escape(link_of(page.walk.tree))}'
    kept = f'href="{escape(link_of(page.walk.tree, show))}'
    return {"body": rows.body(page.overlay, show).replace(plain, kept), "outline": rows.outline(page.overlay)}

"""What the pages of the curriculum's health read, and the small repairs they offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap import editing
from roadmap.health.facts import facts
from roadmap.health.findings import ABOUT, Finding, Kind, Weight, examine
from roadmap.in_words import in_words
from roadmap.models import Roadmap, Topic
from tracker import link_checks
from tracker.models import LinkCheck, User

WEIGHTS = {Weight.ERROR: _lazy("error"), Weight.WARNING: _lazy("warning"), Weight.HINT: _lazy("hint")}
SHOWN = 20
"""Findings of a kind that the whole list shows."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class Group:
    kind: Kind
    weight: Weight
    heading: str
    about: str
    called: str
    """What a thing of this weight is called."""
    count: int
    shown: Sequence[Finding]

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class Health:
    groups: tuple[Group, ...]
    page: Page[Any] | None
    """Of `Finding`, when one kind was asked for."""
    errors: int
    links: int
    """Web addresses there are."""
    checked: int
    """Of them, how many were ever asked."""
    checked_at: datetime | None


def health(roadmaps: Sequence[Roadmap] | None = None, *, kind: str = "", page: str = "") -> Health:
    """Of these roadmaps, or of the whole curriculum (None). Nine queries, whatever the size.

    `kind` alone, in pages, when it names one; else the first few of each.
    """
    known = facts(link_checks.broken())
    found = examine(known)
    urls = link_checks.addresses(known)
    if roadmaps is not None:
        mine = {roadmap.pk for roadmap in roadmaps}
        found = [finding for finding in found if any(each.id in mine for each in finding.roadmaps)]
        urls = list(dict.fromkeys(url for key in mine for url in link_checks.addresses(known, key)))
    checks = LinkCheck.objects.filter(digest__in=[link_checks.digest(url) for url in urls])
    at = checks.aggregate(last=Max("at"))["last"]
    groups = []
    pages = None
    for each, findings in groupby(found, key=lambda finding: finding.kind):
        rows = list(findings)
        if not kind or kind not in set(Kind):
            groups.append(_group(each, rows, rows[:SHOWN]))
        elif each == kind:
            pages = Paginator(rows, PAGE).get_page(page)
            groups.append(_group(each, rows, list(pages)))
    errors = sum(finding.weight == Weight.ERROR for finding in found)
    return Health(tuple(groups), pages, errors, len(urls), checks.count(), at)


def _group(kind: Kind, found: Sequence[Finding], shown: Sequence[Finding]) -> Group:
    weight, heading, about = ABOUT[kind]
    return Group(kind, weight, in_words(heading), in_words(about), str(WEIGHTS[weight]), len(found), shown)


def link_addresses(roadmaps: Sequence[Roadmap] | None = None) -> list[str]:
    """Web addresses on these roadmaps, or on all (None). Six queries."""
    known = facts()
    if roadmaps is None:
        return link_checks.addresses(known)
    return list(dict.fromkeys(url for each in roadmaps for url in link_checks.addresses(known, each.pk)))


def _drop_need(topic: Topic, uid: UUID | None, by: str) -> str:
    requires = _required(uid)
    editing.remove_prerequisite(topic=topic, requires=requires, by=by)
    return _("“%(topic)s” no longer needs “%(requires)s”.") % {"topic": topic.title, "requires": requires.title}


def _accept_need(topic: Topic, uid: UUID | None, by: str) -> str:
    requires = _required(uid)
    editing.confirm_prerequisite(topic=topic, requires=requires, by=by)
    return _("“%(topic)s” needs “%(requires)s”: that is no guess any more.") % {
        "topic": topic.title,
        "requires": requires.title,
    }


def _required(uid: UUID | None) -> Topic:
    found = Topic.objects.filter(uid=uid).first() if uid else None
    if found is None:
        raise editing.RefusedEditError(_("Say which prerequisite it is about. Nothing was changed."))
    return found


def _retire(topic: Topic, _uid: UUID | None, by: str) -> str:
    editing.retire_topic(topic=topic, by=by)
    return _("“%(topic)s” is retired. What learners did on it is kept.") % {"topic": topic.title}


REPAIRS: dict[str, Callable[[Topic, UUID | None, str], str]] = {
    "drop_need": _drop_need,
    "accept_need": _accept_need,
    "retire": _retire,
}


def repair(*, act: str, topic: Topic, requires: UUID | None, by: User) -> str:
    """Do one of `REPAIRS`; a sentence that says what was done. Raise roadmap.apply.NotAppliedError or BusyError."""
    return REPAIRS[act](topic, requires, by.shown_name)

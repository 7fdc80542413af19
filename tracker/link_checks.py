"""Asking what the curriculum's addresses answer, when an editor wants to know, and keeping what they said."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.health import links
from roadmap.health.findings import Facts
from roadmap.models import Roadmap
from roadmap.sentences import recognised
from tracker import audit
from tracker.models import LinkCheck, User

AT_A_TIME = 40
"""Addresses that one press asks."""
SECONDS = 20.0
"""That one press takes at most."""
FRESH = timedelta(hours=1)
"""For so long an address is not asked again."""

_one_at_a_time = Lock()


class UnderWay(Exception):
    """Somebody checks links at the moment. Nothing was asked."""

    def __init__(self) -> None:
        super().__init__(_("Links are being checked already. Nothing was asked; try again in half a minute."))


@dataclass(frozen=True, slots=True)
class Checked:
    asked: int
    broken: int
    left: int
    """Addresses that were not asked yet, or longer ago than `FRESH`."""


def broken() -> dict[str, str]:
    """Address -> what it answered, of those that are known to be broken; a sentence where it can be said in another
    language. One query."""
    found = LinkCheck.objects.filter(outcome=LinkCheck.Outcome.BROKEN)
    return {url: recognised(said, links.SAID) or said for url, said in found.values_list("url", "said")}


def addresses(facts: Facts, roadmap: int | None = None) -> list[str]:
    """Web addresses of live topics and of sections, of one roadmap or of all, each once. No query."""
    homes = {section.id: section.roadmap for section in facts.sections}
    wanted = {key for key, home in homes.items() if roadmap in {None, home}}
    seated = {topic for section, topic in facts.seats if section in wanted}
    found = [url for topic in facts.topics if topic.id in seated and not topic.retired for url in topic.links]
    found += [url for section, url in facts.section_links if section in wanted]
    return list(dict.fromkeys(found))


def check_links(
    *,
    urls: Iterable[str],
    by: User,
    roadmap: Roadmap | None = None,
    ask: Callable[[str], links.Answer] = links.check,
) -> Checked:
    """Ask those that were asked longest ago, `AT_A_TIME` at most, and keep what they answered. Three queries.

    Takes up to `SECONDS`, in which no connection to the database is held. Raise UnderWay. Not inside a transaction.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise UnderWay
    try:
        wanted = {digest(url): url for url in urls}
        known = dict(LinkCheck.objects.filter(digest__in=wanted).values_list("digest", "at"))
        asked_at = {bytes(one): at for one, at in known.items()}
        old = timezone.now() - FRESH
        due = [one for one in wanted if one not in asked_at or asked_at[one] < old]
        due.sort(key=lambda one: (one in asked_at, asked_at.get(one, old)))
        if not connection.in_atomic_block:
            connection.close()
        answers = links.check_all([wanted[one] for one in due[:AT_A_TIME]], seconds=SECONDS, ask=ask)
        _keep(answers, by, roadmap)
    finally:
        _one_at_a_time.release()
    wrong = sum(answer.outcome == links.BROKEN for answer in answers.values())
    return Checked(len(answers), wrong, len(due) - len(answers))


def _keep(answers: dict[str, links.Answer], by: User, roadmap: Roadmap | None) -> None:
    now = timezone.now()
    rows = [
        LinkCheck(digest=digest(url), url=url, outcome=answer.outcome, said=answer.said[:200], at=now)
        for url, answer in sorted(answers.items())
    ]
    with transaction.atomic():
        LinkCheck.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["digest"], update_fields=["outcome", "said", "at"]
        )
        if rows:
            detail = {"links": len(rows)}
            title = roadmap.title if roadmap else "all roadmaps"
            audit.record(by=by, verb="check_links", of=roadmap, kind="roadmap", title=title, detail=detail)


def digest(url: str) -> bytes:
    """By which an address is found; addresses are longer than an index takes."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()

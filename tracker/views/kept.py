"""What a page that has a script says of a check-off or a step besides the state: when it was done, what the page showed
then, and whose page it was. So an act that was kept on a device comes with its time, and never overwrites a newer one
unsaid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from roadmap.models import Roadmap, Topic
from tracker import progress
from tracker.models import User
from tracker.row_words import WORDS
from tracker.time_zones import zone_of
from tracker.views.answers import Change, refused, refused_as_it_is

LATE = 15_000
"""Milliseconds from which on an act was kept rather than slow: it asks before it sets what was changed meanwhile. Of
one that comes at once, the answer says what it replaced."""
LONGEST = 30 * 24 * 3600 * 1000
"""The farthest back that an act may lie; one that lies farther has this time."""


def age_of(sent: QueryDict) -> int:
    """Milliseconds since it was done: 0 for what is no age, never more than LONGEST."""
    said = sent.get("age", "")
    return min(int(said), LONGEST) if said.isdecimal() and len(said) < 16 else 0


def is_of_another(person: User, sent: QueryDict) -> bool:
    """The act names its person, and it is not who asks; a page without a script, or a visitor's, names none."""
    return sent.get("person", "") not in {"", str(person.pk)}


def not_theirs(request: HttpRequest, asked: dict[str, Any], topic: Topic) -> HttpResponse:
    """403: the page was that of somebody else, who was signed in here before."""
    said = _("This page belongs to somebody else who was signed in here. Nothing was changed.")
    return refused(request, said, 403, asked, topic=topic)


def told(said: SafeString, person: User, outcome: progress.Outcome, age: int, saw: str) -> SafeString:
    """`Soil: done.`, and what was replaced where the page showed something older than that."""
    if age == LONGEST:
        said = format_html("{} {}", said, _("It is dated 30 days back, the longest that a device may keep it."))
    if not saw or outcome.replayed or outcome.since is None or outcome.was in {saw, outcome.now}:
        return said
    replaced = _("It was set to %(state)s on %(when)s, which this page did not show.")
    return format_html("{} {}", said, replaced % {"state": WORDS[outcome.was], "when": when(person, outcome.since)})


def newer(
    request: HttpRequest,
    error: progress.Newer,
    asked: dict[str, Any],
    topic: Topic,
    roadmap: Roadmap | None,
    *,
    name: str = "",
) -> HttpResponse:
    """409, with what is set and since when; the script asks which of the two to keep. `name` is that of the step, where
    it is about one."""
    assert isinstance(request.user, User)  # noqa: S101  (for the type checker; nobody else has acts)
    done = timezone.now() - timedelta(milliseconds=age_of(request.POST))
    said = _(
        "“%(topic)s” was set to %(now)s on %(since)s, on another page or device. "
        "Here you set it to %(state)s on %(at)s."
    )
    words = said % {
        "topic": name or topic.title,
        "now": WORDS[error.now],
        "since": when(request.user, error.since or done),
        "state": WORDS[asked["state"]],
        "at": when(request.user, done),
    }
    return refused_as_it_is(request, request.user, Change(topic, words), now=error.now, asked=asked, roadmap=roadmap)


def when(person: User, moment: datetime) -> str:
    """A moment in the person's time zone, to the minute."""
    local = timezone.localtime(moment, zone_of(person))
    return date_format(local, "j F Y, H:i")

"""Check-offs without an account: they wait in the session and are done in the request that signs in or up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Roadmap, Topic
from tracker import access, languages, progress
from tracker.check_off import check_off
from tracker.models import User
from tracker.row_words import words_of

KEY = "check_offs"
FORMER_KEY = "check_off"
"""Of the one that a session kept before it kept all of them."""
MOST = 200
"""Kept of one visitor; beyond, the oldest is let go."""
NAMED = 3
"""Topics that the message names; the others are counted."""


@dataclass(frozen=True, slots=True)
class _Done:
    topic: Topic
    place: str
    said: SafeString
    operation: UUID


def let_wait(request: HttpRequest, topic: Topic, asked: dict[str, Any]) -> str:
    """Keep the intent; return where it was done. A later one for the same topic replaces it."""
    wanted = {
        "topic": topic.slug,
        "title": topic.title,
        "state": asked["state"],
        "operation": str(asked["operation"]),
        "roadmap": asked.get("roadmap") or "",
        "person": request.POST.get("person", ""),
    }
    others = [waiting for waiting in request.session.get(KEY, ()) if waiting["topic"] != topic.slug]
    request.session[KEY] = [*others, wanted][-MOST:]
    return _place(topic, wanted["roadmap"])


def states_that_wait(request: HttpRequest) -> dict[str, str]:
    """Slug of a topic -> the state that it gets with signing in."""
    return {waiting["topic"]: waiting["state"] for waiting in request.session.get(KEY, ())}


def note_of_what_waits(request: HttpRequest) -> str:
    """For a page that does not show the states themselves: safe HTML, empty where nothing waits."""
    if request.user.is_authenticated or not request.session.get(KEY):
        return ""
    return render_to_string("account/snippets/_waiting.html", request=request)


def do_what_waits(request: HttpRequest, user: User) -> str | None:
    """Carry the intents out, in their order, and say so; return the page to land on: where the last one was done. None
    when nothing waited, or nothing of it is there any more."""
    former = request.session.pop(FORMER_KEY, None)
    waiting = [*([former] if former else []), *request.session.pop(KEY, ())]
    done: list[_Done] = []
    place = None
    for intent in waiting:
        if intent.get("person") not in {None, "", str(user.pk)}:
            continue  # it was done on the page of somebody else, whose session had ended
        try:
            topic = access.topic_for_progress(user, intent["topic"])
            place = _place(topic, intent["roadmap"])
            done.append(_carry_out(user, topic, place, intent))
        except (Http404, access.MovedError):
            gone = format_html(_("“{}” is no longer there, so nothing was checked off."), intent["title"])
            messages.warning(request, gone)
        except progress.ProgressError as error:
            messages.warning(request, str(error))
    if len(done) == 1:
        messages.success(request, done[0].said, extra_tags=str(done[0].operation))
    elif done:
        messages.success(request, _all_said(done))
    return place


def _carry_out(user: User, topic: Topic, place: str, intent: dict[str, str]) -> _Done:
    """Raise ProgressError."""
    operation = UUID(intent["operation"])
    roadmap = _roadmap(user, intent["roadmap"])
    outcome = check_off(learner=user, topic=topic, state=intent["state"], operation=operation, roadmap=roadmap)
    state = words_of(languages.current()).states[outcome.now]
    return _Done(topic, place, format_html("<bdi>{}</bdi>: {}.", topic.title, state), operation)


def _all_said(done: list[_Done]) -> SafeString:
    titles = format_html_join(", ", "<bdi>{}</bdi>", ((one.topic.title,) for one in done[:NAMED]))
    more = len(done) - NAMED
    said = _("What you checked off before you signed in is saved:")
    rest = ngettext("and %(n)s more topic", "and %(n)s more topics", more) % {"n": more} if more > 0 else ""
    return format_html("{} {}{}.", said, titles, f" {rest}" if rest else "")


def _roadmap(user: User, slug: str) -> Roadmap | None:
    try:
        return access.roadmap_for_reading(user, slug) if slug else None
    except Http404:
        return None


def _place(topic: Topic, roadmap: str) -> str:
    return f"{reverse('roadmap', args=[roadmap])}#t{topic.pk}" if roadmap else reverse("topic", args=[topic.slug])

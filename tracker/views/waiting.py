"""A check-off without an account: it waits in the session and is done in the request that signs in or up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from roadmap.models import Roadmap, Topic
from tracker import access, progress
from tracker.check_off import check_off
from tracker.models import User
from tracker.row_words import WORDS

KEY = "check_off"


def let_wait(request: HttpRequest, topic: Topic, asked: dict[str, Any]) -> str:
    """Keep the intent; return where it was done. A later one replaces it: one click, one topic."""
    request.session[KEY] = {
        "topic": topic.slug,
        "title": topic.title,
        "state": asked["state"],
        "operation": str(asked["operation"]),
        "roadmap": asked.get("roadmap") or "",
        "person": request.POST.get("person", ""),
    }
    return _place(topic, asked.get("roadmap") or "")


def do_what_waits(request: HttpRequest, user: User) -> str | None:
    """Carry the intent out and say so; return the page to land on, None when nothing waited."""
    waiting = request.session.pop(KEY, None)
    if not waiting or waiting.get("person") not in {None, "", str(user.pk)}:
        return None  # it was done on the page of somebody else, whose session had ended
    try:
        topic = access.topic_for_progress(user, waiting["topic"])
        roadmap = _roadmap(user, waiting["roadmap"])
        operation = UUID(waiting["operation"])
        outcome = check_off(learner=user, topic=topic, state=waiting["state"], operation=operation, roadmap=roadmap)
    except (Http404, access.MovedError):
        messages.warning(request, format_html("“{}” is no longer there, so nothing was checked off.", waiting["title"]))
        return None
    except progress.ProgressError as error:
        messages.warning(request, str(error))
        return _place(topic, waiting["roadmap"])
    said = format_html("<bdi>{}</bdi>: {}.", topic.title, WORDS[outcome.now])
    messages.success(request, said, extra_tags=str(operation))
    return _place(topic, waiting["roadmap"])


def _roadmap(user: User, slug: str) -> Roadmap | None:
    try:
        return access.roadmap_for_reading(user, slug) if slug else None
    except Http404:
        return None


def _place(topic: Topic, roadmap: str) -> str:
    return f"{reverse('roadmap', args=[roadmap])}#t{topic.pk}" if roadmap else reverse("topic", args=[topic.slug])

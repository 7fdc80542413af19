"""What one topic requires: look for it, see what it would lock and which loop it would close, say it, take it away."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError, PrerequisiteLoopError
from roadmap.locks import BusyError
from roadmap.models import Edit, Roadmap, Topic
from roadmap.past.history import said_of
from roadmap.publishing.desk import open_draft
from roadmap.studio import one_topic
from tracker import access, topic_editing, writing
from tracker.views.cohorts.common import person
from tracker.views.studio.topic import NO_ROADMAP, asked

MOST_REASON = 500


@require_safe
def topic_needs(request: HttpRequest, slug: str) -> HttpResponse:
    """`?q=`: topics that it could require. `?roadmap=` as on the topic's own page. A former slug redirects."""
    try:
        topic = access.topic_by_slug_for_editing(request.user, slug)
    except access.MovedError as moved:
        return redirect(f"{reverse('topic_needs', args=[moved.slug])}?{request.GET.urlencode()}")
    return _page(request, topic, words=request.GET.get("q", ""))


@require_POST
def set_need(request: HttpRequest, slug: str) -> HttpResponse:
    """`requires`: slug; `reason`; `beside`: uid of another prerequisite that this one is an alternative of."""
    reason = " ".join(request.POST.get("reason", "").split())
    try:
        beside = uuid.UUID(request.POST["beside"]) if request.POST.get("beside") else None
    except ValueError:
        beside = None
    if len(reason) > MOST_REASON:
        topic = access.topic_by_slug_for_editing(request.user, slug)
        said = _("A reason has at most %(most)s characters. Nothing was changed.") % {"most": MOST_REASON}
        return _page(request, topic, words=request.POST.get("q", ""), status=422, refused=said, reason=reason)

    def act(topic: Topic, roadmap: Roadmap, requires: Topic) -> Edit | None:
        return one_topic.set_need(
            topic=topic, roadmap=roadmap, requires=requires, reason=reason, beside=beside, asked=asked(request)
        )

    return _done(request, slug, act)


@require_POST
def remove_need(request: HttpRequest, slug: str) -> HttpResponse:
    """`requires`: slug of what is required no longer."""

    def act(topic: Topic, roadmap: Roadmap, requires: Topic) -> Edit | None:
        return one_topic.remove_need(topic=topic, roadmap=roadmap, requires=requires, asked=asked(request))

    return _done(request, slug, act)


@require_POST
def need_as_noted(request: HttpRequest, slug: str) -> HttpResponse:
    """`requires`: slug of what is to be required as the notes say."""

    def act(topic: Topic, roadmap: Roadmap, requires: Topic) -> Edit | None:
        return one_topic.need_as_noted(topic=topic, roadmap=roadmap, requires=requires, asked=asked(request))

    return _done(request, slug, act)


def _done(request: HttpRequest, slug: str, act: Callable[[Topic, Roadmap, Topic], Edit | None]) -> HttpResponse:
    try:
        topic = access.topic_by_slug_for_editing(request.user, slug)
    except access.MovedError as moved:
        topic = access.topic_by_slug_for_editing(request.user, moved.slug)
    try:
        requires = access.topic_for_reading(person(request), request.POST.get("requires", ""))
    except (Http404, access.MovedError):
        return _page(request, topic, status=422, refused=_("Choose a topic from the list. Nothing was changed."))
    roadmap = topic_editing.roadmap_of(topic, request.POST.get("roadmap", ""))
    if roadmap is None:
        return _page(request, topic, status=409, refused=NO_ROADMAP)
    try:
        edit = act(topic, roadmap, requires)
    except PrerequisiteLoopError as error:
        loop = {"titles": error.titles, "requires": requires}
        return _page(request, topic, status=409, loop=loop, words=request.POST.get("q", ""))
    except (NotAppliedError, BusyError) as error:
        return _page(request, topic, status=409, refused=str(error), words=request.POST.get("q", ""))
    messages.success(request, _("%(said)s.") % {"said": said_of(edit)} if edit else _("It was so already."))
    where = reverse("topic_needs", args=[topic.slug])
    return HttpResponseRedirect(f"{where}?{urlencode({'roadmap': roadmap.slug})}", status=303)


def _page(request: HttpRequest, topic: Topic, *, words: str = "", status: int = 200, **more: Any) -> HttpResponse:
    """Twenty-four queries at most, however many topics there are."""
    roadmap = topic_editing.roadmap_of(topic, request.POST.get("roadmap", request.GET.get("roadmap", "")))
    draft = open_draft(roadmap) if roadmap is not None else None
    plain = topic_editing.plain_topic(topic, roadmap)
    groups, gone = topic_editing.needs_of(plain)
    context = {
        "topic": topic_editing.shown_as(topic, plain, draft),
        "draft": draft,
        "roadmap": roadmap,
        "groups": groups,
        "gone": gone,
        "unmet": topic.unmet,
        "writes": writing.offered(request.user, topic),
        "words": words,
        "found": topic_editing.candidates(request.user, topic, words, plain, draft),
        "operation": uuid.uuid4(),
    }
    return render(request, "studio/topic_needs.html", context | more, status=status)

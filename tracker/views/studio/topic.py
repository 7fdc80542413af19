"""The form of one topic: what editors see of it, save, and look at before."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.locks import BusyError
from roadmap.models import Topic
from roadmap.past.history import said_of
from roadmap.studio import one_topic, rendered
from roadmap.studio.doing import Asked
from roadmap.studio.fields import plain
from roadmap.studio.unmerging import merge_of
from tracker import access, same_topics, topic_editing, topic_forms, writing
from tracker.topic_forms import LABELS, TopicForm, Typed
from tracker.views import answers
from tracker.views.cohorts.common import person

NO_ROADMAP = _lazy("This topic stands on no roadmap, so there is nowhere to record the change. Give it a place first.")
NOT_OURS = _lazy(
    "The form came without what it showed, so nothing can be compared. Nothing was saved; what you typed is below."
)


@require_safe
def studio_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """`?roadmap=`: where one came from, and where undo finds what is done here. A former slug redirects."""
    try:
        topic = access.topic_by_slug_for_editing(request.user, slug)
    except access.MovedError as moved:
        return redirect(_place(moved.slug, request.GET.get("roadmap", "")))
    return _page(request, topic)


@require_POST
def save_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """All fields at once; `drop` names one that is to be as the notes say. 409 with both versions when somebody changed
    the topic since, 422 when something cannot be stored: what was typed comes back with either."""
    topic = _topic(request, slug)
    typed, form = topic_forms.typed(request.POST), TopicForm(request.POST)
    if not typed.check(form) or not typed.seen:
        return _page(request, topic, typed, status=422, refused="" if typed.errors else NOT_OURS)
    roadmap = topic_editing.roadmap_of(topic, request.POST.get("roadmap", ""))
    if roadmap is None:
        return _page(request, topic, typed, status=409, refused=NO_ROADMAP)
    theirs = [name for name in LABELS if request.POST.get(f"keep_{name}") == "theirs"]
    drop = request.POST.get("drop", "")
    try:
        edit = one_topic.edit_topic(
            topic=topic,
            roadmap=roadmap,
            wanted=typed.wanted(form, without=theirs),
            seen=typed.seen,
            drop=drop,
            asked=asked(request),
        )
    except one_topic.TopicChangedError as error:
        return _conflict(request, topic, typed, error)
    except (NotAppliedError, BusyError) as error:
        return _page(
            request, topic, typed, status=409, refused=_("%(error)s What you typed is below.") % {"error": error}
        )
    messages.success(
        request,
        _("Saved. %(said)s.") % {"said": said_of(edit)} if edit else _("Nothing was changed, so nothing was saved."),
    )
    topic.refresh_from_db(fields=["slug"])
    return HttpResponseRedirect(_place(topic.slug, roadmap.slug), status=303)


@require_POST
def preview_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """The text as learners will read it. Nothing is stored. Without htmx the whole page, with what was typed."""
    topic = _topic(request, slug)
    body = plain(request.POST.get("body", ""))[: topic_forms.BODY]
    roadmap = topic_editing.roadmap_of(topic, request.POST.get("roadmap", ""))
    found = replace(topic_editing.plain_topic(topic, roadmap), body=body)
    html, problems = rendered.preview(topic.source_id, found)
    shown: dict[str, Any] = {"body": html, "problems": problems, "previewed": True}
    if answers.is_htmx(request):
        return render(request, "studio/_preview.html", shown)
    return _page(request, topic, topic_forms.typed(request.POST), **shown)


@require_POST
def part_topics(request: HttpRequest, slug: str) -> HttpResponse:
    """Part a topic from the one that it was merged into; whoever edits both may."""
    topic = _topic(request, slug)
    if topic.replaced_by is not None:
        access.topic_for_editing(request.user, topic.replaced_by.uid)
    try:
        edit = same_topics.unmerge(gone=topic, by=person(request), asked=asked(request))
    except (NotAppliedError, BusyError) as error:
        return _page(request, topic, status=409, refused=str(error))
    messages.success(request, _("%(said)s. Everybody has on each what they did on it.") % {"said": said_of(edit)})
    return HttpResponseRedirect(_place(topic.slug, request.POST.get("roadmap", "")), status=303)


@require_safe
def studio_titles(request: HttpRequest) -> HttpResponse:
    """`?q=`: topics by what they are called, as wiki links; `?topic=`: those that the text of that one can link to."""
    access.require_some_editing(request.user)
    words, slug = request.GET.get("q", ""), request.GET.get("topic", "")
    source: int | bool | None = _topic(request, slug).source_id if slug else True
    found = topic_editing.find(request.user, words, source=source)[: topic_editing.FOUND]
    return render(request, "studio/studio_titles.html", {"words": words, "found": found, "slug": slug})


def asked(request: HttpRequest) -> Asked:
    """Who asks. The operation id is the page's, so that the same form sent twice is one act."""
    user = person(request)
    try:
        operation = uuid.UUID(request.POST.get("operation", ""))
    except ValueError:
        operation = None
    return one_topic.asked_by(name=user.shown_name, key=user.pk, operation=operation)


def _topic(request: HttpRequest, slug: str) -> Topic:
    """By a former address, too: a form that was opened before it changed is not lost."""
    try:
        return access.topic_by_slug_for_editing(request.user, slug)
    except access.MovedError as moved:
        return access.topic_by_slug_for_editing(request.user, moved.slug)


def _place(slug: str, roadmap: str) -> str:
    where = reverse("studio_topic", args=[slug])
    return f"{where}?{urlencode({'roadmap': roadmap})}" if roadmap else where


def _conflict(request: HttpRequest, topic: Topic, typed: Typed, error: one_topic.TopicChangedError) -> HttpResponse:
    """409: what somebody else changed, beside what was typed. What only they touched is taken over."""
    now = topic_forms.stored(error.now)
    touched = typed.touched()
    typed.take(now, [name for name in error.names if name not in touched])
    theirs, mine = now.shown(), typed.shown()
    rows = [(name, LABELS[name], theirs[name], mine[name], name in touched) for name in error.names]
    typed.seen = now.seen
    topic.refresh_from_db()
    return _page(request, topic, typed, status=409, conflict={"rows": rows, "last": error.last})


def _page(
    request: HttpRequest, topic: Topic, typed: Typed | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    roadmap = topic_editing.roadmap_of(topic, request.POST.get("roadmap", request.GET.get("roadmap", "")))
    page = topic_editing.topic_page(topic, roadmap)
    topic = topic_editing.shown_as(topic, page.plain, page.draft)
    groups, gone = topic_editing.needs_of(page.plain)
    context = {
        "topic": topic,
        "page": page,
        "draft": page.draft,
        "roadmap": roadmap,
        "typed": typed or topic_forms.stored(page.plain),
        "unsaved": typed is not None,
        "needs": groups,
        "needs_gone": gone,
        "kinds": topic_forms.KINDS,
        "labels": LABELS,
        "merged": merge_of(topic),
        "writes": writing.offered(request.user, topic),
        "operation": uuid.uuid4(),
        "body": topic.body_html,
    }
    return render(request, "studio/studio_topic.html", context | more, status=status)

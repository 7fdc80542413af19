"""What a learner keeps for themselves: a note and links on each topic, and the page of all of them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roadmap.models import Topic
from tracker import access, acts, own_access
from tracker.act_forms import LinkForm, NoteForm
from tracker.acts.noting import version
from tracker.forms import AnswerForm, SearchForm
from tracker.models import User
from tracker.own_notes import notebook, told
from tracker.talk import own_talk
from tracker.views.answers import Change, asked_roadmap, changed, is_htmx, not_understood, refused
from tracker.views.cohorts.common import person
from tracker.views.compressed import compressed


@require_safe
@compressed
def own_notes(request: HttpRequest) -> HttpResponse:
    """`?q=` words, `?page=`, `?show=removed`: the notes that can be brought back."""
    query, page = SearchForm(request.GET).asked()
    removed = request.GET.get("show") == "removed"
    book = notebook(person(request), query=query, page=page, removed=removed)
    asked = {name: value for name, value in (("q", query), ("show", "removed" if removed else "")) if value}
    turn = {number: f"?{urlencode(asked | {'page': number})}" for number in (book.page - 1, book.page + 1)}
    context = {
        "book": book,
        "query": query,
        "removed": removed,
        "previous": turn[book.page - 1] if book.page > 1 else "",
        "next": turn[book.page + 1] if book.page < book.pages else "",
    }
    return render(request, "notes/own_notes.html", context)


@require_safe
@compressed
def own_note(request: HttpRequest, slug: str) -> HttpResponse:
    """What is kept on one topic, on a page of its own: for a topic that is gone the only one."""
    learner, topic = _own(request, slug)
    return _page(request, learner, topic)


@require_POST
def write_note(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own note on a topic, and whether one's mentors may read it. What is refused comes back with the text."""
    learner, topic = _own(request, slug)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    asked = form.cleaned_data
    try:
        note = acts.write_note(
            learner=learner, topic=topic, text=asked["text"], shared=asked["shared"], seen=asked["seen"]
        )
    except acts.NoteChanged as error:
        return _clash(request, learner, topic, asked, error)
    except acts.ActError as error:
        if is_htmx(request):
            return refused(request, str(error), error.status, asked, topic=topic)
        return _page(request, learner, topic, status=error.status, typed=asked, error=str(error))
    if note is None:
        return _answer(request, learner, topic, asked, _("Your note on %(topic)s is gone. It can be brought back."))
    who = _("Your mentors can read it.") if note.shared else _("Only you can read it.")
    return _answer(request, learner, topic, asked, _("Your note on %(topic)s is saved.") + f" {who}")


@require_POST
def preview_note(request: HttpRequest, slug: str) -> HttpResponse:
    """The text as it would look. Saves nothing."""
    learner, topic = _own(request, slug)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    body, why = told(learner, form.cleaned_data["text"])
    shown: dict[str, Any] = {"previewed": True, "body": body, "refused": why}
    if is_htmx(request):
        return render(request, "notes/_preview.html", shown)
    return _page(request, learner, topic, typed=form.cleaned_data, seen=form.cleaned_data["seen"], **shown)


@require_POST
def restore_note(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring back the note that was removed."""
    learner, topic = _own(request, slug)
    form = AnswerForm(request.POST)
    form.is_valid()
    try:
        acts.restore_note(learner=learner, topic=topic)
    except acts.ActError as error:
        return refused(request, str(error), error.status, form.cleaned_data, topic=topic)
    return _answer(request, learner, topic, form.cleaned_data, _("Your note on %(topic)s is back."))


@require_POST
def add_resource(request: HttpRequest, slug: str) -> HttpResponse:
    """A link of one's own on a topic."""
    learner, topic = _own(request, slug)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    asked = form.cleaned_data
    try:
        acts.add_resource(learner=learner, topic=topic, title=asked["title"], url=asked["url"], kind=asked["kind"])
    except acts.ActError as error:
        if is_htmx(request):
            return refused(request, str(error), error.status, asked, topic=topic)
        return _page(request, learner, topic, status=error.status, said=str(error), link=asked)
    return _answer(request, learner, topic, asked, _("Your link on %(topic)s is kept. Only you see it."))


@require_POST
def remove_resource(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Remove a link of one's own. One that is gone, or never was, is gone."""
    learner, topic = _own(request, slug)
    form = AnswerForm(request.POST)
    form.is_valid()
    acts.remove_resource(learner=learner, topic=topic, pk=pk)
    return _answer(request, learner, topic, form.cleaned_data, _("The link on %(topic)s is removed."))


def _own(request: HttpRequest, slug: str) -> tuple[User, Topic]:
    """A former slug is followed: pages were open when it changed."""
    learner = person(request)
    try:
        return learner, own_access.topic_for_noting(learner, slug)
    except access.MovedError as moved:
        return learner, own_access.topic_for_noting(learner, moved.slug)


def _answer(request: HttpRequest, learner: User, topic: Topic, asked: dict[str, Any], said: str) -> HttpResponse:
    """`said` has a place for the topic. The open topic anew, or what is kept on it."""
    told_so = format_html(said.replace("%(topic)s", "{}"), format_html("<bdi>{}</bdi>", topic.title))
    if is_htmx(request) and not asked.get("panel"):
        context = _context(learner, topic) | {"topic": topic, "said": told_so, "back": asked.get("next")}
        return render(request, "notes/_saved.html", context)
    return changed(request, learner, Change(topic=topic, said=told_so), asked, asked_roadmap(learner, asked))


def _clash(
    request: HttpRequest, learner: User, topic: Topic, asked: dict[str, Any], error: acts.NoteChanged
) -> HttpResponse:
    """409: the note as it stands beside what was written. The next save is made over what is shown now."""
    if is_htmx(request):
        context = {"said": str(error), "refused": True, "clash": error, "version": version(error.note)}
        return render(request, "notes/_refused.html", context, status=error.status)
    return _page(request, learner, topic, status=error.status, said=str(error), clash=error, typed=asked)


def _page(request: HttpRequest, learner: User, topic: Topic, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"topic": topic} | _context(learner, topic) | more
    if typed := more.get("typed"):
        context["here"] = typed["next"] or context["here"]
    with suppress(Http404, access.MovedError):
        context["readable"] = access.topic_for_reading(learner, topic.slug)
    return render(request, "notes/own_note.html", context, status=status)


def _context(learner: User, topic: Topic) -> dict[str, Any]:
    """What is kept on the topic, for its page. One query, two for a note with wiki links."""
    return {"talk": own_talk(learner, topic, None), "here": reverse("own_note", args=[topic.slug])}

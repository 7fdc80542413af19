"""What a learner does beside checking off: asks for help, writes comments, hands in, takes back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from roadmap.models import Topic
from tracker import access, acts
from tracker.act_forms import EvidenceForm, ShortTextForm, TakeBackForm, TextForm
from tracker.acts.taking_back import LEARNERS_KINDS
from tracker.acts.vouching import About
from tracker.learner_page import target_of
from tracker.models import User
from tracker.views.answers import Change, asked_roadmap, changed, not_understood, refused


@require_POST
def ask_for_help(request: HttpRequest, slug: str) -> HttpResponse:
    """ "I'm stuck", with a line of text."""
    learner, topic = _own(request, slug)
    form = ShortTextForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    asked = form.cleaned_data
    roadmap = asked_roadmap(learner, asked)
    try:
        acts.ask_for_help(
            learner=learner, topic=topic, text=asked["text"], operation=asked["operation"], roadmap=roadmap
        )
    except acts.ActError as error:
        return refused(request, str(error), error.status, asked, topic=topic)
    said = format_html(_("Your mentors see that you are stuck on <bdi>{}</bdi>."), topic.title)
    return changed(request, learner, Change(topic=topic, said=said), asked, roadmap)


@require_POST
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """A line in the thread that one's mentors read."""
    learner, topic = _own(request, slug)
    form = TextForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    asked = form.cleaned_data
    try:
        acts.comment(learner=learner, topic=topic, by=learner, text=asked["text"], operation=asked["operation"])
    except acts.ActError as error:
        return refused(request, str(error), error.status, asked, topic=topic)
    said = format_html(_("Your comment on <bdi>{}</bdi> is there."), topic.title)
    return _answer(request, learner, topic, asked, said)


@require_POST
def hand_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Show something for a sign-off of the topic, or of a module that it stands in."""
    learner, topic = _own(request, slug)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    asked = form.cleaned_data
    roadmap = access.roadmap_for_reading(learner, asked["roadmap"])
    target, section = target_of(roadmap, asked["about"])
    if target is None and section is None:
        raise Http404("No such topic or module.")
    about = About(roadmap, target, section)
    try:
        acts.hand_in(learner=learner, about=about, text=asked["text"], url=asked["url"], operation=asked["operation"])
    except acts.ActError as error:
        return refused(request, str(error), error.status, asked, topic=topic)
    said = format_html(_("Handed in for <bdi>{}</bdi>. Your mentors see it."), about.title)
    return _answer(request, learner, topic, asked, said)


@require_POST
def take_back_own(request: HttpRequest, slug: str) -> HttpResponse:
    """A comment, a request for help or something handed in, taken back by the learner."""
    learner, topic = _own(request, slug)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    asked = form.cleaned_data
    if asked["kind"] not in LEARNERS_KINDS:
        raise Http404("No such act of a learner.")
    try:
        acts.take_back(kind=asked["kind"], operation=asked["operation"], learner=learner, by=learner)
    except acts.Unknown as error:
        raise Http404(str(error)) from None
    except acts.ActError as error:
        return refused(request, str(error), error.status, asked, topic=topic)
    return _answer(request, learner, topic, asked, _("Taken back."))


def _own(request: HttpRequest, slug: str) -> tuple[User, Topic]:
    """The middleware lets in who is signed in. A former slug is followed: pages were open when it changed."""
    assert isinstance(request.user, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    try:
        return request.user, access.topic_for_progress(request.user, slug)
    except access.MovedError as moved:
        return request.user, access.topic_for_progress(request.user, moved.slug)


def _answer(request: HttpRequest, learner: User, topic: Topic, asked: dict[str, Any], said: str) -> HttpResponse:
    return changed(request, learner, Change(topic=topic, said=said), asked, asked_roadmap(learner, asked))

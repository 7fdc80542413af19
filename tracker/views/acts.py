"""The acts of a mentor for a learner of their cohort. Each is one verb of `tracker.acts`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tracker import access, acts, progress
from tracker.act_forms import (
    ShortTextForm,
    SignOffForm,
    StateActForm,
    TakeBackForm,
    TargetForm,
    TextForm,
)
from tracker.acts.vouching import About
from tracker.learner_page import target_of
from tracker.models import User
from tracker.row_words import WORDS
from tracker.views.act_answers import At, Done, acted, misunderstood, not_acted

REFUSALS = (acts.ActError, progress.ProgressError)


@require_POST
def waive(request: HttpRequest, slug: str, pk: int, topic: str) -> HttpResponse:
    """The topic counts as done, for a reason."""
    at = _at(request, slug, pk)
    found = access.topic_of_cohort(at.person, at.cohort, topic)
    form = StateActForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    try:
        acts.waive(cohort=at.cohort, learner=at.learner, topic=found, by=at.person, **_state(asked))
    except REFUSALS as error:
        return _refused(at, asked, error)
    said = format_html(_("<bdi>{}</bdi> is waived for <bdi>{}</bdi>."), found.title, at.learner.shown_name)
    return acted(at, asked, Done(said, "event", asked["operation"]))


@require_POST
def reopen(request: HttpRequest, slug: str, pk: int, topic: str) -> HttpResponse:
    """What was done or waived is open again, for a reason."""
    at = _at(request, slug, pk)
    found = access.topic_of_cohort(at.person, at.cohort, topic)
    form = StateActForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    try:
        outcome = acts.reopen(cohort=at.cohort, learner=at.learner, topic=found, by=at.person, **_state(asked))
    except REFUSALS as error:
        return _refused(at, asked, error)
    said = format_html(_("<bdi>{}</bdi> is open again: {}."), found.title, WORDS[outcome.now])
    return acted(at, asked, Done(said, "event", asked["operation"]))


@require_POST
def comment_as_mentor(request: HttpRequest, slug: str, pk: int, topic: str) -> HttpResponse:
    """A line in the thread of this learner and topic."""
    at = _at(request, slug, pk)
    found = access.topic_of_cohort(at.person, at.cohort, topic)
    form = TextForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    try:
        what = {name: asked[name] for name in ("text", "operation")}
        acts.comment(learner=at.learner, topic=found, by=at.person, cohort=at.cohort, **what)
    except REFUSALS as error:
        return _refused(at, asked, error)
    said = format_html(_("Your comment on <bdi>{}</bdi> is there."), found.title)
    return acted(at, asked, Done(said, "comment", asked["operation"]))


@require_POST
def answer_help(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer a request for help."""
    person = _person(request)
    cohort = access.cohort_for_mentor(person, slug)
    found = access.help_request_of_cohort(person, cohort, pk)
    at = At(request, person, cohort, _not_oneself(person, found.learner))
    form = TextForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    try:
        acts.answer_help(cohort=cohort, request=found, by=person, text=asked["text"])
    except REFUSALS as error:
        return _refused(at, asked, error)
    said = format_html(_("<bdi>{}</bdi> has your answer."), at.learner.shown_name)
    return acted(at, asked, Done(said, "answer", found.operation))


@require_POST
def sign_off(request: HttpRequest, slug: str, pk: int, roadmap: str) -> HttpResponse:
    """Vouch for a topic or a module of a roadmap that wants it."""
    at = _at(request, slug, pk)
    assigned = access.roadmap_of_cohort(at.person, at.cohort, roadmap)
    form = SignOffForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    topic, section = target_of(assigned.roadmap, asked["about"])
    if topic is None and section is None:
        raise Http404("No such topic or module.")
    about = About(assigned.roadmap, topic, section)
    fields = {name: asked[name] for name in ("note", "evidence", "operation")}
    try:
        acts.sign_off(cohort=at.cohort, learner=at.learner, about=about, by=at.person, **fields)
    except REFUSALS as error:
        return _refused(at, asked, error)
    said = format_html(_("<bdi>{}</bdi> is signed off for <bdi>{}</bdi>."), about.title, at.learner.shown_name)
    return acted(at, asked, Done(said, "sign-off", asked["operation"]))


@require_POST
def nudge(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A short message by e-mail, a minute from now."""
    at = _at(request, slug, pk)
    form = ShortTextForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    try:
        acts.nudge(cohort=at.cohort, learner=at.learner, by=at.person, text=asked["text"], operation=asked["operation"])
    except REFUSALS as error:
        return _refused(at, asked, error)
    name = at.learner.shown_name
    said = format_html(_("<bdi>{}</bdi> sees your nudge now, and by e-mail in a minute unless they muted those."), name)
    return acted(at, asked, Done(said, "nudge", asked["operation"]))


@require_POST
def set_target(request: HttpRequest, slug: str, pk: int, roadmap: str) -> HttpResponse:
    """A date of this learner's own on a roadmap, or none for them."""
    at = _at(request, slug, pk)
    assigned = access.roadmap_of_cohort(at.person, at.cohort, roadmap)
    form = TargetForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    day = None if asked["none"] == "yes" else asked["target_on"]
    fields = {name: asked[name] for name in ("reason", "expected", "operation")}
    try:
        if day is None and asked["none"] != "yes":
            raise acts.Incomplete(_("Give a date, or say that there is none. Nothing was changed."))
        acts.set_target(assigned=assigned, learner=at.learner, by=at.person, target_on=day, **fields)
    except REFUSALS as error:
        return _refused(at, asked, error)
    name, title = at.learner.shown_name, assigned.roadmap.title
    said = format_html(_("The date of <bdi>{}</bdi> on <bdi>{}</bdi> is {}."), name, title, _day(day))
    return acted(at, asked, Done(said, "target", asked["operation"]))


@require_POST
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an act back."""
    at = _at(request, slug, pk)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return misunderstood(at, form)
    asked = form.cleaned_data
    try:
        what = {name: asked[name] for name in ("kind", "operation")}
        taken = acts.take_back(learner=at.learner, by=at.person, cohort=at.cohort, **what)
    except REFUSALS as error:
        return _refused(at, asked, error)
    late = _(" The e-mail had gone out already, so they may have read it.") if taken.too_late else ""
    return acted(at, asked, Done(_("Taken back.%(late)s") % {"late": late}))


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else _("open: there is none")


def _state(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: asked[name] for name in ("reason", "expected", "operation")}


def _person(request: HttpRequest) -> User:
    """The middleware lets nobody else in here."""
    assert isinstance(request.user, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    return request.user


def _at(request: HttpRequest, slug: str, pk: int) -> At:
    person = _person(request)
    cohort = access.cohort_for_mentor(person, slug)
    return At(request, person, cohort, _not_oneself(person, access.learner_of_cohort(person, cohort, pk)))


def _not_oneself(person: User, learner: User) -> User:
    """Whoever runs the installation and learns in it sees their own page, and vouches for nothing on it."""
    if person.pk == learner.pk:
        raise PermissionDenied
    return learner


def _refused(at: At, asked: dict[str, Any], error: Exception) -> HttpResponse:
    """An act names its status. Of progress, 409: it cannot be done as things stand."""
    if isinstance(error, acts.Unknown):
        raise Http404(str(error))
    status = error.status if isinstance(error, acts.ActError) else 409
    return not_acted(at, asked, str(error), status)

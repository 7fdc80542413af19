"""The acts of a learner: a state for a topic, a step ticked, "still fine", undo. Each sets, none toggles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from roadmap.models import Roadmap, Step, Topic
from tracker import access, bulk, languages, progress
from tracker.check_off import check_off
from tracker.forms import AnswerForm, StateForm, StepForm, UndoForm
from tracker.models import ProgressEvent, User
from tracker.row_words import words_of
from tracker.sessions import SessionStore, with_remembered_walks
from tracker.summaries import Summary
from tracker.views import kept
from tracker.views.answers import Change, asked_roadmap, changed, not_understood, refused, sign_in_first
from tracker.views.bulk_answers import given_back
from tracker.views.cohorts.common import person
from tracker.views.waiting import let_wait


@login_not_required
@with_remembered_walks
@require_POST
def set_topic_state(request: HttpRequest, slug: str) -> HttpResponse:
    """The check-off. Without an account it waits in the session and is done by the request that signs in."""
    person: User | AnonymousUser = request.user
    sent = request.POST
    topic, roadmap, counted = _topic(person, slug, sent.get("roadmap", ""))
    asked = StateForm.read(sent)
    if not (asked and asked["operation"]):
        form = StateForm(sent, topic_uid=topic.uid)
        if not form.is_valid():
            return not_understood(request, form, topic)
        asked = form.cleaned_data
    if not isinstance(person, User):
        return sign_in_first(request, let_wait(request, topic, asked))
    access.require_progress(person)
    if kept.is_of_another(person, sent):
        return kept.not_theirs(request, asked, topic)
    operation: UUID = asked["operation"]
    session = request.session
    age = kept.age_of(sent) if "age" in sent else 0
    saw = sent.get("saw", "")
    try:
        outcome = check_off(
            learner=person, topic=topic, state=asked["state"], operation=operation, roadmap=roadmap, counted=counted,
            believed=getattr(session, "believed", None), age=age, saw=(saw or None) if age >= kept.LATE else None,
        )  # fmt: skip
    except progress.Newer as error:
        return kept.newer(request, error, asked, topic, roadmap)
    except progress.ProgressError as error:
        return _refused(request, error, asked, topic)
    if isinstance(session, SessionStore):
        session.acted(outcome.after)
    said = format_html("<bdi>{}</bdi>: {}.", topic.title, words_of(languages.current()).states[outcome.now])
    if age == kept.LONGEST or (saw and saw != outcome.was):
        said = kept.told(said, person, outcome, age, saw)
    return changed(request, person, Change(topic, said, outcome, operation), asked, roadmap)


@require_POST
def set_step(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    """Tick or untick a step of a topic."""
    learner, sent = person(request), request.POST
    step = _step(learner, slug, uid)
    form = StepForm(sent)
    if not form.is_valid():
        return not_understood(request, form, step.topic)
    asked = form.cleaned_data
    if kept.is_of_another(learner, sent):
        return kept.not_theirs(request, asked, step.topic)
    done, operation, roadmap = asked["state"] == "done", asked["operation"], asked_roadmap(learner, asked)
    age = kept.age_of(sent)
    saw = sent.get("saw") or None
    try:
        outcome = progress.set_step(
            learner=learner, step=step, done=done, operation=operation, age=age, saw=saw if age >= kept.LATE else None
        )
    except progress.Newer as error:
        return kept.newer(request, error, asked, step.topic, roadmap, name=step.title)
    except progress.ProgressError as error:
        return _refused(request, error, asked, step.topic)
    words = _("Step <bdi>{}</bdi> ticked.") if done else _("Step <bdi>{}</bdi> unticked.")
    said = kept.told(format_html(words, step.title), learner, outcome, age, "")
    return changed(request, learner, Change(step.topic, said, operation=operation), asked, roadmap)


@require_POST
def still_fine(request: HttpRequest, slug: str) -> HttpResponse:
    """The learner stands by what they did, though the text changed since."""
    learner = person(request)
    topic = access.topic_for_progress(learner, slug)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form, topic)
    progress.still_fine(learner=learner, topic=topic.pk)
    said = format_html(_("<bdi>{}</bdi> stays done."), topic.title)
    roadmap = asked_roadmap(learner, form.cleaned_data)
    return changed(request, learner, Change(topic, said), form.cleaned_data, roadmap)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take one act back, if nothing came after it; of an act on many topics all that was not changed since."""
    learner = person(request)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form)
    asked = form.cleaned_data
    try:
        event, outcome = progress.undo(
            learner=learner, operation=asked["operation"], new_operation=asked["new_operation"]
        )
    except progress.ProgressError as error:
        if bulk.act_of(learner, asked["operation"]) is not None:
            return given_back(request, learner, bulk.undo(learner=learner, operation=asked["operation"]), asked)
        return _refused(request, error, asked)
    change = Change(event.topic, _undone(event), None if event.step_id else outcome)
    return changed(request, learner, change, asked, asked_roadmap(learner, asked))


def _topic(
    person: User | AnonymousUser, slug: str, roadmap: str
) -> tuple[Topic, Roadmap | None, tuple[Summary, ...] | None]:
    """Pages that were open when a topic was renamed post to its former slug."""
    try:
        return access.topic_on_roadmap(person, slug, roadmap)
    except access.MovedError as moved:
        return access.topic_on_roadmap(person, moved.slug, roadmap)


def _step(learner: User, slug: str, uid: UUID) -> Step:
    """As `_topic` does."""
    try:
        return access.step_for_progress(learner, slug, uid)
    except access.MovedError as moved:
        return access.step_for_progress(learner, moved.slug, uid)


def _undone(event: ProgressEvent) -> str:
    if event.step is not None:
        ticked, opened = (
            _("Undone. Step <bdi>{}</bdi> is ticked again."),
            _("Undone. Step <bdi>{}</bdi> is open again."),
        )
        return format_html(ticked if event.was == "done" else opened, event.step.title)
    return format_html(
        _("Undone. <bdi>{}</bdi>: {}."), event.topic.title, words_of(languages.current()).states[event.was]
    )


def _refused(
    request: HttpRequest, error: progress.ProgressError, asked: dict[str, Any], topic: Topic | None = None
) -> HttpResponse:
    """409: it cannot be done as things stand; an unknown state is 422."""
    status = 422 if isinstance(error, progress.UnknownState) else 409
    way = error.way if isinstance(error, progress.Locked) else ()
    return refused(request, str(error), status, asked, topic=topic, way=way)

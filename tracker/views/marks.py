"""Acts on many topics at once: a state for a whole section, and a roadmap begun anew. Both ask first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from roadmap.models import Roadmap
from roadmap.queries import readable_roadmaps
from roadmap.tree import Tree
from tracker import access, bulk, progress, queries
from tracker.forms import BulkForm
from tracker.marking import STATES, Plan, planned
from tracker.models import StepProgress, User
from tracker.permissions import Right, may
from tracker.views.answers import not_understood, refused
from tracker.views.bulk_answers import said_of
from tracker.views.cohorts.common import person
from tracker.views.compressed import compressed

NAMES = {
    "done": gettext_lazy("Done"),
    "learning": gettext_lazy("Learning"),
    "skipped": gettext_lazy("Skip"),
    "todo": gettext_lazy("To do"),
}
LOCKS = 12
"""Locked topics that are named."""
HEAD = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Locked:
    title: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One state, and what setting it would do."""

    state: str
    name: str
    plan: Plan
    locked: tuple[Locked, ...]
    more: int


@require_http_methods(HEAD)
@compressed
def mark_section(request: HttpRequest, slug: str) -> HttpResponse:
    """`?section=` is the slug of one; the whole roadmap without it. POST sets a state for its topics."""
    learner = person(request)
    roadmap = access.roadmap_for_reading(learner, slug)
    access.require_progress(learner)
    sent = request.POST if request.method == "POST" else request.GET
    here = queries.standing(learner, roadmap)
    section, title, topics = section_of(here.tree, sent.get("section", ""))
    if request.method == "POST":
        return _mark(request, learner, roadmap, (section, title, topics))
    options = [_option(here.tree, planned(here.tree, here.marks, topics, state), state) for state in STATES]
    context = {
        "roadmap": roadmap,
        "section": section,
        "title": title,
        "topics": len(topics),
        "options": options,
        "nonce": uuid.uuid4(),
        "back": where(roadmap, section),
        "last": bulk.last_on(learner, roadmap),
    }
    return render(request, "tracker/mark_section.html", context)


def _mark(request: HttpRequest, learner: User, roadmap: Roadmap, of: tuple[str, str, tuple[int, ...]]) -> HttpResponse:
    section, title, topics = of
    form = BulkForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form)
    asked = form.cleaned_data
    back = {"next": where(roadmap, section)}
    try:
        done = bulk.mark_section(
            learner=learner, roadmap=roadmap, topics=topics, state=asked["state"], operation=asked["operation"],
            about=title,
        )  # fmt: skip
    except progress.ProgressError as error:
        return refused(request, str(error), 409, back)
    if done.plan is not None and done.plan.locked and not done.act.topics:
        return refused(request, _("Everything here is locked until what it needs is done."), 409, back)
    _tell(request, done)
    return HttpResponseRedirect(back["next"], status=303)


@require_http_methods(HEAD)
@compressed
def reset_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks, and with POST puts every topic of the roadmap back to "to do"."""
    learner = person(request)
    roadmap = access.roadmap_for_reading(learner, slug)
    access.require_progress(learner)
    if request.method == "POST":
        return _reset(request, learner, roadmap)
    here = queries.standing(learner, roadmap)
    plan = planned(here.tree, here.marks, here.tree.order, "todo")
    states = [here.marks[topic].state for topic in plan.change]
    context = {
        "roadmap": roadmap,
        "plan": plan,
        "counts": [(NAMES[state], states.count(state)) for state in STATES if state in states],
        "steps": StepProgress.objects.filter(
            learner=learner, done=True, step__topic__in=[*plan.change, *plan.same]
        ).count(),
        "others": _others(learner, roadmap, plan),
        "operation": uuid.uuid4(),
        "last": bulk.last_on(learner, roadmap),
    }
    return render(request, "tracker/reset_roadmap.html", context)


def _reset(request: HttpRequest, learner: User, roadmap: Roadmap) -> HttpResponse:
    form = BulkForm(request.POST)
    if not form.is_valid() or form.cleaned_data["state"] != "todo":
        return not_understood(request, form)
    try:
        done = bulk.reset_roadmap(learner=learner, roadmap=roadmap, operation=form.cleaned_data["operation"])
    except progress.ProgressError as error:
        return refused(request, str(error), 409, {"next": roadmap.get_absolute_url()})
    _tell(request, done)
    return HttpResponseRedirect(roadmap.get_absolute_url(), status=303)


def section_of(tree: Tree, slug: str) -> tuple[str, str, tuple[int, ...]]:
    """(slug, title, topics in reading order) of a section; of the roadmap for no slug. Raise Http404."""
    if not slug:
        return "", tree.title, tree.order
    index = next((i for i, branch in enumerate(tree.branches) if branch.slug == slug), None)
    if index is None:
        raise Http404("No such section.")
    topics = tuple(topic for topic in tree.order if index in tree.above(tree.seated[topic]))
    return slug, tree.branches[index].title, topics


def _option(tree: Tree, plan: Plan, state: str) -> Option:
    locked = tuple(
        Locked(tree.topics[topic].title, tuple(tree.topics[need].title for need in needs if need in tree.topics))
        for topic, needs in plan.locked[:LOCKS]
    )
    return Option(state, str(NAMES[state]), plan, locked, len(plan.locked) - len(locked))


def _others(learner: User, roadmap: Roadmap, plan: Plan) -> list[Roadmap]:
    """Other roadmaps that show topics which go back to "to do". One query."""
    readable = readable_roadmaps(drafts=may(learner, Right.READ_DRAFTS)).exclude(pk=roadmap.pk)
    return list(readable.filter(placements__topic__in=plan.change).distinct().order_by("title"))


def _tell(request: HttpRequest, done: bulk.Done) -> None:
    undoable = done.act.undone_at is None and (done.act.topics or done.act.steps)
    said = said_of(done)
    messages.success(request, said, extra_tags=str(done.act.operation) if undoable else "")


def where(roadmap: Roadmap, section: str) -> str:
    return f"{roadmap.get_absolute_url()}{f'#s-{section}' if section else ''}"

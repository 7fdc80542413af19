"""The way to a topic, and the topic that a learner is heading for."""

from __future__ import annotations

import uuid
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roadmap.models import Roadmap
from roadmap.queries import tree_of
from tracker import access, goal_access, goals, queries
from tracker.forms import AnswerForm
from tracker.goal_page import flat, goal_page, read
from tracker.permissions import Right, may
from tracker.queries import Standing
from tracker.sessions import with_walks
from tracker.views.cohorts.common import person
from tracker.views.compressed import compressed


@login_not_required
@with_walks
@require_safe
@compressed
def goal(request: HttpRequest, slug: str, topic: str) -> HttpResponse:
    """`?instead=topic:alternative`, as often as wanted, takes other alternatives than the shortest way does."""
    roadmap, counted = access.roadmap_with_summaries(request.user, slug)
    here = queries.standing(request.user, roadmap, counted)
    try:
        target = goal_access.topic_of_way(request.user, here, topic)
    except access.MovedError as moved:
        query = f"?{urlencode({'instead': request.GET.getlist('instead')}, doseq=True)}" if request.GET else ""
        return redirect(reverse("goal", args=[slug, moved.slug]) + query, permanent=True)
    context = {"roadmap": roadmap, "here": here, "may_set": may(request.user, Right.KEEP_PROGRESS)}
    if target is None:
        gone = goal_access.goal_that_left(person(request), roadmap)
        return render(request, "tracker/goal.html", context | _onward(here) | {"gone": gone, "mine": True})
    asked = request.GET.getlist("instead") if "instead" in request.GET else None
    page = goal_page(here, target, asked)
    mine = here.goal == target.id
    context |= {"page": page, "target": target, "nonce": uuid.uuid4(), "mine": mine}
    context["unsaved"] = mine and page.instead != goal_page(here, target, None).instead
    if page.way.reached:
        context |= _onward(here, target.id)
    return render(request, "tracker/goal.html", context)


@login_not_required
@with_walks
@require_safe
@compressed
def choose_goal(request: HttpRequest, slug: str) -> HttpResponse:
    """Every topic of a roadmap, to see the way there."""
    roadmap, counted = access.roadmap_with_summaries(request.user, slug)
    here = queries.standing(request.user, roadmap, counted)
    tree = here.tree
    levels: dict[int, list[tuple[str, list[object]]]] = {}
    for index, seat in tree.seats():
        level, title = tree.above(index)[-1], tree.branches[index].title
        runs = levels.setdefault(level, [])
        if not runs or runs[-1][0] != title:
            runs.append((title, []))
        runs[-1][1].append(tree.topics[seat.topic])
    context = {
        "roadmap": roadmap,
        "goal": here.goal and (tree.topics.get(here.goal) or goal_access.goal_that_left(person(request), roadmap)),
        "levels": [(tree.branches[level].title, runs) for level, runs in levels.items()],
    }
    return render(request, "tracker/choose_goal.html", context)


@require_POST
def set_goal(request: HttpRequest, slug: str) -> HttpResponse:
    """`topic` (a slug) is the goal on this roadmap from now on, by the ways of `instead`; an empty one: none is."""
    learner = person(request)
    roadmap = access.roadmap_for_reading(learner, slug)
    access.require_progress(learner)
    wanted, tree = request.POST.get("topic", ""), tree_of(roadmap)
    target = tree.by_slug.get(wanted)
    if wanted and target is None:
        return _not_there(request, roadmap)
    instead = flat(read(tree, request.POST.getlist("instead"))) if target else []
    was = goals.set_goal(learner=learner, roadmap=roadmap, topic=target.id if target else None, instead=instead)
    before = tree.topics.get(was) if was else None
    if target is None:
        said = _("You are heading for no topic of this roadmap any more. Nothing else changed.")
    elif before is None or before.id == target.id:
        said = format_html(_("Your goal: {}. “Continue” leads there."), _bdi(target.title))
    else:
        said = format_html(_("Your goal: {}, instead of {}."), _bdi(target.title), _bdi(before.title))
    undo = before and before.id in tree.place and before != target
    tag = f"goal:{roadmap.slug}:{before.slug}" if before and undo else ""
    messages.success(request, said, extra_tags=tag)
    return HttpResponseRedirect(_where(request, roadmap, target.slug if target else wanted), status=303)


def _where(request: HttpRequest, roadmap: Roadmap, topic: str) -> str:
    form = AnswerForm({"next": request.POST.get("next", "")})
    asked = form.cleaned_data["next"] if form.is_valid() else ""
    return asked or (reverse("goal", args=[roadmap.slug, topic]) if topic else roadmap.get_absolute_url())


def _not_there(request: HttpRequest, roadmap: Roadmap) -> HttpResponse:
    said = _("That topic is not on this roadmap, so it can be no goal here. Your goal stays what it was.")
    context = {"said": said, "status": 409, "back": reverse("choose_goal", args=[roadmap.slug])}
    return render(request, "tracker/refused.html", context, status=409)


def _bdi(title: str) -> str:
    return format_html("<bdi>{}</bdi>", title)


def _onward(here: Standing, reached: int | None = None) -> dict[str, object]:
    """What to offer where a way ends: what the topic opens that is not done yet, and what is next on the roadmap."""
    tree = here.tree
    opens = [t for t in tree.opens.get(reached or 0, ()) if t in tree.place]
    left = [t for t in opens if here.overlay.row(t).state not in {"done", "waived"}]
    found = here.overlay.next
    onward = tree.topics[found.topic] if found else None
    href = reverse("topic", args=[onward.slug]) + f"?roadmap={quote(tree.slug)}" if onward else ""
    return {"opens": [tree.topics[t] for t in left[:6]], "onward": onward, "onward_href": href}

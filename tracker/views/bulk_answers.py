"""Answers to acts on many topics: what was done in a sentence, and after an undo the regions that changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import ngettext

from tracker import queries
from tracker.bulk import Done
from tracker.known import known_topics
from tracker.models import User
from tracker.queries import Standing
from tracker.rows import compiled, out_of_band
from tracker.views.answers import all_changed, asked_roadmap, is_htmx, open_panel
from tracker.views.heads import head_html


def said_of(done: Done) -> str:
    """`Ground: 12 topics done. 1 topic that a mentor waived stays.` Safe HTML."""
    act, plan = done.act, done.plan
    changed, state = len(act.topics), act.state
    words = {
        "done": ngettext("%(n)d topic done.", "%(n)d topics done.", changed),
        "learning": ngettext("learning %(n)d topic.", "learning %(n)d topics.", changed),
        "skipped": ngettext("%(n)d topic skipped.", "%(n)d topics skipped.", changed),
        "todo": ngettext("%(n)d topic is to do again.", "%(n)d topics are to do again.", changed),
    }[state] % {"n": changed}
    parts = [words]
    if plan is not None and plan.waived:
        n = len(plan.waived)
        parts.append(
            ngettext("%(n)d topic that a mentor waived stays.", "%(n)d topics that a mentor waived stay.", n) % {"n": n}
        )
    if plan is not None and plan.locked:
        n = len(plan.locked)
        parts.append(
            ngettext(
                "%(n)d topic stays locked until what it needs is done.",
                "%(n)d topics stay locked until what they need is done.",
                n,
            )
            % {"n": n}
        )
    return format_html("<bdi>{}</bdi>: {}", act.about, " ".join(parts))


def given_back(request: HttpRequest, learner: User, done: Done, asked: dict[str, Any]) -> HttpResponse:
    """After an undo. `asked` is the cleaned `UndoForm`."""
    said = _undone(done)
    roadmap = asked_roadmap(learner, asked)
    if roadmap is None or not is_htmx(request):
        home = roadmap or done.act.roadmap
        return all_changed(request, said, asked.get("next") or (home.get_absolute_url() if home else reverse("today")))
    here = queries.standing(learner, roadmap)
    here.say_known(known_topics(learner, here))
    regions = [*_regions(here, done.act.topics), head_html(roadmap, here, oob=True)]
    status = render_to_string("tracker/_status.html", {"said": said, "roadmap": roadmap, "oob": True}, request)
    panel = open_panel(learner, asked, roadmap)
    context = {"regions": regions, "status": status, "roadmap": roadmap} | panel
    return render(request, "tracker/_state_changed.html", context)


def _undone(done: Done) -> str:
    act = done.act
    back = len(act.topics) + len(act.steps) - act.left
    topics = min(len(act.topics), back)
    said = ngettext(
        "Undone. %(n)d topic is as it was.", "Undone. %(n)d topics are as they were.", topics
    ) % {"n": topics}  # fmt: skip
    if act.left:
        said += " " + ngettext(
            "%(n)d was changed since, and stays.", "%(n)d were changed since, and stay.", act.left
        ) % {"n": act.left}  # fmt: skip
    return said


def _regions(here: Standing, topics: Iterable[int]) -> Iterable[str]:
    """The rows of these topics and of those near them, and every bar above one."""
    tree, pieces = here.tree, compiled(here.tree)
    near = set(topics)
    for topic in tuple(near):
        near |= {*tree.opens.get(topic, ()), *(need for group in tree.asked.get(topic, ()) for need in group)}
        if topic in tree.choices:
            near |= tree.choices.keys()
    shown = [topic for topic in tree.order if topic in near]
    for topic in shown:
        yield out_of_band(pieces.row(topic, here.overlay.row(topic)))
    for index in sorted({above for topic in shown for above in tree.above(tree.seated[topic])}):
        for region in pieces.heads(index, here.overlay.share(index)):
            yield out_of_band(region)

"""What the head of a roadmap says of the goal, beside what to go on with."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tracker.overlay import Next
from tracker.packed import DONE, NONE, WAIVED
from tracker.queries import Standing


def towards_goal(here: Standing, found: Next) -> str:
    """`on the way to your goal, Harvest`, with the way behind it: why `found` is next. Safe HTML."""
    goal = here.tree.topics[here.goal or found.topic]
    said = _("your goal: {topic}") if goal.id == found.topic else _("on the way to your goal, {topic}")
    return format_html(said, topic=_link(reverse("goal", args=[here.tree.slug, goal.slug]), goal.title))


def goal_ended(here: Standing) -> str:
    """That the goal was reached, or left the roadmap, and where to choose another one; empty otherwise. Safe HTML."""
    if here.goal is None:
        return ""
    tree = here.tree
    another = _link(reverse("choose_goal", args=[tree.slug]), _("choose another one"))
    if here.goal not in tree.place:
        return format_html('<span class="muted">{}</span>', format_html(_("Your goal left this roadmap: {}."), another))
    if here.marks.get(here.goal, NONE).state not in {DONE, WAIVED}:
        return ""
    goal = tree.topics[here.goal]
    title = _link(reverse("goal", args=[tree.slug, goal.slug]), goal.title)
    said = format_html(_("You reached your goal, {}: {}."), title, another)
    return format_html('<span class="muted">{}</span>', said)


def _link(href: str, title: str) -> str:
    return format_html('<a class="text" href="{}"><bdi>{}</bdi></a>', href, title)

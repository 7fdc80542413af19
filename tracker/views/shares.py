"""A percentage explained: one's own, and that of a learner to their mentor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from roadmap.queries import tree_of
from roadmap.tree import Tree
from tracker import access, queries
from tracker.missing import explain
from tracker.missing_rows import Address, rows_of
from tracker.models import User
from tracker.overlay import Overlay
from tracker.packed import pack
from tracker.rows import bar
from tracker.sessions import with_walks
from tracker.views.compressed import compressed

OPEN = 80
"""Up to so many missing topics, every section is unfolded."""


@login_not_required
@with_walks
@require_safe
@compressed
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """`?section=` is the slug of one; the whole roadmap without it."""
    roadmap, counted = access.roadmap_with_summaries(request.user, slug)
    here = queries.standing(request.user, roadmap, counted)

    def address(topic: str) -> str:
        return f"{reverse('topic', args=[topic])}?{urlencode({'roadmap': slug})}"

    context = explained(here.overlay, request.GET.get("section", ""), address)
    return render(request, "tracker/share.html", context | {"roadmap": roadmap, "base": reverse("share", args=[slug])})


@require_safe
@compressed
def learner_share(request: HttpRequest, slug: str, pk: int, roadmap: str) -> HttpResponse:
    """As `share`, of a learner, for a mentor of their cohort."""
    cohort = access.cohort_for_mentor(request.user, slug)
    learner: User = access.learner_of_cohort(request.user, cohort, pk)
    assigned = access.roadmap_of_cohort(request.user, cohort, roadmap)
    tree = tree_of(assigned.roadmap)
    marks = queries.marks_on(learner, tree).by_topic
    here = queries.Standing(tree, pack(tree, marks))
    base = reverse("learner_share", args=[slug, pk, roadmap])
    page = reverse("learner", args=[slug, pk])

    def address(topic: str) -> str:
        return f"{page}?{urlencode({'roadmap': roadmap, 'topic': topic})}#talk"

    context = explained(here.overlay, request.GET.get("section", ""), address)
    context |= {"roadmap": assigned.roadmap, "base": base, "cohort": cohort, "learner": learner, "page": page}
    return render(request, "learners/learner_share.html", context)


def explained(overlay: Overlay, section: str, address: Address) -> dict[str, Any]:
    """`address` is that of a topic, by its slug. Raise Http404 for a section that is not there."""
    index = branch_of(overlay.tree, section)
    found = explain(overlay, index)
    return {
        "explained": found,
        "section": section,
        "bar": bar(found.share, thin=False),
        "met": found.share.done + found.share.waived,
        "unfolded": found.listed <= OPEN,
        "parts": rows_of(found.parts, address, strict=overlay.tree.locking == "strict"),
    }


def branch_of(tree: Tree, section: str) -> int | None:
    if not section:
        return None
    index = next((i for i, branch in enumerate(tree.branches) if branch.slug == section), None)
    if index is None:
        raise Http404("No such section.")
    return index

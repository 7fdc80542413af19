"""The product's addresses, and beside them the baselines that it is measured against."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone

from config.urls import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls import urlpatterns as product
from roadmap.queries import tree_of
from tracker import access, matrix, matrix_sql, queries
from tracker.overlay import Overlay
from tracker.sessions import with_walks

PLAIN = """{% for branch in branches %}<section id="s-{{ branch.slug }}"><header><h2>{{ branch.title }}</h2>
<small>{{ branch.share.done }} of {{ branch.share.required }}</small><p>{{ branch.summary }}</p></header><ol>
{% for t in branch.topics %}<li id="t{{ t.facts.id }}"
 class="topic {{ t.row.state }}{% if t.row.ready %} ready{% endif %}">
<button form="progress" formaction="{% url 'set_topic_state' t.facts.slug %}" name="state"
 value="{% if t.row.state == 'done' %}todo{% else %}done{% endif %}" role="checkbox" aria-label="{{ t.facts.title }}">
</button><a href="{% url 'topic' t.facts.slug %}"><b dir="auto">{{ t.facts.title }}</b>
{% if t.facts.details %}<small>{{ t.facts.details|join:", " }}</small>{% endif %}</a><span class="chips">
{% if t.row.unmet %}<span class="chip">needs {{ t.row.unmet|length }}</span>{% endif %}
{% if t.row.opens %}<span class="chip">opens {{ t.row.opens }}</span>{% endif %}
{% if t.facts.hours %}<span class="chip">{{ t.facts.hours|floatformat }} h</span>{% endif %}
</span></li>{% endfor %}</ol>
</section>{% endfor %}"""


@login_not_required
@with_walks
def floor(request: HttpRequest, slug: str) -> HttpResponse:
    """Authenticates, runs the page's queries, and answers `?size=` bytes."""
    roadmap, counted = access.roadmap_with_summaries(request.user, slug)
    tree_of(roadmap)
    assert counted, "the learner walks it, so nothing else is asked"
    return HttpResponse(b"x" * int(request.GET["size"]))


def matrix_floor(request: HttpRequest, slug: str) -> HttpResponse:
    """Authenticates, asks what the matrix of a cohort asks of the database, and answers `?size=` bytes."""
    cohort, (assigned,) = matrix.cohort_and_roadmaps(request.user, slug)
    ground = matrix.ground_of(cohort, assigned, tree_of(assigned.roadmap), timezone.now())
    asked = matrix.scoring(ground) | {"search": "", "skip": 0}
    with connection.cursor() as cursor:
        cursor.execute(matrix_sql.page_of(show="", sort="need", search=False, first=True, dense=ground.dense), asked)
        ids = cursor.fetchone()[-1]
        cursor.execute(matrix_sql.ROWS, asked | {"learners": ids, "since": matrix.first_week(ground.now)})
        cursor.fetchall()
    return HttpResponse(b"x" * int(request.GET["size"]))


@login_not_required
def plain(request: HttpRequest, slug: str) -> HttpResponse:
    """The same rows in a plain Django template: one loop, no part of it kept between requests."""
    roadmap = access.roadmap_for_reading(request.user, slug)
    here = queries.standing(request.user, roadmap)
    laid = Overlay(here.tree, here.states)
    branches = [
        {
            "slug": branch.slug,
            "title": branch.title,
            "summary": branch.summary,
            "share": share,
            "topics": [{"facts": here.tree.topics[s.topic], "row": laid.rows[s.topic]} for s in branch.seats],
        }
        for branch, share in zip(here.tree.branches, laid.shares, strict=True)
    ]
    return HttpResponse(engines["django"].from_string(PLAIN).render({"branches": branches}, request))


urlpatterns: list[URLPattern | URLResolver] = [
    *product,
    path("bench/floor/<slug:slug>/", floor),
    path("bench/floor/cohorts/<slug:slug>/", matrix_floor),
    path("bench/plain/<slug:slug>/", plain),
]

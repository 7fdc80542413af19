"""Search over what a person may see: topics by their names and text, roadmaps by their titles.

Roadmaps that are unlisted are found by those who walk them or are assigned them, drafts by those who edit them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from roadmap.search.marking import Part, line, marked
from roadmap.search.spelling import Spelling
from roadmap.search_text import searched
from tracker.models import User
from tracker.packed import NONE
from tracker.permissions import Person, Right, may
from tracker.queries import marks_of
from tracker.row_words import WORDS

SHOWN = 20
"""Topics on a page of results."""
MOST_WORDS = 12
LONGEST = 200
"""Characters of a query that are read."""
ALSO = _lazy("Also called %(name)s")
RELEARNT = 60.0
"""Seconds after which the words of names are read anew for mistyped ones."""

_VISIBLE = """
SELECT roadmap.id FROM roadmap_roadmap roadmap WHERE roadmap.retired_at IS NULL AND (
    roadmap.state = 'listed' OR %(drafts)s
    OR (roadmap.state = 'unlisted' AND EXISTS (SELECT FROM tracker_roadmapsummary summary
        WHERE summary.roadmap_id = roadmap.id AND summary.learner_id = %(person)s))
    OR EXISTS (SELECT FROM tracker_roadmapeditor editor
        WHERE editor.roadmap_id = roadmap.id AND editor.user_id = %(person)s))
"""
_WORDS = """
SELECT lexeme FROM unnest(to_tsvector('simple', roadmap_fold_name(%s))) ORDER BY positions[1]
"""
_ORDER = "words DESC, same DESC, begins DESC, rank DESC, long, id"
_TOPICS = f"""
WITH visible AS ({_VISIBLE}), hit AS MATERIALIZED (  -- else vectors of thousands go through the joins
    SELECT topic_id AS id, {{words}} AS words, title = %(folded)s AS same, starts_with(title, %(folded)s) AS begins,
           ts_rank('{{{{0.02, 0.1, 0.3, 1}}}}', vector, %(query)s::tsquery, 1) AS rank, length(title) AS long
    FROM {searched("%(query)s::tsquery")} found
), shown AS (
    SELECT hit.*, count(*) OVER () AS total FROM hit
    WHERE NOT EXISTS (SELECT FROM roadmap_topic topic WHERE topic.id = hit.id AND topic.retired_at IS NOT NULL)
      AND id IN (SELECT topic_id FROM roadmap_placement WHERE roadmap_id = ANY(ARRAY(SELECT id FROM visible)))
    ORDER BY {_ORDER} LIMIT %(shown)s OFFSET %(skipped)s
)
SELECT topic.id, topic.slug, topic.title, topic.summary, topic.details, topic.body,
       ARRAY(SELECT text FROM roadmap_alias alias WHERE alias.topic_id = topic.id AND kind = 'name' ORDER BY text),
       shown.total
FROM shown JOIN roadmap_topic topic USING (id) ORDER BY {_ORDER}
"""  # noqa: S608 (ours)
_ALL = _TOPICS.format(words="0")
_SOME = _TOPICS.format(words="(SELECT count(*) FROM unnest(%(each)s::text[]) one WHERE vector @@ one::tsquery)")
_PLACES = f"""
WITH RECURSIVE visible AS ({_VISIBLE}), up(seat, depth, parent_id, title) AS (
    SELECT placement.id, 0, section.parent_id, section.title
    FROM roadmap_placement placement JOIN roadmap_section section ON section.id = placement.section_id
    WHERE placement.topic_id = ANY(%(topics)s::bigint[]) AND placement.roadmap_id IN (SELECT id FROM visible)
    UNION ALL
    SELECT up.seat, up.depth + 1, section.parent_id, section.title
    FROM up JOIN roadmap_section section ON section.id = up.parent_id
)
SELECT DISTINCT ON (placement.topic_id) placement.topic_id, roadmap.slug, roadmap.title, trail.titles
FROM (SELECT seat, array_agg(title ORDER BY depth DESC) AS titles FROM up GROUP BY seat) trail
JOIN roadmap_placement placement ON placement.id = trail.seat
JOIN roadmap_roadmap roadmap ON roadmap.id = placement.roadmap_id
LEFT JOIN tracker_enrolment walked ON walked.roadmap_id = roadmap.id AND walked.learner_id = %(person)s
ORDER BY placement.topic_id, walked.id IS NULL, roadmap.position, roadmap.title, roadmap.id
"""  # noqa: S608 (ours)
_ROADMAPS = f"""
SELECT roadmap.slug, roadmap.title, roadmap.summary FROM roadmap_roadmap roadmap
WHERE roadmap.id IN ({_VISIBLE})
  AND to_tsvector('simple', roadmap_fold_name(roadmap.title)) @@ %(query)s::tsquery
ORDER BY roadmap.position, roadmap.title, roadmap.id LIMIT 5
"""  # noqa: S608 (ours)
_LEARN = "SELECT word, ndoc FROM ts_stat('SELECT vector FROM roadmap_searchtext', 'ab')"
_KNOWN = f"""
SELECT word FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS asked(word, query, at)
WHERE EXISTS (SELECT FROM {searched("asked.query::tsquery")} found) ORDER BY at
"""  # noqa: S608 (ours)


@dataclass(frozen=True, slots=True)
class Found:
    """One result."""

    title: list[Part]
    address: str
    place: tuple[str, ...]
    """Of a topic: its roadmap, then the sections around it."""
    line: list[Part]
    state: str = ""
    """Of a topic, for who has an account; with `word` as people say it."""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    query: str
    topics: list[Found] = field(default_factory=list)
    roadmaps: list[Found] = field(default_factory=list)
    total: int = 0
    """Topics found; `topics` are those of one page."""
    instead: str = ""
    """What was searched for where nothing has the words that were typed."""
    any_word: bool = False
    """No topic has all of the words: these have some."""


def search(person: Person, typed: str, *, page: int = 1) -> Results:
    """What the person finds: all words, each begun at least; else the words that were meant; else some of the words.

    Five queries, four without an account; a few more where nothing has all the words as they were typed.
    """
    query = " ".join(typed.replace("\0", " ").split())[:LONGEST]
    words = _words(query)
    if not words:
        return Results(query)
    asker = _Asker(person, page)
    found = asker.find(words)
    if found.total or found.roadmaps:
        return found.named(query)
    meant = [_spelling().nearest(word) or word for word in words]
    instead = " ".join(meant) if meant != words else ""
    if instead and ((found := asker.find(meant)).total or found.roadmaps):
        return found.named(query, instead=instead)
    known = _known(meant)
    if not known:
        return Results(query)
    found = asker.find(known)
    if not (found.total or found.roadmaps):
        found = asker.find(known, some=True)
    return found.named(query, instead=instead, some=len(words) > 1)


@dataclass(frozen=True, slots=True)
class _Rows:
    topics: list[Found]
    roadmaps: list[Found]
    total: int

    def named(self, query: str, *, instead: str = "", some: bool = False) -> Results:
        anything = bool(self.total or self.roadmaps)
        return Results(query, self.topics, self.roadmaps, self.total, instead if anything else "", some and anything)


class _Asker:
    def __init__(self, person: Person, page: int) -> None:
        self._learner = person if isinstance(person, User) and person.is_active else None
        self._page = max(1, min(page, 1000))
        self._values: dict[str, Any] = {
            "person": self._learner.pk if self._learner else None,
            "drafts": may(person, Right.READ_DRAFTS),
            "shown": SHOWN,
            "skipped": (self._page - 1) * SHOWN,
        }

    def find(self, words: Sequence[str], *, some: bool = False) -> _Rows:
        """Topics and roadmaps with all of the words, or with some."""
        each = [_query([word]) for word in words] if some else []
        values = self._values | {"query": _query(words, some=some), "folded": " ".join(words), "each": each}
        with connection.cursor() as cursor:
            cursor.execute(_SOME if some else _ALL, values)
            rows = cursor.fetchall()
            places: dict[int, tuple[str, str, list[str]]] = {}
            if rows:
                cursor.execute(_PLACES, values | {"topics": [row[0] for row in rows]})
                places = {topic: (slug, title, trail) for topic, slug, title, trail in cursor.fetchall()}
            roadmaps: list[tuple[str, str, str]] = []
            if self._page == 1:
                cursor.execute(_ROADMAPS, values)
                roadmaps = cursor.fetchall()
        marks = marks_of(self._learner, [row[0] for row in rows]) if self._learner and rows else {}
        topics = []
        for key, slug, title, summary, details, body, names, _ in rows:
            roadmap, named, trail = places[key]
            state = marks.get(key, NONE).state if self._learner else ""
            shown = marked(title, words)
            other = [] if _is_marked(shown) else _other_name(names, words)
            topics.append(
                Found(
                    shown,
                    f"{reverse('topic', args=[slug])}?roadmap={roadmap}",
                    (named, *trail),
                    other or line([summary, ", ".join(details), *_lines(body)], words),
                    state,
                    str(WORDS.get(state, "")),
                )
            )
        found = [
            Found(marked(title, words), reverse("roadmap", args=[slug]), (), line([summary], words))
            for slug, title, summary in roadmaps
        ]
        return _Rows(topics, found, rows[0][-1] if rows else 0)


def _is_marked(parts: Iterable[Part]) -> bool:
    return any(found for _, found in parts)


def _other_name(names: Iterable[str], words: Sequence[str]) -> list[Part]:
    """Says why a topic is found whose title has none of the words; empty where it is for no other name."""
    for name in names:
        parts = marked(name, words)
        if _is_marked(parts):
            before, _, after = str(ALSO).partition("%(name)s")
            return [(before, False), *parts, *([(after, False)] if after else [])]
    return []


def _lines(body: str) -> Iterable[str]:
    """Lines of a body that say something: no headings, no fences."""
    return (each for each in body.splitlines() if each.strip() and not each.lstrip().startswith(("#", "```", "|")))


def _words(query: str) -> list[str]:
    """What is searched for, folded by the database as it folds what it searches. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [query])
        return [row[0] for row in cursor.fetchall()][:MOST_WORDS]


def _known(words: Sequence[str]) -> list[str]:
    """Those of the words that anything has. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(words), [_query([word]) for word in words]])
        return [row[0] for row in cursor.fetchall()]


def _query(words: Sequence[str], *, some: bool = False) -> str:
    """As PostgreSQL writes a tsquery: each word, or what begins with it."""
    quoted = ("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words)
    return (" | " if some else " & ").join(quoted)


_learnt: tuple[float, Spelling] | None = None
_lock = Lock()


def _spelling() -> Spelling:
    """The words of all names, details and summaries, kept in the process for a minute. One query when they are read
    anew."""
    global _learnt  # noqa: PLW0603 (kept)
    with _lock:
        now = time.monotonic()
        if _learnt is None or now - _learnt[0] > RELEARNT:
            with connection.cursor() as cursor:
                cursor.execute(_LEARN)
                _learnt = now, Spelling(dict(cursor.fetchall()))
        return _learnt[1]


def forget() -> None:
    """For tests: the words are read anew."""
    global _learnt  # noqa: PLW0603
    with _lock:
        _learnt = None

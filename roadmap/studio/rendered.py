"""The HTML of bodies after an editor's act: those with new text, and those with a link that leads elsewhere now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from roadmap.bodies import Addresses, addresses, links_to, render_body
from roadmap.notes.items import Problem
from roadmap.plan.curriculum import Curriculum, Origin, Topic, canonical, origin_of

_NAMED = """
SELECT uid, slug, title, coalesce(origin ->> 'id', ''), coalesce(origin ->> 'link', ''), retired_at IS NOT NULL,
       ARRAY(SELECT alias.text FROM roadmap_alias alias WHERE alias.topic_id = topic.id AND alias.kind = 'name'
             ORDER BY alias.text)
FROM roadmap_topic topic WHERE (source_id IS NOT DISTINCT FROM %(source)s OR id IN (
    SELECT seat.topic_id FROM roadmap_fork fork JOIN roadmap_roadmap roadmap ON roadmap.id = fork.roadmap_id
    JOIN roadmap_placement seat ON seat.roadmap_id = roadmap.id WHERE roadmap.source_id = %(source)s))
"""
"""To those of a fork belong the topics that it shares."""
_LIKE = r"""
  AND EXISTS (SELECT FROM concat_ws(' ', title, origin ->> 'id', origin ->> 'link', (
          SELECT string_agg(alias.text, ' ') FROM roadmap_alias alias
          WHERE alias.topic_id = topic.id AND alias.kind = 'name')) AS called
      WHERE lower(called) LIKE ANY(%(words)s) OR called ~ '[^\x01-\x7f]')
"""
_LINKING = r"""
SELECT uid, body, origin::text FROM roadmap_topic
WHERE source_id IS NOT DISTINCT FROM %s AND (strpos(body, '[[') > 0 OR strpos(body, '.md') > 0)
  AND (lower(body) LIKE ANY(%s) OR body ~ '[^\x01-\x7f]')
"""
_WORD = re.compile(r"[a-z0-9]+")
_SOURCES = "SELECT uid, source_id FROM roadmap_topic WHERE uid = ANY(%s)"


def edited(before: Curriculum, after: Curriculum) -> dict[UUID, str]:
    """uid -> HTML of every body that must be rendered anew. Call it inside the lock, before `after` is written.

    No query where no known topic got another body or name; else one, three for each source of such topics, at most.
    """
    old = before.topic_by_uid()
    written = [t for t in after.topics if t.uid in old and old[t.uid].body != t.body]
    renamed = [t for t in after.topics if t.uid in old and _names(old[t.uid]) != _names(t)]
    if not written and not renamed:
        return {}
    html: dict[UUID, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, [[topic.uid for topic in (*written, *renamed)]])
        sources = dict(cursor.fetchall())
    for source in dict.fromkeys(sources.values()):
        bodies = [t for t in written if sources[t.uid] == source]
        if moved := _moved(source, before, after):
            bodies += _linking(source, moved, [t.uid for t in bodies])
        if any(t.body for t in bodies):
            are = addresses(_with(named(source), after.topics))
            html |= {t.uid: render_body(t, are)[0] for t in bodies}
        else:
            html |= {t.uid: "" for t in bodies}
    return html


def _moved(source: int | None, before: Curriculum, after: Curriculum) -> set[str]:
    """Names that lead elsewhere now, or nowhere. One query, for the topics that may share one with those that changed;
    none where nothing is called otherwise."""
    old = before.topic_by_uid()
    changed = [topic for topic in after.topics if topic.uid in old and _names(old[topic.uid]) != _names(topic)]
    names = {name for topic in changed for side in (old[topic.uid], topic) for name in addresses(canonical([], [side]))}
    if not names:
        return set()
    alike = named(source, names)
    were, are = (addresses(_with(alike, side.topics)) for side in (before, after))
    return {name for name in names if were.get(name) != are.get(name)}


def preview(source: int | None, topic: Topic) -> tuple[str, tuple[Problem, ...]]:
    """(HTML of the body as it would be stored, what is wrong with it). One query, for a body without text none."""
    if not topic.body:
        return "", ()
    return render_body(topic, _reachable(source, topic))


def _reachable(source: int | None, topic: Topic) -> Addresses:
    return addresses(_with(named(source), [topic]))


def named(source: int | None, like: Iterable[str] | None = None) -> tuple[Topic, ...]:
    """The topics of a source (its key) with what they are called by, and nothing else; with `like`, all that may be
    called by one of these names, and some that are not. One query."""
    sql, words = (_NAMED, []) if like is None else (_NAMED + _LIKE, _longest(like))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"source": source, "words": words})
        return tuple(
            Topic(uid, slug, title, aliases=tuple(aliases), origin=Origin(own, link), retired=retired)
            for uid, slug, title, own, link, retired, aliases in cursor.fetchall()
        )


def _longest(names: Iterable[str]) -> list[str]:
    """Patterns of LIKE: what is written in ASCII alone has one of these names only where it has its longest word."""
    found = ([word for word in _WORD.findall(name) if word != "and"] for name in names)  # it may be written "&"
    return sorted({f"%{max(words, key=len, default='')}%" for words in found})


def _linking(source: int | None, names: set[str], done: Iterable[UUID]) -> list[Topic]:
    """Topics of the source whose bodies link to one of the names, but for those in `done`. One query."""
    known = set(done)
    with connection.cursor() as cursor:
        cursor.execute(_LINKING, [source, _longest(names)])
        found = [Topic(uid, "", "", body=body, origin=origin_of(json.loads(o))) for uid, body, o in cursor.fetchall()]
    return [topic for topic in found if topic.uid not in known and links_to(topic, names)]


def _names(topic: Topic) -> tuple[object, ...]:
    return topic.title, topic.slug, topic.aliases, topic.retired


def _with(stored: Iterable[Topic], topics: Iterable[Topic]) -> Curriculum:
    """The topics of a source as they are called now. Others are left out: a body links within its source."""
    changed = {topic.uid: topic for topic in topics}
    return canonical([], [changed.get(topic.uid, topic) for topic in stored])

"""The HTML of topics' bodies, wiki links led to the topics they name: few are rendered when they are stored, those of
large imports when they are shown (see `waiting_bodies`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from roadmap.notes.items import Problem
from roadmap.notes.rendering import render
from roadmap.notes.rendering.beforehand import nothing_to_report
from roadmap.plan.curriculum import Curriculum, Topic
from roadmap.plan.keys import key, link_key, loose

_NAMED = re.compile(r"\[\[([^\[\]\n]{1,300})\]\]|\]\(<?([^()<>\s]{1,300}?\.md)\b")
"""What a body may link to by name; taken too widely costs a rendering, never a wrong link."""

AT_ONCE = 50
"""Bodies that are rendered while they are stored; those of which something may be to report come on top."""

Addresses = Mapping[str, str]
"""Name of a topic, compared as titles are -> its slug."""


def addresses(curriculum: Curriculum) -> dict[str, str]:
    """The slug each name leads to: titles before aliases, what is live before what is retired."""
    found: dict[str, str] = {}
    topics = sorted(curriculum.topics, key=lambda topic: topic.retired)
    for topic in topics:
        for name in (key(topic.title), topic.origin.link, topic.origin.id):
            found.setdefault(name, topic.slug)
    for topic in topics:
        for name in (loose(topic.title), topic.origin.link.rpartition("/")[2], *map(loose, topic.aliases)):
            found.setdefault(name, topic.slug)
    found.pop("", None)
    return found


def find(name: str, known: Addresses) -> str | None:
    """The slug of the topic a link names, by its title, alias, id, or the file of its note."""
    linked = link_key(name)
    for wanted in (key(name), linked, linked.rpartition("/")[2]):
        if wanted in known:
            return known[wanted]
    return None


def render_changed(now: Curriculum, target: Curriculum) -> tuple[dict[UUID, str | None], list[Problem]]:
    """(uid -> HTML of every body that must be rendered anew, None where it waits; problems, all of them).

    That is a body with new text, or one with a link that leads elsewhere now. What waits has nothing to report.
    """
    were, are = addresses(now), addresses(target)
    moved = {name for name in were.keys() | are.keys() if were.get(name) != are.get(name)}
    old = now.topic_by_uid()
    html: dict[UUID, str | None] = {}
    problems: list[Problem] = []
    for topic in target.topics:
        known = old.get(topic.uid)
        if (known.body if known else "") != topic.body or (moved and topic.body and links_to(topic, moved)):
            if len(html) >= AT_ONCE and topic.body and nothing_to_report(topic.body):
                html[topic.uid] = None
                continue
            html[topic.uid], more = render_body(topic, are)
            problems += more
    return html, problems


def render_body(topic: Topic, known: Addresses) -> tuple[str, tuple[Problem, ...]]:
    if not topic.body:
        return "", ()

    def resolve(name: str) -> str | None:
        slug = find(name, known)
        return f"/topics/{quote(slug)}/" if slug else None

    place = topic.origin.places[0].document if topic.origin.places else ""
    rendered = render(topic.body, resolve_link=resolve, source=place)
    return rendered.html, rendered.problems


def links_to(topic: Topic, names: set[str]) -> bool:
    """Whether the body may link to one of these names, compared as titles are."""
    for match in _NAMED.finditer(topic.body):
        linked = link_key((match[1] or match[2]).partition("|")[0])
        shown = (match[1] or "").rpartition("|")[2]
        if {key(linked), linked, linked.rpartition("/")[2], key(shown), link_key(shown)} & names:
            return True
    return False

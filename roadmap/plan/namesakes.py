"""Topics of one title in different documents. Pure."""

from __future__ import annotations

from collections import defaultdict

from roadmap.notes.items import Item, Problem
from roadmap.plan.incoming import Incoming, InTopic
from roadmap.plan.keys import key
from roadmap.sentences import nsentence, sentence

SUGGESTED = 10
"""Namesakes that are listed."""


def namesakes(incoming: Incoming) -> list[Problem]:
    """Topics of one title in different documents: suggested as the same, never merged silently."""
    named: dict[str, list[InTopic]] = defaultdict(list)
    for topic in incoming.topics:
        named[key(topic.title)].append(topic)
    found = []
    for topics in named.values():
        documents: dict[str, Item] = {}
        for topic in topics:
            documents.setdefault(topic.places[0].document, topic.item)
        if len(documents) > 1:
            places = ", ".join(f"{item.source}:{item.line}" for item in list(documents.values())[:SUGGESTED])
            message = sentence(
                "“%(title)s” stands in %(count)s documents (%(places)s). If it is one topic, link one note from all "
                "of them, or give them one id.",
                title=topics[0].title,
                count=len(documents),
                places=places,
            )
            found.append(Problem(topics[0].item.source, topics[0].item.line, "info", "same-title", message))
    if len(found) > SUGGESTED:
        rest = nsentence(
            "%(n)s more title stands in several documents.",
            "%(n)s more titles stand in several documents.",
            len(found) - SUGGESTED,
        )
        return [*found[:SUGGESTED], Problem("", 0, "info", "same-title", rest)]
    return found

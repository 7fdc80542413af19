"""Rule 7: `A → B → C` in a line: topics in an order. Diagrams are read in `diagrams`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import Block, Span
from roadmap.notes.items import Requirement
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.sections import item_rest, item_spans

_ARROW: Final = re.compile(r"→|⟶|➔|➜|➡\ufe0f?|⇒|⟹| (?:->|-->|=>|==>) ")


@dataclass(slots=True)
class Chain:
    """A line `A → B → C`, or `**Name:** A → B → C`."""

    topics: list[Draft]
    name: str = ""


def chain_of(spans: list[Span], line: int, at_least: int = 3) -> Chain | None:
    """The topics of a line `A → B → C`, each requiring the one before; None if the line is no such chain."""
    text = links.plain(spans)
    if len(text) > 1_000:
        return None
    parts = [p.strip(" .:*") for p in _ARROW.split(text)]
    name, colon, first = parts[0].partition(": ")
    if colon:
        parts[0] = first.strip(" *")
    if len(parts) < at_least or not all(p and len(p.split()) <= 6 and any(c.isalnum() for c in p) for p in parts):
        return None
    wikis = {" ".join(s.text.split()): links.wiki_name(s) for s in spans if s.kind == "wiki"}
    chain = Chain([], name.strip(" *") if colon else "")
    for part in parts:
        target, shown = wikis.get(part, (None, part))
        topic = Draft("topic", shown, line, link=target, rule="chain")
        if chain.topics:
            topic.requires.append(Requirement(chain.topics[-1].title, source="chain"))
        chain.topics.append(topic)
    return chain


def has_arrow(text: str) -> bool:
    return _ARROW.search(text) is not None


def chains_of(block: Block) -> list[Chain]:
    """The chains of a list whose every item is one: `A → B` is enough there, as its neighbours say the same."""
    if not block.children or any(item.checked is not None or item_rest(item) for item in block.children):
        return []
    found = [chain_of(item_spans(item), item.line, at_least=2) for item in block.children]
    listed = [chain for chain in found if chain is not None]
    return listed if len(listed) == len(found) and (len(found) > 1 or len(listed[0].topics) > 2) else []


def joined(chains: list[Chain]) -> list[Draft]:
    """What several chains draw together: a module for each if they have names, else each topic once."""
    if len(chains) > 1 and all(chain.name for chain in chains):
        return [
            Draft("module", c.name, c.topics[0].line, ordered=True, items=c.topics, rule="named-chain") for c in chains
        ]
    known: dict[str, Draft] = {}
    for topic in [topic for chain in chains for topic in chain.topics]:
        first = known.setdefault(vocabulary.fold(topic.title), topic)
        first.requires += [r for r in topic.requires if r not in first.requires]
    return list(known.values())


def chained(topics: list[Draft]) -> None:
    """Make each topic of an ordered module require the one before."""
    for before, after in pairwise(topics):
        if vocabulary.fold(before.title) not in {vocabulary.fold(r.title) for r in after.requires}:
            after.requires.append(Requirement(before.title, source="chain"))

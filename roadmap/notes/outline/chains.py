"""Rule 7: `A → B → C` in a line, and Mermaid flow charts: topics in an order."""

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
_NODE: Final = re.compile(
    r"([\w.]{1,60})\s?"
    r"(?:(?:\(\[|\[\(|\[\[?|\({1,3}|\{\{?|>|\[/|\[\\)\s?"
    r'(?:"([^"]{1,200})"|([^"\[\](){}|<>]{1,200}))\s?'
    r"(?:\]\)|\)\]|\]\]?|\){1,3}|\}\}?|/\]|\\\]))?"
    r"(?::::[\w-]{1,60})?"
)
_EDGE: Final = re.compile(
    r"\s{0,9}(?:<?(?:--+|==+|-\.-*\.?-*)(?:[>ox](?=\s|\||[\w]))?|~~~)\s{0,9}(?:\|[^|\n]{0,200}\|\s{0,9})?"
)
_LABELLED: Final = re.compile(r"(?:--|==|-\.)\s+[^-=>|\n]{1,100}?\s+(?:-->|==>|---|\.-+>?)")
_DIRECTION: Final = re.compile(r"(?:graph|flowchart)\b", re.IGNORECASE)


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


def diagram_of(block: Block) -> tuple[list[Draft], list[tuple[str, str]]]:
    """(nodes as topics, edges as (before, after) titles) of a Mermaid flow chart; nothing for other code."""
    lines = block.text.split("\n")[:2_000]
    if block.info.split(" ")[0].lower() != "mermaid" or not any(_DIRECTION.match(text.strip()) for text in lines[:5]):
        return [], []
    titles: dict[str, str] = {}
    places: dict[str, int] = {}
    edges: list[tuple[str, str]] = []
    for offset, raw in enumerate(lines):
        text = raw.strip().rstrip(";")[:1_000]
        first = text.split(" ", 1)[0].lower()
        if not text or text.startswith("%%") or first in _STATEMENTS or _DIRECTION.match(text):
            continue
        text = _LABELLED.sub("-->", text)
        before: list[str] = []
        at = 0
        while at < len(text) and (node := _NODE.match(text, at)):
            here = [node[1]]
            at = node.end()
            if node[2] or node[3] or node[1] not in titles:
                titles[node[1]] = (node[2] or node[3] or titles.get(node[1]) or node[1]).strip()
                places.setdefault(node[1], block.line + 1 + offset)
            while (more := re.match(r"\s*&\s*", text[at : at + 20])) and (node := _NODE.match(text, at + more.end())):
                here.append(node[1])
                titles[node[1]] = (node[2] or node[3] or titles.get(node[1]) or node[1]).strip()
                places.setdefault(node[1], block.line + 1 + offset)
                at = node.end()
            edges += [(a, b) for a in before for b in here]
            edge = _EDGE.match(text, at)
            if edge is None or edge.end() == at:
                break
            before, at = here, edge.end()
    nodes = [
        Draft("topic", " ".join(t.replace("<br/>", " ").split()), places[key], rule="diagram-node")
        for key, t in titles.items()
    ]
    named = {key: node.title for key, node in zip(titles, nodes, strict=True)}
    return nodes, [(named[a], named[b]) for a, b in edges if named[a] != named[b]]


_STATEMENTS: Final = frozenset(
    {"subgraph", "end", "classdef", "class", "style", "linkstyle", "click", "direction", "title"}
)

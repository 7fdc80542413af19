"""Rule 7: road maps drawn with Mermaid: flow charts with their subgraphs, mind maps, time lines and Gantt charts.

Each is read line by line, a line being looked at once; what is not understood is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from roadmap.notes import vocabulary
from roadmap.notes.blocks import Block
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.numbers import take_number

MAX_LINES: Final = 2_000
MAX_LINE: Final = 1_000
_BREAK: Final = re.compile(r"<br\s{0,3}/?>|\\n", re.IGNORECASE)
_ICON: Final = re.compile(r"\bfa[bsrl]?:fa-[\w-]{1,40}\s?")
_NODE: Final = re.compile(
    r"([\w.]{1,60}(?:-[\w.]{1,60}){0,4}(?!-))\s?"
    r"(?:(?:\(\[|\[[(/\\]|\[\[?|\({1,3}|\{\{?|>)\s?"
    r'(?:"([^"]{1,200})"|([^"\[\](){}|<>]{1,200}(?:\([^"\[\](){}|<>]{0,80}\))?))\s?'
    r"(?:\]\)|\)\]|\]\]?|\){1,3}|\}\}?|/\]|\\\]))?"
    r"(?::::\w{1,60}(?:-\w{1,60}){0,4})?"
)
_EDGE: Final = re.compile(
    r"\s{0,9}(?:<?(?:--+|==+|-\.-*\.?-*)(?:[>ox](?=\s|\||[\w]))?|~~~)\s{0,9}(?:\|([^|\n]{0,200})\|\s{0,9})?"
)
_LABELLED: Final = re.compile(r"(?:--|==|-\.)\s+\"?([^-=>|\n\"]{1,100}?)\"?\s+(?:-->|==>|---|\.-+>?)")
_AND: Final = re.compile(r"\s{0,9}&\s{0,9}")
_DIRECTION: Final = re.compile(r"(?:graph|flowchart)\b", re.IGNORECASE)
_SUBGRAPH: Final = re.compile(
    r"subgraph\s{1,9}(?:([\w.-]{1,60})\s{0,9}\[\"?([^\[\]\"]{1,200})\"?\]|\"?([^\[\]\"]{1,200}))", re.I
)
_STATEMENTS: Final = frozenset(
    {"classdef", "class", "style", "linkstyle", "click", "direction", "title", "acctitle", "accdescr"}
)
_OPENING, _CLOSING = "([{)", ")]}("
"""Of the shapes of a mind map, `id((text))`, `id))text((`, `id{{text}}`."""
_SETTINGS: Final = ("title", "dateformat", "axisformat", "excludes", "todaymarker", "tickinterval", "accdescr")


@dataclass(slots=True)
class Diagram:
    """What a diagram draws."""

    items: list[Draft] = field(default_factory=list)
    """Topics, and modules where it groups them."""
    edges: list[tuple[str, str]] = field(default_factory=list)
    """(before, after), by title."""
    topics: int = 0


def diagram_of(block: Block) -> Diagram:
    """The items and edges of a Mermaid diagram that is a road map; nothing for other code."""
    if block.info.split(" ")[0].strip("{}").lower() != "mermaid":
        return Diagram()
    lines = [line[:MAX_LINE] for line in block.text.split("\n")[:MAX_LINES]]
    skipped = _front(lines)
    for at in range(skipped, min(len(lines), skipped + 6)):
        first = lines[at].strip().split(" ")[0].lower()
        first_line = block.line + 1 + at + 1
        rest = lines[at + 1 :]
        if _DIRECTION.match(lines[at].strip()):
            return _flow_chart(rest, first_line)
        if first in _READERS:
            return _READERS[first](rest, first_line)
    return Diagram()


def _front(lines: list[str]) -> int:
    """How many lines of settings between `---` a diagram starts with."""
    if lines and lines[0].strip() == "---":
        return next((at + 1 for at, text in enumerate(lines[1:], 1) if text.strip() == "---"), 0)
    return 0


def _clean(text: str) -> str:
    return " ".join(_ICON.sub("", text).strip(" \"'`*/\\").split())


# Flow charts


class _FlowChart:
    """A flow chart in the making: what its nodes are called, and in which subgraph each was first named."""

    def __init__(self) -> None:
        self.drawn = Diagram()
        self.nodes: dict[str, Draft] = {}
        self.groups: dict[str, Draft] = {}
        self.open: list[Draft] = []
        self.edges: list[tuple[str, str]] = []

    def node(self, found: re.Match[str], line: int) -> str:
        key, text = found[1], _clean(found[2] or found[3] or "")
        if key not in self.nodes and key not in self.groups:
            self.nodes[key] = Draft("topic", key, line)
            (self.open[-1].items if self.open else self.drawn.items).append(self.nodes[key])
        if text and key in self.nodes:
            node = self.nodes[key]
            node.title = take_number(text, node) or text
        return key

    def subgraph(self, text: str, line: int) -> None:
        found = _SUBGRAPH.match(text)
        title = _clean((found[2] or found[3]) if found is not None else "")
        group = Draft("module", "", line)
        group.title = take_number(title, group) or title
        (self.open[-1].items if self.open else self.drawn.items).append(group)
        self.open.append(group)
        if found is not None:
            self.groups[(found[1] or found[3]).strip()] = group

    def line(self, text: str, line: int) -> None:
        """Nodes and edges of one line: `a & b --> c -- label --> d`."""
        before: list[str] = []
        optional = False
        at = 0
        while at < len(text) and (found := _NODE.match(text, at)):
            here = [self.node(found, line)]
            at = found.end()
            while (more := _AND.match(text, at)) and (found := _NODE.match(text, more.end())):
                here.append(self.node(found, line))
                at = found.end()
            for key in here if optional else ():
                if key in self.nodes:
                    self.nodes[key].optional = True
            self.edges += [(a, b) for a in before for b in here]
            edge = _EDGE.match(text, at)
            if edge is None or edge.end() == at:
                break
            optional = vocabulary.is_("optional", edge[1] or "")
            before, at = here, edge.end()


def _flow_chart(lines: list[str], first_line: int) -> Diagram:
    chart = _FlowChart()
    for offset, raw in enumerate(lines):
        text = _BREAK.sub(" ", raw).strip().rstrip(";")
        first = text.split(" ", 1)[0].lower()
        if first == "subgraph":
            chart.subgraph(text, first_line + offset)
        elif first == "end":
            del chart.open[-1:]
        elif text and not text.startswith("%%") and first not in _STATEMENTS:
            chart.line(_LABELLED.sub(r"-->|\1|", text), first_line + offset)
    named = {**chart.nodes, **chart.groups}
    pairs = ((named[a].title, named[b].title) for a, b in chart.edges)
    chart.drawn.edges = [(a, b) for a, b in pairs if a != b]
    chart.drawn.topics = len(chart.nodes)
    chart.drawn.items = _filled(chart.drawn.items)
    return chart.drawn


def _filled(items: list[Draft]) -> list[Draft]:
    """The items without groups that hold nothing; a group without a name gives its items to the one above."""
    kept: list[Draft] = []
    for item in items:
        item.items = _filled(item.items)
        if not item.holds:
            kept.append(item)
        elif item.items:
            kept += [item] if any(c.isalnum() for c in item.title) else item.items
    return kept


# Diagrams that are outlines


def _mind_map(lines: list[str], first_line: int) -> Diagram:
    """Its leaves are topics, its branches modules; the root is the subject."""
    drawn = Diagram()
    above: list[tuple[int, Draft]] = []
    for offset, raw in enumerate(lines):
        text = _BREAK.sub(" ", raw)
        depth = len(text) - len(text.lstrip())
        text = text.strip()
        if not text or text.startswith(("%%", "::icon", ":::")):
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        item = Draft("topic", _clean(_unshaped(text)), first_line + offset)
        if above:
            above[-1][1].items.append(item)
            above[-1][1].kind = "module"
        else:
            drawn.items.append(item)
        above.append((depth, item))
    if len(drawn.items) == 1:
        drawn.items = drawn.items[0].items
    drawn.topics = sum(item.topics() for item in drawn.items)
    return drawn


def _unshaped(text: str) -> str:
    """The text of a node `id((text))`; a bracket behind a blank is a part of the text."""
    start = next((at for at, char in enumerate(text) if char in _OPENING), -1)
    if start < 0 or text[-1] not in _CLOSING or (start > 0 and text[start - 1].isspace()):
        return text
    return text[start:].strip(_OPENING + _CLOSING) or text


def _time_line(lines: list[str], first_line: int) -> Diagram:
    """`section` lines are modules; of `2024 : A : B` the events are topics."""
    return _sections(lines, first_line, lambda text: text.split(" : ")[1:] or text.strip(": ").split(" : "))


def _gantt(lines: list[str], first_line: int) -> Diagram:
    """`section` lines are modules; `Task :done, a1, after b1, 3d` is a topic that needs what b1 names."""
    drawn = _sections(lines, first_line, lambda text: [text.partition(":")[0]] if ":" in text else [])
    topics = {item.line: item for top in drawn.items for item in top.walk() if item.kind == "topic"}
    ids: dict[str, str] = {}
    for offset, raw in enumerate(lines):
        item = topics.get(first_line + offset)
        settings = [s.strip() for s in raw.partition(":")[2].split(",")] if item is not None else []
        for setting in settings:
            if item is None:
                break
            if setting == "done":
                item.done = True
            elif setting.startswith("after "):
                drawn.edges += [(ids[key], item.title) for key in setting.split()[1:] if key in ids]
            elif re.fullmatch(r"[^\W\d]\w{0,60}", setting) and setting not in {"active", "crit", "milestone", "vert"}:
                ids.setdefault(setting, item.title)
    return drawn


def _sections(lines: list[str], first_line: int, topics_of: Callable[[str], list[str]]) -> Diagram:
    drawn = Diagram()
    into = drawn.items
    for offset, raw in enumerate(lines):
        text = _BREAK.sub(" ", raw).strip()
        first = text.split(" ", 1)[0].lower()
        if not text or text.startswith("%%") or first in _SETTINGS:
            continue
        if first == "section":
            module = Draft("module", "", first_line + offset)
            module.title = take_number(_clean(text[len("section") :]), module)
            drawn.items.append(module)
            into = module.items
            continue
        for title in filter(None, map(_clean, topics_of(text))):
            into.append(Draft("topic", title, first_line + offset))
    drawn.items = _filled(drawn.items)
    drawn.topics = sum(item.topics() for item in drawn.items)
    return drawn


_READERS: Final = {"mindmap": _mind_map, "timeline": _time_line, "gantt": _gantt}

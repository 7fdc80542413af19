"""The map as SVG: drawn once for a set of topics at one revision of the roadmap, the states filled in per request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, islice, pairwise
from threading import Lock
from typing import cast

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.layered import Group, Hull, Line, Measures, Node, is_rtl, laid_out, wrapped
from roadmap.tree import Tree
from tracker.maps.asked import Edges, edges
from tracker.maps.looks import Look, mark

MEASURES = Measures()
SIZE, LINE = 12, 15
"""Font and line of titles in boxes, pixels; so in `map_drawing.css`."""
SMALL, HEAD_SIZE, HEAD_LINE = 13, 11.5, 14
"""The line of the word below a title; font and line of the headings of modules."""
LEAD, ROOM = 29, MEASURES.width - 29 - 8
"""What a title leaves free for the mark, and what that leaves for the title."""
KEPT = 24
"""Drawings kept with a tree."""
TILED, TILE, EDGE = 250, 16, 4
"""Topics from which a picture on a page is cut into tiles, topics of a tile, and pixels around them for thick lines. A
browser lays out only the tiles that are near what one sees (`.tile` in `map.css`): the text of thousands of topics is
half of its work."""

_lock = Lock()


class Drawn:
    """One drawing, with the states left open."""

    def __init__(self, tree: Tree, topics: Sequence[int], linked: Edges) -> None:
        self.edges = linked
        self.topics = topics
        titles = {topic: wrapped(tree.topics[topic].title, ROOM, SIZE) for topic in topics}
        self._tree = tree
        self._groups, self._headings, self._of = _groups(tree, topics)
        nodes = [
            Node(topic, self._of[topic], len(titles[topic]) * LINE + SMALL + 12) for topic in topics
        ]  # 6 above, 6 below
        drawing = self.drawing = laid_out(nodes, self._groups, linked.arcs, MEASURES)
        self.width, self.height = round(drawing.width), round(drawing.height)
        self._hulls = "".join(map(self._hull, drawing.hulls))
        into: dict[int, list[Line]] = {}
        for line in drawing.lines:
            into.setdefault(line.arc.target, []).append(line)
        self._edges = {topic: "".join(map(self._edge, into[topic])) for topic in topics if topic in into}
        self._pieces = {topic: self._topic(topic, titles[topic]) for topic in topics}
        self._tiles = self._cut() if len(topics) > TILED else []

    def filled(self, looks: dict[int, Look], *, way: Iterable[int] = ()) -> str:
        """Hulls and topics as SVG, without the element around them. `way` is what is marked as the way to a goal."""
        marked = set(way)
        out = [f'<g class="hulls">{self._hulls}</g>']
        for topic in self.topics:
            self._fill(out, topic, looks[topic], way=topic in marked, edges=self._edges.get(topic, ""))
        return "".join(out)

    def on_page(self, looks: dict[int, Look], *, way: Iterable[int] = ()) -> str:
        """The same, cut into tiles where there are many topics, their edges below them. For browsers only: a file with
        `foreignObject` is not shown by every viewer."""
        if not self._tiles:
            return self.filled(looks, way=way)
        marked = set(way)
        out = [f'<g class="hulls">{self._hulls}</g><g>']
        for topic, paths in self._edges.items():
            out.append(f'<g class="way">{paths}</g>' if topic in marked else paths)
        out.append("</g>")
        for start, topics in self._tiles:
            out.append(start)
            for topic in topics:
                self._fill(out, topic, looks[topic], way=topic in marked)
            out.append("</svg></foreignObject>")
        return "".join(out)

    def _fill(self, out: list[str], topic: int, look: Look, *, way: bool, edges: str = "") -> None:
        start, label, shape, at, word = self._pieces[topic]
        classes = f"{look.kind} changed" if look.changed else look.kind
        out += (start, f'{classes} way">' if way else f'{classes}">', edges, label, escape(look.said), shape)
        out += (mark(look.kind, at, changed=look.changed), word, escape(look.word), "</text></a></g>")

    def _cut(self) -> list[tuple[str, tuple[int, ...]]]:
        """Each tile's beginning and its topics: neighbours in reading order, of one group."""
        tiles = []
        for _group, topics in groupby(self.topics, key=self._of.__getitem__):
            while part := tuple(islice(topics, TILE)):
                boxes = [self.drawing.boxes[topic] for topic in part]
                x, y = round(min(b.x for b in boxes)) - EDGE, round(min(b.y for b in boxes)) - EDGE
                width = round(max(b.x + b.width for b in boxes)) + EDGE - x
                height = round(max(b.y + b.height for b in boxes)) + EDGE - y
                size = f'width="{width}" height="{height}"'
                start = f'<foreignObject x="{x}" y="{y}" {size}><svg class="tile" role="none" {size} '
                tiles.append((f'{start}viewBox="{x} {y} {width} {height}">', part))
        return tiles

    def _topic(self, topic: int, lines: Sequence[str]) -> tuple[str, str, str, str, str]:
        """What stands around class, edges, words and mark, and where the mark is."""
        box, facts = self.drawing.boxes[topic], self._tree.topics[topic]
        title = escape(facts.title)
        href = reverse("topic", args=[facts.slug])
        if topic in self._tree.seated:
            href += f"?roadmap={escape(self._tree.slug)}"
        x, y, width, height = round(box.x), round(box.y), round(box.width), round(box.height)
        optional = f", {escape(_('optional'))}" if topic in self._tree.optional else ""
        dashed = ' class="b o"' if optional else ' class="b"'
        text = _text(facts.title, lines, (x + LEAD, x + width - 8), y + 6 + SIZE, LINE)
        word_x, word_way = (x + width - 8, ' direction="rtl"') if is_rtl(facts.title) else (x + LEAD, "")
        return (
            f'<g id="n{topic}" data-title="{title}" data-column="{box.column}" class="n ',
            f'<a href="{href}" aria-label="{title}, ',
            f'{optional}"><rect{dashed} x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>',
            f"M{x + 15} {y + 6 + SIZE - 4}",
            f'{text} <text class="w"{word_way} x="{word_x}" y="{y + height - 7}">',
        )

    def _edge(self, line: Line) -> str:
        some = " any" if line.arc in self.edges.alternatives else ""
        ends = f'data-from="{line.arc.source}" data-to="{line.arc.target}"'
        return f'<path class="e{some}" {ends} d="{_path(line.points)}"/>'

    def _hull(self, hull: Hull) -> str:
        title, lines, href = self._headings[hull.group]
        out = [f'<path d="{_around(hull.parts)}"/>']
        if hull.heading:
            x, y = hull.heading
            ends = round(x), round(x + MEASURES.width)
            text = _text(title, lines, ends, round(y + HEAD_SIZE - 2), HEAD_LINE)
            out.append(f'<a href="{href}">{text}</a>' if href else text)
        return f"<g>{''.join(out)}</g>"


_Heading = tuple[str, tuple[str, ...], str]
"""Title, its lines, where it leads."""


def _groups(tree: Tree, topics: Sequence[int]) -> tuple[list[Group], list[_Heading], dict[int, int]]:
    """The modules around these topics, the heading of each, and the group of each topic.

    Levels are no hulls: what they would hold lies all over the map.
    """
    held = {index for topic in topics if topic in tree.seated for index in tree.above(tree.seated[topic])}
    own = {tree.seated[topic] for topic in topics if topic in tree.seated}
    number: dict[int, int] = {}
    groups: list[Group] = []
    headings: list[_Heading] = []
    here = reverse("roadmap_map", args=[tree.slug])
    for index, branch in enumerate(tree.branches):
        if index not in held or (branch.kind == "level" and index not in own):
            continue
        parent = next((number[i] for i in tree.above(index)[1:] if i in number), None)
        lines = wrapped(branch.title, MEASURES.width, HEAD_SIZE)
        number[index] = len(groups)
        groups.append(Group(parent, len(lines) * HEAD_LINE + 2))
        headings.append((branch.title, lines, f"{here}?module={escape(branch.slug)}"))
    of = {topic: number[tree.seated[topic]] for topic in topics if topic in tree.seated}
    if len(of) < len(topics):
        title = _("From other roadmaps")
        lines = wrapped(title, MEASURES.width, HEAD_SIZE)
        for topic in topics:
            of.setdefault(topic, len(groups))
        groups.append(Group(None, len(lines) * HEAD_LINE + 2))
        headings.append((title, lines, ""))
    return groups, headings, of


def _text(title: str, lines: Sequence[str], ends: tuple[int, int], y: int, line: int) -> str:
    """From the left of `ends`, or from the right where the script is written so. Words that a line parts stay words to
    who hears or copies them: a space stands only where the title has one."""
    rtl = is_rtl(title)
    x, rest, out = ends[rtl], " ".join(title.split()), []
    for number, text in enumerate(lines):
        rest = rest.removeprefix(text)
        gap = " " if rest.startswith(" ") else ""
        rest = rest.removeprefix(" ")
        said = f"{escape(text)}{gap}"
        out.append(f'<tspan x="{x}" y="{y + number * line}">{said}</tspan>' if number else said)
    way = ' direction="rtl"' if rtl else ""
    return f'<text{way} x="{x}" y="{y}">{"".join(out)}</text>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Bows between columns, level lines through them; in whole pixels, which nobody sees and halves the page."""
    x, y = round(points[0][0]), round(points[0][1])
    out = [f"M{x} {y}"]
    level = 0
    for start in range(0, len(points), 2):
        ends = [(round(a), round(b)) for a, b in points[start : start + 2]]
        level += ends[0][0] - x
        x, y = ends[0]
        wide, deep = ends[1][0] - x, ends[1][1] - y
        if deep:
            bow = f"c{wide // 2} 0 {wide - wide // 2} {deep} {wide} {deep}"
            out.append(f"h{level}{bow}" if level else bow)
            level = 0
        else:
            level += wide
        x, y = ends[1]
    return "".join([*out, f"h{level}" if level else ""])


def _around(parts: Sequence[tuple[float, float, float, float]]) -> str:
    """A hull with round corners at its ends and bows between its columns."""
    whole = [tuple(map(round, part)) for part in parts]
    first, last, r = whole[0], whole[-1], 9
    out = [f"M{first[0]} {first[2] + r}q0 {-r} {r} {-r}H{first[1] - r}"]
    for one, other in pairwise(whole):
        middle = (one[1] + other[0]) // 2
        out.append(f"L{one[1]} {one[2]}C{middle} {one[2]} {middle} {other[2]} {other[0]} {other[2]}")
    out.append(f"H{last[1] - r}q{r} 0 {r} {r}V{last[3] - r}q0 {r} {-r} {r}")
    for other, one in pairwise(reversed(whole)):
        middle = (one[1] + other[0]) // 2
        out.append(f"L{other[0]} {other[3]}C{middle} {other[3]} {middle} {one[3]} {one[1]} {one[3]}")
    out.append(f"H{first[0] + r}q{-r} 0 {-r} {-r}z")
    return "".join(out)


def drawn(tree: Tree, topics: tuple[int, ...], *, everything: bool) -> Drawn:
    """Kept with the tree; of many the one asked for longest ago goes first."""
    key = (topics, everything, get_language())
    with _lock:
        kept = cast("dict[object, Drawn]", tree.kept.setdefault(__name__, {}))
        found = kept.pop(key, None)
        if found is not None:
            kept[key] = found
            return found
    made = Drawn(tree, topics, edges(tree, topics, everything=everything))
    with _lock:
        kept[key] = made
        while len(kept) > KEPT:
            del kept[next(iter(kept))]
    return made

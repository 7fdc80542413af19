"""A learner's roadmap as their mentor reads it: the rows of `rows.py` with marks in place of controls.

A row opens its topic beside the roadmap, on the same page; the filter in use is kept.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from roadmap.tree import Seat, Tree
from tracker import languages
from tracker.rows import Compiled, CompiledRow, hours
from tracker.slotted import Slotted


class ReadOnly(Compiled):
    @staticmethod
    def _links(tree: Tree) -> dict[str, str]:
        """Beside the page of the learner, whoever that is."""
        return {"share": f"share/{quote(tree.slug)}/?section="}

    @staticmethod
    def _row(tree: Tree, seat: Seat) -> CompiledRow:
        topic = tree.topics[seat.topic]
        href = f"{link_of(tree)}{quote(topic.slug)}#talk"
        context = {
            "topic": topic,
            "href": href,
            "details": ", ".join(topic.details),
            "hours": hours(topic.hours),
            "optional": seat.optional and not tree.branches[tree.seated[topic.id]].optional,
        }
        slotted = Slotted("learners/_topic_row.html", context)
        return CompiledRow(slotted, href, optional=seat.optional, strict=tree.locking == "strict")


def link_of(tree: Tree, show: str = "") -> str:
    """What the addresses of the rows begin with; the topic's slug follows."""
    return "?" + urlencode({"roadmap": tree.slug} | ({"show": show} if show else {}) | {"topic": ""})


def read_only(tree: Tree) -> ReadOnly:
    """Compiled once for each tree and language, and kept with it."""
    key = f"{__name__} {languages.current()}"
    found = tree.kept.get(key)
    if not isinstance(found, ReadOnly):  # threads may do this twice, to the same end
        found = tree.kept[key] = ReadOnly(tree)
    return found

"""From a topic's Markdown to HTML that may stand on anyone's page.

The HTML is written here, event by event, from the parser that also reads outlines; markup of the note itself is never
passed on. Whatever one note can become is bounded: cells, items, depth, links, the length of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from roadmap.notes.items import Problem
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.markdown import PARSER
from roadmap.notes.rendering.blocks import Page
from roadmap.notes.rendering.writer import RefusedError, Resolve
from roadmap.notes.sanitising import clean

__all__ = ["Rendered", "Resolve", "render"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, or "" with a problem of severity error when the note is beyond a bound."""

    html: str
    problems: tuple[Problem, ...] = ()


def render(
    markdown: str,
    *,
    resolve_link: Resolve,
    limits: Limits = DEFAULT,
    source: str = "",
    line: int = 1,
    heading: int = 3,
    prefix: str = "note",
) -> Rendered:
    """The HTML of a topic's body.

    `source` and `line` say where the Markdown lies, for the problems; `heading` is the level that its highest heading
    gets; `prefix` begins the ids of footnotes, for pages that show several bodies.
    """
    data = markdown.encode("utf-8", "replace")
    page = Page(data, resolve_link, limits, source, line, heading, prefix)
    try:
        page.write(PARSER.events_with_range(data.decode(), merge_text=True))
        html = page.finish()
    except RefusedError as refused:
        problem = Problem(source, page.line_at(refused.offset), "error", refused.code, refused.message)
        return Rendered("", (problem,))
    return Rendered(clean(html), tuple(page.problems))

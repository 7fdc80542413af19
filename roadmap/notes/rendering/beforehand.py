"""Whether a body renders without anything to report, seen from its text alone, a hundred times faster than rendering.

Every figure here is a bound from above: a body that is let through has nothing to report, whatever the parser makes of
it; one that is not may have nothing to report either.
"""

from __future__ import annotations

import re

from roadmap.notes.limits import DEFAULT, Limits

EVENTS = 8
"""Events of the parser that one character can become at most, those of table cells apart."""
HTML = 40
"""Characters of HTML that one character, or one table cell, can become at most, those of links apart."""
LINK_HTML = 1_000
"""Characters of HTML that one link can become at most, beyond its own text: the address of a topic, encoded."""

_MARKERS = "-*+.)"
_EMPTY_HEADING = re.compile(r"#[ \t]*(?:\n|\Z)")
_AUTOLINK = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*[:@]")
_SAFE_LINK = re.compile(
    r"\]\((?:https?://[A-Za-z0-9.-]{1,200}(?:[/?#][A-Za-z0-9/?#=&%+~._,:@!*'$-]{0,1000})?|[\w.#-][\w./#%+~-]{0,200})\)"
)
"""A link with no blank, entity, escape or title in it: to a page of the web, or to something beside the note."""


def nothing_to_report(markdown: str, limits: Limits = DEFAULT) -> bool:
    """Whether `render` surely has no problem with this body."""
    if "]:" in markdown or "\r" in markdown:  # what is defined once may be shown a thousand times
        return False
    length, lines = len(markdown), markdown.count("\n") + 1
    links = markdown.count("[") + markdown.count("<")
    cells = lines * (markdown.count("|") + 1) if "|" in markdown else 0
    return (
        lines <= limits.headings
        and links <= limits.links
        and cells <= limits.table_cells
        and (length <= 2 * limits.items or sum(map(markdown.count, _MARKERS)) <= limits.items)
        and EVENTS * (length + cells) <= limits.markup
        and HTML * (length + cells) + LINK_HTML * links <= limits.rendered
        and (length <= limits.inline_block or max(map(len, markdown.split("\n\n"))) <= limits.inline_block)
        and not _deep(limits.nesting).search(markdown)
        and not _EMPTY_HEADING.search(markdown)
        and not _AUTOLINK.search(markdown)
        and markdown.count("](") == len(_SAFE_LINK.findall(markdown))
    )


def _deep(nesting: int) -> re.Pattern[str]:
    """A line that can stand as deep: a list within a list needs two columns, and a tab may make four."""
    return re.compile(rf"(?m)^[ \t>*+\-0-9.)]{{{nesting // 2},}}")  # `re` keeps what it compiled

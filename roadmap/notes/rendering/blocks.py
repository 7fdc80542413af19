"""Headings, lists, quotes, tables, code and footnotes: the blocks of a note, and the walk over its events."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any, Final

from roadmap.notes.rendering.inline import Inline, is_inline, plain_html
from roadmap.notes.rendering.writer import CODE_END, Event, RefusedError, as_text, event_of
from roadmap.sentences import sentence

_CALLOUT = re.compile(r"\[!([A-Za-z][A-Za-z-]{0,30})\][+-]?[ \t]*")
_CALLOUT_KINDS: Final = {
    "abstract": "summary",
    "tldr": "summary",
    "info": "note",
    "hint": "tip",
    "check": "success",
    "done": "success",
    "help": "question",
    "faq": "question",
    "caution": "warning",
    "attention": "warning",
    "error": "danger",
    "bug": "danger",
    "fail": "danger",
    "failure": "danger",
    "missing": "danger",
    "cite": "quote",
}
_CALLOUT_STYLES = frozenset(
    {"note", "tip", "important", "warning", "danger", "example", "question", "quote", "success", "summary", "todo"}
)
_NESTING = frozenset({"List", "BlockQuote"})
_COUNTED = frozenset({"Item", "TableCell", "Heading"})
_LANGUAGE = re.compile(r"[A-Za-z0-9+#_.-]{1,30}(?![^\s{,:])")


class Page(Inline):
    """A whole note."""

    def write(self, events: Iterable[tuple[Any, Any]]) -> None:
        found, limits, depth = self.events, self.limits, 0
        for raw, span in events:
            event = event_of(raw, span)
            found.append(event)
            if len(found) > limits.markup:
                message = sentence(
                    "The note has more than %(markup)s pieces of markup. Split it.", markup=limits.markup
                )
                raise RefusedError(event.start, "too-much-markup", message)
            if event.kind == "Start":
                if event.tag in _COUNTED:
                    self._count(event)
                elif event.tag in _NESTING:
                    depth += 1
                    if depth > limits.nesting_refused:
                        message = sentence(
                            "Lists and quotes nest deeper than %(nesting_refused)s levels here.",
                            nesting_refused=limits.nesting_refused,
                        )
                        raise RefusedError(event.start, "too-deep", message)
            elif event.kind == "End":
                depth -= event.tag in _NESTING
        at, end = 0, len(self.events)
        while at < end:
            event = self.events[at]
            if is_inline(event):
                at = self.run(at)
            else:
                self._block(event, at)
                at += 1

    def _block(self, event: Event, at: int) -> None:
        if event.kind == "Start":
            getattr(self, f"_start_{event.tag}")(event, at)
        elif event.kind == "End":
            getattr(self, f"_end_{event.tag}", self._end_other)(event)
        elif event.kind == "Rule":
            self.put("<hr>\n", event.start)
        elif event.kind == "TaskListMarker":
            state = "done" if event.data else "not done"
            box = "☑" if event.data else "☐"
            self.put(f'<span class="box" role="img" aria-label="{state}">{box}</span> ', event.start)

    def _start_HtmlBlock(self, event: Event, at: int) -> None:  # noqa: N802 - named for the event
        """HTML is shown as text, without comments and without tags that only wrap."""
        html: list[str] = []
        while self.events[at + 1].kind == "Html":
            at += 1
            html.append(self.events[at].data)
        text = plain_html("".join(html)).strip()
        if text:
            self.put(f'<p class="plain" dir="auto">{as_text(text)}</p>\n', event.start)
        self.closers.append("")

    def _end_other(self, event: Event) -> None:
        self.put(self.closers.pop(), event.end)

    def _start_Paragraph(self, event: Event, _at: int) -> None:  # noqa: N802 - named for the event
        self.open_element('<p dir="auto">', "</p>\n", event.start)

    def _end_Paragraph(self, event: Event) -> None:  # noqa: N802
        self.callout_title = False
        self._end_other(event)

    def _start_Heading(self, event: Event, at: int) -> None:  # noqa: N802
        level = int(event.data["level"][1])
        while self.headings and self.headings[-1] >= level:
            self.headings.pop()
        shown = min(6, self.heading + len(self.headings))
        self.headings.append(level)
        if self.events[at + 1].kind == "End":
            self.warn(event.start, "empty-heading", sentence("A heading without a title stands here."))
            self.closers.append("")
        else:
            self.open_element(f'<h{shown} dir="auto">', f"</h{shown}>\n", event.start)

    def _start_BlockQuote(self, event: Event, at: int) -> None:  # noqa: N802
        if self._too_deep(event):
            return
        first = self.events[at + 2] if at + 2 < len(self.events) else event
        in_paragraph = first.kind == "Text" and self.events[at + 1].tag == "Paragraph"
        callout = _CALLOUT.match(first.data) if in_paragraph else None
        if not callout:
            self.open_element('<blockquote dir="auto">\n', "</blockquote>\n", event.start)
            return
        word = callout[1].lower()
        style = _CALLOUT_KINDS.get(word, word)
        style = style if style in _CALLOUT_STYLES else "note"
        label = escape(word.replace("-", " ").capitalize())
        self.open_element(f'<aside class="callout callout-{style}" role="note">\n', "</aside>\n", event.start)
        # The first line is the title: the paragraph is opened here, and ends with that line.
        self.events[at + 1] = Event("Start", "CalloutTitle", label, first.start, first.end)
        self.events[at + 2] = Event("Text", "", first.data[callout.end() :], first.start, first.end)

    def _end_BlockQuote(self, event: Event) -> None:  # noqa: N802
        self.depth -= 1
        self._end_other(event)

    def _start_CalloutTitle(self, event: Event, at: int) -> None:  # noqa: N802
        self.open_element(f'<p class="callout-title" dir="auto"><strong>{event.data}</strong> ', "</p>\n", event.start)
        self.callout_title = True

    def _start_List(self, event: Event, _at: int) -> None:  # noqa: N802
        if self._too_deep(event):
            return
        if event.data is None:
            self.open_element("<ul>\n", "</ul>\n", event.start)
        else:
            start = "" if event.data == 1 else f' start="{event.data}"'
            self.open_element(f"<ol{start}>\n", "</ol>\n", event.start)

    def _end_List(self, event: Event) -> None:  # noqa: N802
        self.depth -= 1
        self._end_other(event)

    def _start_Item(self, event: Event, at: int) -> None:  # noqa: N802
        if self.depth > self.limits.nesting:
            self.open_element("<br>", "", event.start)
            return
        following = [inner.kind for inner in self.events[at + 1 : at + 3]]
        task = following[0] == "TaskListMarker" or following[1:] == ["TaskListMarker"]
        self.open_element('<li class="task" dir="auto">' if task else '<li dir="auto">', "</li>\n", event.start)

    def _too_deep(self, event: Event) -> bool:
        """Counts a list or quote in; beyond the bound its content is shown without an element of its own."""
        self.depth += 1
        if self.depth <= self.limits.nesting:
            return False
        message = sentence(
            "Lists and quotes nest deeper than %(nesting)s levels; what is deeper is shown there.",
            nesting=self.limits.nesting,
        )
        self.warn(event.start, "nesting", message)
        self.closers.append("")
        return True

    def _start_CodeBlock(self, event: Event, _at: int) -> None:  # noqa: N802
        language = None
        if isinstance(event.data, dict):
            language = _LANGUAGE.match(event.data["Fenced"].strip()[:60])
        named = f' class="language-{escape(language[0].lower())}"' if language else ""
        self.open_element(f'<pre dir="ltr" tabindex="0"><code{named}>', CODE_END, event.start)

    def _start_Table(self, event: Event, _at: int) -> None:  # noqa: N802
        self.columns = tuple("" if side == "None" else f' class="{side.lower()}"' for side in event.data)
        opening = '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n'
        self.open_element(opening, "</tbody></table></div>\n", event.start)

    def _start_TableHead(self, event: Event, _at: int) -> None:  # noqa: N802
        self.in_head, self.column = True, 0
        self.open_element("<thead><tr>", "</tr></thead><tbody>\n", event.start)

    def _end_TableHead(self, event: Event) -> None:  # noqa: N802
        self.in_head = False
        self._end_other(event)

    def _start_TableRow(self, event: Event, _at: int) -> None:  # noqa: N802
        self.column = 0
        self.open_element("<tr>", "</tr>\n", event.start)

    def _start_TableCell(self, event: Event, at: int) -> None:  # noqa: N802
        side = self.columns[self.column] if self.column < len(self.columns) else ""
        self.column += 1
        if self.in_head and self.events[at + 1].kind != "End":
            self.open_element(f'<th scope="col" dir="auto"{side}>', "</th>", event.start)
        else:
            self.open_element(f'<td dir="auto"{side}>', "</td>", event.start)

    def _start_FootnoteDefinition(self, event: Event, _at: int) -> None:  # noqa: N802
        self.outer.append((event.data, self.out))
        self.out = []
        self.closers.append("")

    def _end_FootnoteDefinition(self, event: Event) -> None:  # noqa: N802
        self._end_other(event)
        label, outer = self.outer.pop()
        self.footnote(label).html += "".join(self.out)
        self.out = outer

    def finish(self) -> str:
        body = "".join(self.out)
        if not self.footnotes:
            return body
        notes = []
        for note in self.footnotes.values():
            back = f'<a href="#{self.prefix}-ref-{note.number}" class="back" aria-label="Back to the text">↩</a>'
            html = f"{note.html}{back if note.references else ''}"
            notes.append(f'<li id="{self.prefix}-footnote-{note.number}">{html}</li>\n')
        return f'{body}<section class="footnotes" aria-label="Footnotes"><ol>\n{"".join(notes)}</ol></section>\n'

    def _count(self, event: Event) -> None:
        limits = self.limits
        if event.tag == "Item":
            self.items += 1
            if self.items > limits.items:
                message = sentence("The note has more than %(items)s list items. Split it.", items=limits.items)
                raise RefusedError(event.start, "too-many-items", message)
        elif event.tag == "TableCell":
            self.cells += 1
            if self.cells > limits.table_cells:
                message = sentence(
                    "The tables of the note have more than %(table_cells)s cells. Split them.",
                    table_cells=limits.table_cells,
                )
                raise RefusedError(event.start, "too-many-cells", message)
        elif event.tag == "Heading":
            self.heading_count += 1
            if self.heading_count > limits.headings:
                message = sentence("The note has more than %(headings)s headings. Split it.", headings=limits.headings)
                raise RefusedError(event.start, "too-many-headings", message)

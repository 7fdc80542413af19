"""Text, spans, links and pictures: what stands within a block."""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final
from urllib.parse import unquote

from roadmap.notes.rendering.writer import CODE_END, NOT_SHOWN, Event, Footnote, Writer, as_text
from roadmap.notes.sanitising import EXTERNAL_REL, external_url, internal_url, is_relative
from roadmap.sentences import sentence

_INLINE_TAG = re.compile(r"<(/?)(b|i|u|s|em|strong|sub|sup|kbd|mark|del|ins)>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_WRAPPER = re.compile(r"</?(?:div|p|center|details|summary|span|font|section|article|picture)\b[^<>]*>", re.IGNORECASE)
_BLOCK_ID = re.compile(r"[ \t]\^[A-Za-z0-9][A-Za-z0-9-]{0,80}[ \t]*\Z")
_SPANS: Final = {"Emphasis": "em", "Strong": "strong", "Strikethrough": "del"}
_INLINE_STARTS = frozenset({*_SPANS, "Link", "Image"})
_INLINE_EVENTS = frozenset(
    {"Text", "Code", "InlineMath", "DisplayMath", "InlineHtml", "FootnoteReference", "SoftBreak", "HardBreak"}
)


class Inline(Writer):
    """Writes runs of inline events."""

    def run(self, at: int) -> int:
        """Writes the inline events from `at` to the next block; answers the place after them."""
        events, end, stop = self.events, at, 0
        while end < len(events) and is_inline(event := events[end]):
            end += 1
            stop = max(stop, event.end)
        if self.closers and self.closers[-1] == CODE_END:
            for event in events[at:end]:
                self.put(as_text(event.data), event.start)
            return end
        start = events[at].start
        open_before = len(self.closers)
        if stop - start > self.limits.inline_block:
            text = self.source_bytes[start:stop].decode("utf-8", "replace")
            if len(text) > self.limits.inline_block:
                message = sentence(
                    "A paragraph of more than %(inline_block)s characters is shown as plain text.",
                    inline_block=self.limits.inline_block,
                )
                self.warn(start, "long-paragraph", message)
                self.put(f'<span class="plain">{as_text(text)}</span>', start)
                return end
        while at < end:
            at = self._inline(at, last=at == end - 1)
        while len(self.closers) > open_before:
            self.put(self.closers.pop().removeprefix("~"), stop)
        return end

    def _inline(self, at: int, *, last: bool) -> int:
        """Writes one inline event, or one whole picture; answers the place after it."""
        event = self.events[at]
        if event.kind == "Start":
            if event.tag == "Image":
                return self._image(at)
            if event.tag == "Link":
                self._link(event, at)
            else:
                self.open_element(f"<{_SPANS[event.tag]}>", f"</{_SPANS[event.tag]}>", event.start)
        elif event.kind == "End":
            self.link_depth -= event.tag == "Link"
            self._close_span(event)
        elif event.kind == "Text":
            self.put(as_text(_BLOCK_ID.sub("", event.data) if last else event.data), event.start)
        elif event.kind == "InlineHtml":
            self._inline_html(event)
        elif event.kind == "FootnoteReference":
            self._reference(event)
        else:
            self._leaf(event)
        return at + 1

    def _leaf(self, event: Event) -> None:
        if event.kind == "Code":
            self.put(f'<code dir="ltr">{as_text(event.data)}</code>', event.start)
        elif event.kind in {"InlineMath", "DisplayMath"}:
            block = " block" if event.kind == "DisplayMath" else ""
            self.put(f'<code class="math{block}" dir="ltr">{as_text(event.data.strip())}</code>', event.start)
        elif self.callout_title:
            self.callout_title = False
            self.put('</p>\n<p dir="auto">', event.start)
        else:
            self.put("<br>\n" if event.kind == "HardBreak" else "\n", event.start)

    def _close_span(self, event: Event) -> None:
        """Ends the parser's innermost span, and before it the tags of the note that were left open within."""
        while self.closers:
            closer = self.closers.pop()
            self.put(closer.removeprefix("~"), event.end)
            if not closer.startswith("~"):
                break

    def _inline_html(self, event: Event) -> None:
        """A line break, and tags for emphasis without attributes, properly nested. Anything else is text."""
        tag = _INLINE_TAG.fullmatch(event.data)
        if tag and not tag[1]:
            # `~` marks it as the note's own: it may be closed by the span around it.
            self.open_element(f"<{tag[2].lower()}>", f"~</{tag[2].lower()}>", event.start)
        elif tag:
            closer = f"~</{tag[2].lower()}>"
            if self.closers and self.closers[-1] == closer:
                self.put(self.closers.pop().removeprefix("~"), event.end)
        elif _LINE_BREAK.fullmatch(event.data):
            self.put("<br>", event.start)
        else:
            self.put(as_text(plain_html(event.data)), event.start)

    def _reference(self, event: Event) -> None:
        note = self.footnote(event.data)
        note.references += 1
        anchor = f' id="{self.prefix}-ref-{note.number}"' if note.references == 1 else ""
        target = f"#{self.prefix}-footnote-{note.number}"
        if self.link_depth:
            self.put(f"<sup>{note.number}</sup>", event.start)
        else:
            link = f'<a href="{target}"{anchor} role="doc-noteref">{note.number}</a>'
            self.put(f'<sup class="footnote">{link}</sup>', event.start)

    def _link(self, event: Event, at: int) -> None:
        self.link_depth += 1
        data = event.data
        if self._over_links(event):
            self.closers.append("")
        elif isinstance(data["link_type"], dict):
            self._wiki_link(event, at)
        elif url := external_url(_address(data), self.limits):
            title = (
                f' title="{escape(data["title"][: self.limits.title].translate(NOT_SHOWN))}"' if data["title"] else ""
            )
            self.open_element(f'<a href="{escape(url)}"{title} rel="{EXTERNAL_REL}">', "</a>", event.start)
        else:
            self._local_link(event)

    def _local_link(self, event: Event) -> None:
        """A link to a file of the vault, or to something that is not linked to: a scheme, a host without one."""
        target = event.data["dest_url"]
        if is_relative(target) and len(target) <= self.limits.link_target:
            url = internal_url(self.resolve(unquote(target)) or "")
            if url:
                self.open_element(f'<a href="{escape(url)}">', "</a>", event.start)
                return
        elif not is_relative(target):
            message = sentence("A link here does not lead to http, https or an e-mail address; it is shown as text.")
            self.report(event.start, "info", "link-not-shown", message)
        self.closers.append("")

    def _wiki_link(self, event: Event, at: int) -> None:
        target, embed = event.data["dest_url"].rstrip("\\"), event.tag == "Image"
        label = self.events[at + 1]
        url = internal_url(self.resolve(target) or "") if len(target) <= self.limits.link_target else ""
        if label.kind == "Text" and self.events[at + 2].kind == "End":
            if not event.data["link_type"]["WikiLink"]["has_pothole"]:
                shown = target.split("^", 1)[0].strip("#").replace("#", " › ").strip() or target
                self.events[at + 1] = Event("Text", "", shown, label.start, label.end)
            elif not url and (url := internal_url(self.resolve(label.data) or "")):
                # The other order of some editors, [[label|target]].
                self.events[at + 1] = Event("Text", "", target, label.start, label.end)
        kind = "wiki embed" if embed else "wiki"
        if url:
            self.open_element(f'<a class="{kind}" href="{escape(url)}">', "</a>", event.start)
        else:
            self.open_element(f'<span class="{kind} planned">', "</span>", event.start)

    def _image(self, at: int) -> int:
        """A picture is never fetched: it becomes a link to it, with what it shows as the text."""
        event = self.events[at]
        end, depth = at + 1, 1
        while depth:
            depth += {"Start": 1, "End": -1}.get(self.events[end].kind, 0)
            end += 1
        if isinstance(event.data["link_type"], dict):
            if self.link_depth or self._over_links(event):
                self.put(as_text(event.data["dest_url"]), event.start)
            else:
                self._wiki_link(event, at)
                shown = "".join(inner.data for inner in self.events[at + 1 : end] if inner.kind == "Text")
                self.put(as_text(shown), event.start)
                self.put(self.closers.pop(), event.end)
            return end
        alt = "".join(inner.data for inner in self.events[at + 1 : end] if inner.kind in {"Text", "Code"}).strip()
        url = "" if self.link_depth or self._over_links(event) else external_url(event.data["dest_url"], self.limits)
        shown = as_text(alt or "Picture")
        if url:
            self.put(f'<a class="image" href="{escape(url)}" rel="{EXTERNAL_REL}">{shown}</a>', event.start)
        else:
            self.put(f'<span class="image">{shown}</span>', event.start)
        return end

    def _over_links(self, event: Event) -> bool:
        self.links += 1
        if self.links <= self.limits.links:
            return False
        message = sentence(
            "The note has more than %(links)s links; the rest is shown as text.", links=self.limits.links
        )
        self.warn(event.start, "too-many-links", message)
        return True

    def footnote(self, label: str) -> Footnote:
        return self.footnotes.setdefault(label, Footnote(len(self.footnotes) + 1))


def is_inline(event: Event) -> bool:
    return event.kind in _INLINE_EVENTS or (event.kind in {"Start", "End"} and event.tag in _INLINE_STARTS)


def _address(data: Any) -> str:
    address: str = data["dest_url"]
    return f"mailto:{address}" if data["link_type"] == "Email" else address


def plain_html(html: str) -> str:
    """HTML without its comments and without tags that only wrap; the rest stays, to be shown as text."""
    pieces: list[str] = []
    done = 0
    while (start := html.find("<!--", done)) >= 0 and (end := html.find("-->", start)) >= 0:
        pieces.append(html[done:start])
        done = end + 3
    return _WRAPPER.sub("", "".join(pieces) + html[done:])

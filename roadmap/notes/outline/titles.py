"""Rule 1 of the notes format, within one line: title, number, details, summary, marks, out of a run of text.

A heading, a list item and a table cell are all written alike: a lead in bold or as a link is the title, what follows it
is the summary; a parenthesis behind the title holds details, an abbreviation, a state or a note.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, cast

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import EMPHASIS, STRONG, STRUCK, Span
from roadmap.notes.items import Kind, Requirement, ResourceKind
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.labels import choice_in
from roadmap.notes.outline.numbers import SEPARATOR, take_number, without_count

SUMMARY_LENGTH: Final = 2_000
_PAIRS: Final = {")": "(", "）": "（", "]": "["}
_DASH: Final = re.compile(r"\s(?:—|–|--)\s|\s?(?:——|──)\s?")
_BLOCK_ID: Final = re.compile(r"(?:^|\s)\^([^\W\d_][\w-]{1,99})\s*$")
_COMMENT_ID: Final = re.compile(r"id\s{0,3}[:=]\s{0,3}([\w.-]{1,200})$")
_INNER: Final = re.compile(r"([^()（）:：]{2,40}?)\s?[(（]([^()（）]{1,60})[)）]\s?(?=[:：–—-])")
"""A parenthesis before a title's separator: "Week 5 (optional): Macros"."""
_TAG: Final = re.compile(r"(?:^|(?<=\s))#[^\W\d][\w/-]*")
_TASK_SIGNS: Final = re.compile(
    r"\s[📅⏳🛫✅➕❌]\ufe0f?\s?\d{4}-\d\d-\d\d|\s[⏫🔼🔽🔺⏬]\ufe0f?(?=\s|$)"
)  # dates, priorities
_LIST: Final = re.compile(r"[,;，；、،·•]| \| ")


def describe(spans: list[Span], kind: Kind, line: int) -> Draft | None:
    """The item that a heading, a list item or a cell names; None if it names nothing (struck out, only tags)."""
    worded = [s for s in spans if s.kind not in {"break", "comment"} and any(c.isalnum() for c in s.text)]
    if not worded or all(s.style & STRUCK or s.kind in {"image", "embed"} for s in worded):
        return None
    draft = Draft(kind, "", line)
    first, more = _lines(_without_marks(spans, draft))
    title, rest = _lead(first)
    text = _tags_off(links.plain(title))
    lead = next((s for s in title if _worded(s)), None)
    if lead is not None and not rest and lead.kind not in links.LINKS and not lead.style & STRONG:
        text, _, summary = _split_at_dash(text, draft)
    else:
        summary = links.plain(rest)
    named = next((s for s in title if s.kind in links.LINKS and s.text.strip()), None)
    if named is not None and named.kind == "wiki":
        draft.link, shown = links.wiki_name(named)
        text = text.replace(" ".join(named.text.split()), shown, 1)
    draft.resources = links.resources_in(title + rest)
    draft.title = _title(text, draft, named is not None and named.kind == "link")
    _after_title(summary, draft)
    for continued in more:
        draft.summary = " ".join(filter(None, [draft.summary, links.plain(continued)]))[:SUMMARY_LENGTH]
        draft.resources += links.resources_in(continued)
    if not any(c.isalnum() for c in draft.title):
        return None
    if draft.optional is None and kind == "module" and _names_optional(draft.title):
        draft.optional = True
    return draft


def _without_marks(spans: list[Span], draft: Draft) -> list[Span]:
    """The run without its trailing ` ^id`, its `<!-- id: … -->` and its bracketed fields, which go to the item."""
    kept = []
    for span in spans:
        if span.kind == "comment":
            if found := _COMMENT_ID.match(span.target):
                draft.id = found[1]
            continue
        kept.append(span)
        if span.kind == "text" and "::" in span.text:
            text, fields = links.bracketed_fields(span.text)
            draft.meta += fields
            kept[-1] = span._replace(text=text + " " * span.text.endswith(" ")) if fields else span
    for i in range(len(kept) - 1, -1, -1):
        span = kept[i]
        if span.kind == "text" and "^" in span.text and (found := _BLOCK_ID.search(span.text)):
            draft.id = draft.id or found[1]
            kept[i] = span._replace(text=span.text[: found.start()])
            break
        if span.text.strip():
            break
    return kept


def _lines(spans: list[Span]) -> tuple[list[Span], list[list[Span]]]:
    """(first line, further lines). Hard-wrapped text belongs to its line."""
    lines: list[list[Span]] = [[]]
    breaks: list[str] = []
    for span in spans:
        if span.kind == "break":
            lines.append([])
            breaks.append(span.target)
        else:
            lines[-1].append(span)
    first = lines[0]
    more: list[list[Span]] = []
    for how, following in zip(breaks, lines[1:], strict=True):
        text = links.plain(following)
        if not text:
            continue
        if how != "hard" and not more and len(first) < 400 and not _whole_lead(first):
            first = [*first, Span(" "), *following]
        else:
            more.append(following)
    return first, more


def _whole_lead(spans: list[Span]) -> bool:
    """Whether a line is nothing but a lead, so that the next line is its summary."""
    worded = [s for s in spans if any(c.isalnum() for c in s.text)]
    return bool(worded) and (
        all(s.style & STRONG or s.kind in links.LINKS for s in worded) or worded[-1].text.rstrip().endswith((":", "："))
    )


def _lead(spans: list[Span]) -> tuple[list[Span], list[Span]]:
    """(title, rest) of a line: the bold or linked words at its start and what follows, or (everything, nothing)."""
    start = 0
    while start < len(spans) and not _worded(spans[start]):
        start += 1
    if start == len(spans):
        return spans, []
    first, end = spans[start], start + 1
    if first.style & STRONG:
        while end < len(spans) and (spans[end].style & STRONG or not spans[end].text.strip()):
            end += 1
        while not spans[end - 1].text.strip():
            end -= 1
    elif not (first.kind in {"link", "wiki", "code"} or first.style & EMPHASIS):
        return spans, []
    return (spans[:end], spans[end:]) if _stands_alone(spans[:end], spans[end:]) else (spans, [])


def _stands_alone(title: list[Span], rest: list[Span]) -> bool:
    """Whether marked words are a title of their own, not only the first words of a longer one."""
    first = next(s for s in title if _worded(s))
    following = links.plain(rest)
    if not following or following[0] in "(（" or SEPARATOR.match(following):
        return True
    if first.kind == "wiki" or links.plain(title).endswith((":", "：")):
        return True
    if all(s.kind in links.LINKS or not any(c.isalnum() for c in s.text) for s in rest):
        return True
    if not (first.style & STRONG or first.kind == "link") or following[0] in ",;/&+，、":
        return False
    return not following[0].islower() or len(following.split()) > 5


def _worded(span: Span) -> bool:
    """Whether a span says something, that is more than an emoji, a bullet or a number."""
    return any(c.isalpha() for c in span.text) and span.kind not in {"image", "embed"}


def _split_at_dash(text: str, draft: Draft) -> tuple[str, str, str]:
    found = _DASH.search(text, 2)
    if (
        found
        and not without_count(text)
        and found.start() <= 120
        and text.count("(", 0, found.start()) <= text.count(")", 0, found.start())
    ):
        return text[: found.start()], "-", text[found.end() :]
    lead, colon, listed = text.partition(": ")
    parts = [p.strip() for p in _LIST.split(listed) if p.strip()]
    if colon and len(lead.split()) <= 4 and len(parts) >= 3 and all(len(p.split()) <= 4 for p in parts):
        draft.details += [p.strip(" .") for p in parts]
        return lead, ":", ""
    return text, "", ""


def _tags_off(text: str) -> str:
    text = _TASK_SIGNS.sub(" ", text) if not text.isascii() else text
    return " ".join(_TAG.sub(" ", text).split()) if "#" in text else text.strip()


def _title(text: str, draft: Draft, linked: bool) -> str:
    """Take number, parentheses and end punctuation off a title, into the item."""
    text = text.strip()
    text = take_number(text, draft)
    text = text.rstrip(" :：*")
    inner = _INNER.match(text)
    if inner is not None and state(inner[2].strip(), draft):
        text = inner[1] + text[inner.end() :]
    link_texts = {vocabulary.fold(r.title) for r in draft.resources}
    kinds = 0
    while (cut := _last_parenthesis(text)) is not None:
        inside = text[cut + 1 : -1].strip()
        kinds += bool(linked and _kind_named(inside))
        if kinds > 1 or not _understood(inside, text[:cut].strip(), draft, link_texts, linked):
            break  # of a link's own title only the remark at its end is taken off
        text = text[:cut].rstrip(" :：*")
    head = vocabulary.starts("optional", text.partition(":")[0])
    if head and ":" in text and vocabulary.is_("optional", text.partition(":")[0]):
        draft.optional, text = True, text.partition(":")[2].strip()
    elif vocabulary.is_("optional", without_count(text).partition(":")[0]):
        draft.optional = True
    return text


def _last_parenthesis(text: str) -> int | None:
    """Where the parenthesis at a title's end opens; None if there is none, or one that belongs to its word."""
    if not text or text[-1] not in _PAIRS:
        return None
    opening, depth = _PAIRS[text[-1]], 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] == text[-1]:
            depth += 1
        elif text[at] == opening:
            depth -= 1
            if depth == 0:
                apart = at > 0 and (text[at - 1].isspace() or opening == "（" or not text[at - 1].isascii())
                return at if apart and text[at + 1 : -1].strip() else None
    return None


def _understood(inside: str, title: str, draft: Draft, link_texts: set[str], linked: bool) -> bool:
    """Put what a parenthesis says where it belongs. False if it is a part of the title."""
    if not title or not any(c.isalnum() for c in title):
        return False
    if state(inside, draft) or vocabulary.fold(inside) in link_texts:
        return True
    if kind := _kind_named(inside):
        named = cast("ResourceKind", kind)
        draft.resources = [replace(r, kind=named) if r.kind == "link" else r for r in draft.resources]
        return True
    if linked:
        return False
    if (hours := links.hours_in(inside)) is not None and not inside.isdigit():
        draft.hours = hours
    elif _abbreviates(inside, title):
        draft.aliases.append(inside)
    else:
        _details(inside, draft)
    return True


def state(text: str, draft: Draft) -> bool:
    """Whether a parenthesis or a cell states optional, required or a prerequisite; if so the item has it now."""
    words = len(text.split())
    if words <= 6 and vocabulary.has("optional", text) and not text[-1:].isdigit():
        draft.optional = True
    elif words <= 4 and vocabulary.is_("required", text):
        draft.optional = False
    elif draft.holds and (count := choice_in(text)) is not None:
        draft.choose = count
    elif rest := needed_in(text):
        draft.requires.append(Requirement(rest))
    else:
        return False
    return True


def needed_in(text: str) -> str:
    """What a bracket says is needed: "depends on A", "requirements: A", "先修：A"; else nothing."""
    head, colon, rest = text.replace("：", ":").partition(":")
    if colon and vocabulary.is_("prerequisites", head):
        return rest.strip()
    phrase = vocabulary.starts("needs", text)
    if not phrase or vocabulary.fold(text) == phrase:
        return ""
    if vocabulary.unspaced(phrase):
        return text[len(phrase) :].strip(" :：")
    return text.split(maxsplit=len(phrase.split()))[-1].strip(" :：")


def _kind_named(text: str) -> str:
    """The kind a parenthesis such as (video) or (5 videos) names."""
    words = text.split()
    if len(words) == 2 and words[0].isdigit():
        words = words[1:]
    return vocabulary.kind_of(" ".join(words)) if words and len(words) <= 2 else ""


def _abbreviates(inside: str, title: str) -> bool:
    """Whether one of the two is made of the initials of the other: (EDA), (GNNs), RAG (Retrieval …)."""
    for short, long in ((inside, title), (title, inside)):
        letters = [c for c in short.rstrip("s") if c.isalpha()]
        if " " in short or not 2 <= len(letters) <= 8 or sum(c.isupper() for c in letters) < 2:
            continue
        initials = "".join(word[0] for word in vocabulary.fold(long).split())
        it = iter(initials)
        if all(c.lower() in it for c in letters):
            return True
    return False


def _details(inside: str, draft: Draft) -> None:
    """A list, or one short name, is details; a remark or a sentence belongs to the summary."""
    parts = [p.strip() for p in _LIST.split(inside) if p.strip()]
    words = inside.lower().split()
    remark = len(parts) == 1 and (len(words) > 8 or vocabulary.is_("aside", words[0]))
    if remark or (inside.endswith((".", "!", "?")) and len(words) > 12):
        draft.summary = " ".join(filter(None, [inside, draft.summary]))
    else:
        draft.details[:0] = parts


def _after_title(rest: str, draft: Draft) -> None:
    """What follows a lead: parentheses that belong to the title, a separator, then the summary."""
    rest = rest.strip()
    link_texts = {vocabulary.fold(r.title) for r in draft.resources}
    while rest[:1] in {"(", "（"}:
        close = _closing(rest)
        if close is None:
            break
        inside = rest[1:close].strip()
        following = rest[close + 1 :].lstrip("*† ")
        if following and following[0].islower() and not SEPARATOR.match(following):
            break
        if inside and not _understood(inside, draft.title, draft, link_texts, False):
            break
        rest = following
    separator = SEPARATOR.match(rest)
    rest = rest[separator.end() :] if separator else rest
    cut = _last_parenthesis(" " + rest)
    if cut is not None and state(rest[cut:-1].strip(), draft):
        rest = rest[: max(cut - 1, 0)].rstrip()
    folded = [vocabulary.fold(r.title) for r in draft.resources]
    if vocabulary.fold(rest) in {*link_texts, " ".join(folded), " ".join(folded[1:])}:
        return  # nothing but links, which are resources already
    draft.summary = " ".join(filter(None, [rest.strip(" *"), draft.summary]))[:SUMMARY_LENGTH]


def _closing(text: str) -> int | None:
    """Where the parenthesis that opens a text closes."""
    closing, depth = {"(": ")", "（": "）"}[text[0]], 0
    for at, char in enumerate(text):
        if char == text[0]:
            depth += 1
        elif char == closing:
            depth -= 1
            if depth == 0:
                return at
    return None


def _names_optional(title: str) -> bool:
    return len(title.split()) <= 6 and bool(vocabulary.starts("optional", title) or vocabulary.ends("optional", title))

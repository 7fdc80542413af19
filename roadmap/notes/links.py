"""Links and fields inside text: wiki links, Markdown links, `key:: value`, and what an address leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, cast
from urllib.parse import unquote, urlsplit

from roadmap.notes import vocabulary
from roadmap.notes.blocks import Span
from roadmap.notes.items import Resource, ResourceKind

LINKS: Final = frozenset({"link", "wiki"})
_SILENT: Final = frozenset({"comment", "embed", "image"})

# Hosts (and the hosts below them) that say what their pages are.
_HOSTS: Final[dict[str, ResourceKind]] = {
    host: cast("ResourceKind", kind)
    for kind, hosts in {
        "video": "youtube.com youtu.be vimeo.com bilibili.com ted.com twitch.tv dailymotion.com",
        "course": "coursera.org edx.org udemy.com udacity.com khanacademy.org ocw.mit.edu openlearninglibrary.mit.edu "
        "fast.ai deeplearning.ai codecademy.com datacamp.com pluralsight.com futurelearn.com freecodecamp.org "
        "skillshare.com brilliant.org theodinproject.com fullstackopen.com exercism.org "
        "kaggle.com cs50.harvard.edu",
        "paper": "arxiv.org doi.org semanticscholar.org papers.nips.cc proceedings.mlr.press openreview.net "
        "aclanthology.org dl.acm.org ieeexplore.ieee.org jmlr.org pubmed.ncbi.nlm.nih.gov",
        "book": "amazon.com oreilly.com goodreads.com manning.com packtpub.com nostarch.com leanpub.com gutenberg.org "
        "springer.com amzn.to",
        "article": "wikipedia.org medium.com dev.to towardsdatascience.com geeksforgeeks.org stackoverflow.com "
        "substack.com readthedocs.io distill.pub realpython.com w3schools.com hackernoon.com css-tricks.com",
        "tool": "github.com gitlab.com huggingface.co docker.com colab.google.com",
    }.items()
    for host in hosts.split()
}
_DOTTED: Final = re.compile(
    r"[^\W_A-Z][^\W_A-Z]{0,59}(?:[._-][^\W_A-Z]{1,60}){1,20}"
)  # no capitals: no name as people write it
"""A name in a hierarchy by dots, `course.astro.sky`."""
_FIELD: Final = re.compile(r"([^\W\d_][\w\u0900-\u0963 /-]{0,40}?)\s?::(?:\s+|$)")
_BRACKETED_FIELD: Final = re.compile(r"[\[(]([^\W\d_][\w\u0900-\u0963 -]{0,40}?)::\s{0,3}([^\[\]()]{1,200})[\])]")
"""Vowel signs of Devanagari are marks to Unicode, yet parts of words."""
_DURATION: Final = re.compile(
    r"(?:~|≈|约|約|ca\.\s?)?(\d{1,4}(?:[.,]\d{1,2})?)\s{0,2}"
    rf"(?:({vocabulary.alternatives('hour')})|({vocabulary.alternatives('minute')}))\.?(?![^\W\d_])",
    re.IGNORECASE,
)


def plain(spans: Iterable[Span]) -> str:
    """The text of a run, in one line."""
    return " ".join("".join(" " if s.kind == "break" else s.text for s in spans if s.kind not in _SILENT).split())


def markdown(spans: Iterable[Span]) -> str:
    """The text of a run with its code, maths and links kept as Markdown, in one line."""
    parts = []
    for span in spans:
        if span.kind == "code":
            fence = "``" if "`" in span.text else "`"
            parts.append(f"{fence}{span.text}{fence}")
        elif span.kind == "break":
            parts.append(" ")
        elif span.kind not in _SILENT:
            parts.append(span.text)
    return " ".join("".join(parts).split())


def wiki_target(raw: str) -> str:
    """The note a wiki link names: without heading and block; empty for a link into its own note."""
    name = raw.split("#", 1)[0].split("^", 1)[0].strip()
    return name[:-3].rstrip() if name.lower().endswith(".md") else name


def wiki_name(span: Span) -> tuple[str, str]:
    """(note, shown title) of a wiki link. Dendron writes them the other way round: `[[shown title|some.note]]`."""
    target = wiki_target(span.target)
    shown = " ".join(span.text.split())
    if "#" in shown or "^" in shown:
        shown = wiki_target(shown) or shown.strip("#^ ")
    if shown.lower().endswith(".md"):
        shown = shown[:-3]
    if _DOTTED.fullmatch(shown) and (" " in target or (shown.count(".") > 1 and not _DOTTED.fullmatch(target))):
        return shown, target
    return target, shown or target


def is_anchor(url: str) -> bool:
    """Whether a link stays within its page."""
    return url.startswith("#") or url == ""


def is_external(url: str) -> bool:
    return url.startswith(("http://", "https://", "//"))


def place_of(address: str, folder: str) -> str | None:
    """Where a relative address in a file of `folder` leads, from the top of what was read, without `#` and `?`; None if
    it leads out of that."""
    path = unquote(address.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0])
    parts = [] if path.startswith("/") or not folder else folder.split("/")
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def resource_kind(url: str, label: str = "") -> ResourceKind:
    """What a link leads to: by the label that stands over or behind it, else by its host, else by its ending."""
    if label and (kind := vocabulary.kind_of(label)):
        return cast("ResourceKind", kind)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return "link"
    while host:
        if host in _HOSTS:
            return _HOSTS[host]
        host = host.partition(".")[2]
    return "paper" if parts.path.lower().endswith(".pdf") else "link"


def resources_in(spans: Iterable[Span], label: str = "") -> list[Resource]:
    """The links of a run as resources. Links into the page, pictures and wiki links are none."""
    found = []
    for span in spans:
        if span.kind == "link" and span.target and not is_anchor(span.target):
            title = " ".join(span.text.split()).strip(" :")
            found.append(Resource(title or span.target, span.target, resource_kind(span.target, label)))
    return found


def field_of(spans: Sequence[Span]) -> tuple[str, list[Span]] | None:
    """(key, value) of a line `key:: value`; None for any other line."""
    first = next((i for i, s in enumerate(spans) if s.kind not in _SILENT and s.text.strip()), -1)
    if first == -1 or spans[first].kind != "text" or "::" not in "".join(s.text for s in spans[first : first + 2]):
        return None
    text = spans[first].text.lstrip()
    rest = list(spans[first + 1 :])
    if spans[first].style and rest and rest[0].kind == "text" and rest[0].text.startswith("::"):  # **key**:: value
        text, rest = text + "::" + rest[0].text[2:], rest[1:]
    found = _FIELD.match(text)
    if found is None:
        return None
    value = text[found.end() :]
    return found[1].strip(), ([Span(value)] if value else []) + rest


def bracketed_fields(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A text without its `[key:: value]` and `(key:: value)` fields, and those fields."""
    if "::" not in text:
        return text, []
    fields = [(m[1].strip(), m[2].strip()) for m in _BRACKETED_FIELD.finditer(text)]
    return " ".join(_BRACKETED_FIELD.sub(" ", text).split()) if fields else text, fields


def hours_in(text: str) -> float | None:
    """Hours named by a text such as "6", "6 hours", "90 min"; None if it names none."""
    text = text.strip()
    if len(text) > 40:
        return None
    if found := _DURATION.fullmatch(text):
        amount = float(found[1].replace(",", "."))
        return amount / 60 if found[3] else amount
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if 0 < number < 100_000 else None

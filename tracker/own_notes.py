"""A learner's own notes, read: as HTML, and all of them on one page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import quote

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Greatest, Lower
from django.urls import reverse
from django.utils.html import strip_tags

from roadmap.bodies import find
from roadmap.in_words import in_words
from roadmap.models import Alias, Topic
from roadmap.notes.rendering import render
from roadmap.plan.keys import key
from tracker import own_access
from tracker.models import OwnResource, TopicNote, User

SHOWN = 25
"""Topics on a page."""
EXCERPT = 280
"""Characters of a note in the list."""
LINKS = 100
"""Wiki links of one note that are led somewhere."""

_WIKI = re.compile(r"\[\[([^\[\]\n|#]{1,300})")


def rendered(person: User, text: str) -> str:
    """The note as safe HTML. Wiki links lead to topics that this person may read. One query where there are any."""
    return told(person, text)[0]


def told(person: User, text: str) -> tuple[str, str]:
    """(the note as safe HTML, why it cannot be shown). One query where it has wiki links."""
    known = _linked(person, text)

    def resolve(name: str) -> str | None:
        slug = find(name, known)
        return f"/topics/{quote(slug)}/" if slug else None

    result = render(text, resolve_link=resolve, prefix="mine", source="note")
    refused = next((in_words(problem.message) for problem in result.problems if problem.severity == "error"), "")
    return result.html, refused


def _linked(person: User, text: str) -> dict[str, str]:
    """What a link is called, compared as titles are -> slug of its topic. One query, none without links."""
    names = list(dict.fromkeys(match.strip() for match in _WIKI.findall(text)))[:LINKS]
    if not names:
        return {}
    plain = [name.lower() for name in names]
    called = Alias.objects.annotate(plain=Lower("text")).filter(topic=OuterRef("pk"), plain__in=plain)
    topics = (
        own_access.readable_topics(person)
        .annotate(plain=Lower("title"), alias=Subquery(called.values("plain")[:1]))
        .filter(Q(plain__in=plain) | Q(slug__in=plain) | Q(alias__isnull=False))
        .order_by("-pk")
        .values_list("slug", "plain", "alias")
    )
    found: dict[str, str] = {}
    rows = list(topics)
    for name in (2, 0, 1):  # titles before slugs before aliases: the later wins
        found |= {key(row[name]): row[0] for row in rows if row[name] and row[name] in plain}
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What a learner keeps on one topic."""

    topic: Topic
    note: TopicNote | None
    resources: tuple[OwnResource, ...]
    at: datetime
    readable: bool
    """Its page is there for them; else only what they kept."""

    @property
    def href(self) -> str:
        return reverse("topic" if self.readable else "own_note", args=[self.topic.slug])

    @property
    def excerpt(self) -> str:
        """The beginning of the note, without its Markdown."""
        text = self.note.text if self.note else ""
        begun = render(text[: 4 * EXCERPT], resolve_link=lambda name: None, source="note").html
        words = " ".join(unescape(strip_tags(begun.replace("</", " </"))).split()) or text
        return words if len(words) <= EXCERPT else words[:EXCERPT].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True, slots=True)
class Notebook:
    kept: tuple[Kept, ...]
    total: int
    page: int
    pages: int
    removed: int
    """Notes that can be brought back."""


def notebook(learner: User, *, query: str = "", page: int = 1, removed: bool = False) -> Notebook:
    """Own notes and links, the latest first; `query` looks in all of their words and in the topics' titles; `removed`:
    the notes that were removed and can be brought back. Five queries, whatever it holds."""
    gone = TopicNote.every.filter(learner=learner, removed_at__isnull=False)
    notes = gone if removed else TopicNote.objects.filter(learner=learner)
    mine = OwnResource.objects.none() if removed else OwnResource.objects.filter(learner=learner)
    here = {"topic": OuterRef("pk")}
    topics = Topic.objects.filter(Exists(notes.filter(**here)) | Exists(mine.filter(**here)))
    for word in query.split()[:8]:
        in_note = Exists(notes.filter(**here, text__icontains=word))
        in_link = Exists(mine.filter(**here).filter(Q(title__icontains=word) | Q(url__icontains=word)))
        topics = topics.filter(Q(title__icontains=word) | in_note | in_link)
    total = topics.count()
    pages = max(1, -(-total // SHOWN))
    page = min(max(1, page), pages)
    latest = Greatest(
        Subquery(notes.filter(**here).values("updated_at")[:1]),
        Subquery(mine.filter(**here).order_by("-added_at").values("added_at")[:1]),
    )
    known = own_access.readable_topics(learner).filter(pk=OuterRef("pk"))
    walked = learner.progress.filter(topic=OuterRef("pk"))
    rows = (
        topics.annotate(at=latest, readable=Exists(known) | Exists(walked))
        .select_related("replaced_by")
        .prefetch_related(
            Prefetch("learner_notes", notes, to_attr="own_note"), Prefetch("own_resources", mine, to_attr="own_links")
        )
        .order_by("-at", "pk")[(page - 1) * SHOWN : page * SHOWN]
    )
    kept = tuple(
        Kept(each, next(iter(each.own_note), None), tuple(each.own_links), each.at, each.readable) for each in rows
    )
    return Notebook(kept, total, page, pages, gone.count())

"""The head of a roadmap's page: figures and words made ready for `_roadmap_head.html`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse

from roadmap.models import Roadmap
from tracker.overlay import Share
from tracker.queries import Standing
from tracker.rows import bar


@dataclass(frozen=True, slots=True)
class NextTopic:
    href: str
    title: str
    word: str
    because: str


@dataclass(frozen=True, slots=True)
class Head:
    share: Share
    bar: str
    met: int
    hours_left: str
    next: NextTopic | None


def head_of(roadmap: Roadmap, here: Standing) -> Head:
    share = here.overlay.total
    return Head(
        share,
        bar(share, thin=False),
        share.done + share.waived,
        f"{share.hours_left:,.0f}" if share.hours_left >= 1 else "",
        _next(roadmap, here),
    )


def _next(roadmap: Roadmap, here: Standing) -> NextTopic | None:
    if not here.overlay.next:
        return None
    topic, because = here.overlay.next[0]
    facts, opens = here.tree.topics[topic], here.overlay.rows[topic].opens
    begun = any(mark.state != "todo" for mark in here.marks.values())
    words = {
        "learning": "you are learning it",
        "opens": f"it opens {opens} topic{'' if opens == 1 else 's'}",
        "order": "",
    }
    return NextTopic(
        href=f"{reverse('topic', args=[facts.slug])}?roadmap={quote(roadmap.slug)}",
        title=facts.title,
        word="Continue" if begun else "Begin",
        because=words[because],
    )

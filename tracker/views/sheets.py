"""A topic as its panel and its page show it: addresses and words for what `queries.topic_page` read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Resource, Roadmap
from roadmap.tree import Facts
from tracker import given_notes
from tracker.models import ProgressEvent
from tracker.queries import Link, TopicPage
from tracker.row_words import WORDS
from tracker.rows import hours


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that sets a state."""

    state: str
    word: str
    mark: str
    pressed: bool


@dataclass(frozen=True, slots=True)
class Chip:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Way:
    """A link to another topic, with its state."""

    href: str
    title: str
    here: bool
    """Seated on the same roadmap: opens in the same panel."""
    state: str = ""
    word: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    any: bool
    """One of several is enough."""
    links: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    uid: str
    title: str
    done: bool
    operation: uuid.UUID


@dataclass(frozen=True, slots=True)
class Happened:
    at: object
    words: str


@dataclass(frozen=True, slots=True)
class Sheet:
    page: TopicPage
    nonce: uuid.UUID
    """What the operation ids of its forms are made of."""
    roadmap: Roadmap | None
    trail: tuple[str, ...]
    back: str
    here: str
    state_url: str
    choices: tuple[Choice, ...]
    chips: tuple[Chip, ...]
    changed: bool
    needs: tuple[Group, ...]
    opens: tuple[Way, ...]
    steps: tuple[StepLine, ...]
    steps_done: int
    resources: tuple[tuple[str, list[Resource]], ...]
    others: tuple[Way, ...]
    history: tuple[Happened, ...]
    previous: Way | None
    next: Way | None


CHOICES = (
    ("todo", _lazy("To do")), ("learning", _lazy("Learning")), ("done", _lazy("Done")), ("skipped", _lazy("Skip")),
)  # fmt: skip


def sheet_of(page: TopicPage, *, nonce: uuid.UUID, back: str = "") -> Sheet:
    """`back` is where closing leads: by default the roadmap at the topic."""
    topic, state = page.topic, page.mark.state
    holder = page.holders[0] if page.holders else None
    roadmap = holder.roadmap if holder else None
    home = f"{reverse('roadmap', args=[roadmap.slug])}#t{topic.pk}" if roadmap else reverse("roadmaps")
    return Sheet(
        page=page,
        nonce=nonce,
        roadmap=roadmap,
        trail=holder.trail if holder else (),
        back=back or home,
        here=_href(topic.slug, roadmap),
        state_url=reverse("set_topic_state", args=[topic.slug]),
        choices=tuple(Choice(value, str(word), value, pressed=value == state) for value, word in CHOICES),
        chips=tuple(_chips(page)),
        changed=page.changed,
        needs=tuple(Group(len(links) > 1, tuple(_way(page, link) for link in links)) for links in page.needs),
        opens=tuple(_way(page, link) for link in page.opens),
        steps=tuple(
            StepLine(step.uid, step.title, step.done, uuid.uuid5(nonce, f"{step.uid}:{not step.done}"))
            for step in page.steps
        ),
        steps_done=sum(step.done for step in page.steps),
        resources=tuple(page.resources.items()),
        others=tuple(
            Way(f"{reverse('roadmap', args=[o.roadmap.slug])}#t{topic.pk}", o.roadmap.title, here=False)
            for o in page.holders[1:]
        ),
        history=tuple(Happened(event.at, _happened(event)) for event in page.events),
        previous=_beside(page.previous, roadmap),
        next=_beside(page.next, roadmap),
    )


def _href(slug: str, roadmap: Roadmap | None) -> str:
    return reverse("topic", args=[slug]) + (f"?roadmap={quote(roadmap.slug)}" if roadmap else "")


def _beside(topic: Facts | None, roadmap: Roadmap | None) -> Way | None:
    return Way(_href(topic.slug, roadmap), topic.title, here=True) if topic else None


def _way(page: TopicPage, link: Link) -> Way:
    here = page.standing is not None and link.topic.id in page.standing.tree.place
    roadmap = page.holders[0].roadmap if here else None
    word = str(WORDS[link.state])
    if not (link.met or link.state == "learning"):
        word = _("%(state)s, not met yet") % {"state": word}
    return Way(_href(link.topic.slug, roadmap), link.topic.title, here, link.state, word, link.reason)


def _chips(page: TopicPage) -> Iterable[Chip]:
    topic = page.topic
    if page.mark.state == "waived":
        yield Chip("word", _("waived by a mentor"))
    if page.known:
        yield Chip("known", _("known from %(roadmap)s") % {"roadmap": page.known})
    if page.locked:
        strict = page.standing is not None and page.standing.tree.locking == "strict"
        yield Chip("need", _("locked until what it needs is done") if strict else _("better after what it needs"))
    if topic.hours:
        yield Chip("", hours(float(topic.hours)))
    if page.standing is not None and topic.pk in page.standing.tree.optional:
        yield Chip("", _("optional"))


def _happened(event: ProgressEvent) -> str:
    """`done`, `step “Derive it”: done`, `to do (undo)`, `waived by Mira (a mentor's act). You know this.`"""
    words = str(WORDS[event.now])
    if event.step is not None:
        ticked = _("step “%(step)s” ticked") if event.now == "done" else _("step “%(step)s” unticked")
        words = ticked % {"step": event.step.title}
    if event.by is not None and event.by_id != event.learner_id:
        words = _("%(what)s by %(who)s") % {"what": words, "who": event.by.shown_name}
    if event.through != ProgressEvent.Through.PAGE:
        words = _("%(words)s (%(how)s)") % {"words": words, "how": event.get_through_display()}
    if not event.note:
        return words
    return _("%(words)s. %(note)s") % {"words": words, "note": given_notes.shown(event.note, event.through)}

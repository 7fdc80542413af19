"""The head of a roadmap's page: its share, what is left, and what to go on with."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.in_words import listed
from roadmap.models import Roadmap
from tracker import languages
from tracker.known import Known
from tracker.packed import PLAIN
from tracker.queries import Standing
from tracker.rows import bar, compiled
from tracker.share import Share
from tracker.slotted import Slotted
from tracker.views.goal_words import goal_ended, towards_goal


def head_html(roadmap: Roadmap, here: Standing, *, known: Known | None = None, oob: bool = False) -> str:
    """`_roadmap_head.html`, rendered once per revision of the roadmap and filled in: safe HTML."""
    key = (__name__, roadmap.title, roadmap.summary, roadmap.state)
    language = languages.current()
    place = f"{__name__} {language}"
    kept = here.tree.kept.get(place)
    if not (isinstance(kept, tuple) and kept[0] == key):
        kept = here.tree.kept[place] = (key, Slotted("tracker/_roadmap_head.html", {"roadmap": roadmap}))
    share, said = here.overlay.total, said_of(language)
    filled: str = kept[1].fill(
        {
            "oob": ' hx-swap-oob="true"' if oob else "",
            "bar": bar(share, thin=False),
            "percent": "—" if share.percent is None else languages.percent(share.percent),
            "met": str(share.done + share.waived),
            "required": str(share.required),
            "legend": _legend(share, said, len(here.overlay.new())),
            "known": _known(known) + (_news(roadmap) if here.news else ""),
            "acts": _acts(here, language, said) + goal_ended(here),
            "own": _own(language, roadmap.slug) if here.enrolled else "",
        }
    )
    return filled


class Said(NamedTuple):
    """What the head says in one language, looked up once: it is in the answer to every check-off."""

    waived: str
    learning: str
    skipped: str
    left: str
    optional: str
    optional_done: str
    hours: str
    new: str
    finished: str
    finished_skipped: str
    go_on: str
    begin: str
    walked: str
    learning_it: str


@cache
def said_of(_language: str) -> Said:
    """In the language that is current, which is the one that is asked for."""
    return Said(
        _("%(n)s waived"),
        _("%(n)s learning"),
        _("%(n)s skipped"),
        _("%(n)s left"),
        _("+%(n)s optional"),
        _("+%(n)s optional, %(done)s done"),
        _("about %(hours)s h left"),
        _("%(n)s new since you finished"),
        _("finished"),
        _("finished, %(n)s skipped"),
        _("Continue: %(topic)s"),
        _("Begin: %(topic)s"),
        _("You have walked all of it."),
        _("you are learning it"),
    )


@lru_cache(maxsize=1024)
def _opens(_language: str, number: int) -> str:
    return ngettext("it opens %(n)s topic", "it opens %(n)s topics", number) % {"n": number}


def _legend(share: Share, said: Said, new: int) -> str:
    """Beside the percentage: what the segments of the bar mean, the optional topics, the hours; `new`: topics that came
    after the learner had finished, which is why somebody who was at 100 % is not any more."""
    out = []
    if share.finished:
        words = said.finished_skipped if share.skipped else said.finished
        out.append(f"<span>{words % {'n': share.skipped}}</span>")
    for number, kind, words in (
        (share.waived, "waived", said.waived),
        (share.learning, "learning", said.learning),
        (share.skipped, "skipped", said.skipped),
    ):
        if number:
            out.append(f'<span class="key {kind}">{words % {"n": number}}</span>')
    if share.left:
        out.append(f'<span class="key">{said.left % {"n": share.left}}</span>')
    if new:
        out.append(f"<span>{said.new % {'n': new}}</span>")
    if share.optional:
        words = said.optional_done if share.optional_done else said.optional
        out.append(f"<span>{words % {'n': share.optional, 'done': share.optional_done}}</span>")
    if share.hours_left >= 1:
        out.append(f"<span>{said.hours % {'hours': languages.whole(round(share.hours_left))}}</span>")
    return "".join(out)


def _known(known: Known | None) -> str:
    """What the learner knows already from other roadmaps, said before the first check-off here."""
    if known is None:
        return ""
    where = listed([f"<bdi>{escape(title)}</bdi>" for title in known.roadmaps])
    if where:
        said = ngettext(
            "You know %(n)s topic of this already, from %(roadmaps)s.",
            "You know %(n)s topics of this already, from %(roadmaps)s.",
            known.topics,
        )
    else:
        said = ngettext("You know %(n)s topic of this already.", "You know %(n)s topics of this already.", known.topics)
    return f'<p class="note info"><span>{said % {"n": known.topics, "roadmaps": where}}</span></p>'


@lru_cache(maxsize=1024)
def _own(_language: str, slug: str) -> str:
    """Where those who walk it go on to."""
    links = (
        ("pace", _("Pace")),
        ("choose_goal", _("Goal")),
        ("mark_section", _("Mark many")),
        ("reset_roadmap", _("Start over")),
    )
    review = f'<a class="text" href="{escape(reverse("review"))}?roadmap={quote(slug)}">{_("Review")}</a>'
    return review + "".join(
        f'<a class="text" href="{escape(reverse(name, args=[slug]))}">{word}</a>' for name, word in links
    )


def _news(roadmap: Roadmap) -> str:
    link = f'<a class="text" href="{escape(reverse("news", args=[roadmap.slug]))}">'
    said = _("Something changed here since you last looked: %(link)swhat is new%(end)s.") % {
        "link": link,
        "end": "</a>",
    }
    return f'<p class="note info"><span>{said}</span></p>'


def _acts(here: Standing, language: str, said: Said) -> str:
    """`Continue: Linear algebra`, and why that."""
    found = here.next
    if found is None:
        return f'<p class="note"><span>{said.walked}</span></p>' if here.overlay.total.finished else ""
    facts = here.tree.topics[found.topic]
    href = compiled(here.tree).rows[found.topic].href
    word = said.go_on if here.states.translate(PLAIN).strip(b"\0") else said.begin
    because = ""
    if found.because == "learning":
        because = said.learning_it
    elif found.because == "goal":
        because = towards_goal(here, found)
    elif found.because == "opens":
        because = _opens(language, here.overlay.row(found.topic).opens)
    why = f'<span class="muted">{because}</span>' if because else ""
    return (
        f'<a class="act main continue" href="{escape(href)}">'
        f"<span>{word % {'topic': f'<bdi>{escape(facts.title)}</bdi>'}}</span></a>{why}"
    )

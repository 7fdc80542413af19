"""The head of a roadmap's page: its share, what is left, and what to go on with."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.models import Roadmap
from tracker.known import Known
from tracker.packed import PLAIN
from tracker.queries import Standing
from tracker.rows import bar, compiled
from tracker.share import Share
from tracker.slotted import Slotted


def head_html(roadmap: Roadmap, here: Standing, *, known: Known | None = None, oob: bool = False) -> str:
    """`_roadmap_head.html`, rendered once per revision of the roadmap and filled in: safe HTML."""
    key = (__name__, roadmap.title, roadmap.summary, roadmap.state, get_language())
    kept = here.tree.kept.get(__name__)
    if not (isinstance(kept, tuple) and kept[0] == key):
        kept = here.tree.kept[__name__] = (key, Slotted("tracker/_roadmap_head.html", {"roadmap": roadmap}))
    share = here.overlay.total
    filled: str = kept[1].fill(
        {
            "oob": ' hx-swap-oob="true"' if oob else "",
            "bar": bar(share, thin=False),
            "percent": "—" if share.percent is None else f"{share.percent} %",
            "met": str(share.done + share.waived),
            "required": str(share.required),
            "legend": _legend(share),
            "known": _known(known) + (_news(roadmap) if here.news else ""),
            "acts": _acts(here),
            "own": _own(roadmap) if here.enrolled else "",
        }
    )
    return filled


def _legend(share: Share) -> str:
    """Beside the percentage: what the segments of the bar mean, the optional topics, the hours."""
    out = []
    if share.finished:
        out.append(f"<span>finished, {share.skipped} skipped</span>" if share.skipped else "<span>finished</span>")
    for number, word in ((share.waived, "waived"), (share.learning, "learning"), (share.skipped, "skipped")):
        if number:
            out.append(f'<span class="key {word}">{number} {word}</span>')
    if share.left:
        out.append(f'<span class="key">{share.left} left</span>')
    if share.optional:
        done = f", {share.optional_done} done" if share.optional_done else ""
        out.append(f"<span>+{share.optional} optional{done}</span>")
    if share.hours_left >= 1:
        out.append(f"<span>about {share.hours_left:,.0f} h left</span>")
    return "".join(out)


def _known(known: Known | None) -> str:
    """What the learner knows already from other roadmaps, said before the first check-off here."""
    if known is None:
        return ""
    titles = [f"<bdi>{escape(title)}</bdi>" for title in known.roadmaps]
    where = " and ".join(filter(None, (", ".join(titles[:-1]), *titles[-1:])))
    topics = f"{known.topics} topic{'s' * (known.topics != 1)}"
    return (
        f'<p class="note info"><span>You know {topics} of this already{", from " if where else ""}{where}.</span></p>'
    )


def _own(roadmap: Roadmap) -> str:
    """Where those who walk it go on to."""
    links = (("pace", _("Pace")), ("mark_section", _("Mark many")), ("reset_roadmap", _("Start over")))
    return "".join(
        f'<a class="text" href="{escape(reverse(name, args=[roadmap.slug]))}">{word}</a>' for name, word in links
    )


def _news(roadmap: Roadmap) -> str:
    href = escape(reverse("news", args=[roadmap.slug]))
    return (
        '<p class="note info"><span>Something changed here since you last looked: '
        f'<a class="text" href="{href}">what is new</a>.</span></p>'
    )


def _acts(here: Standing) -> str:
    """`Continue: Linear algebra`, and why that."""
    found = here.overlay.next
    if found is None:
        return '<p class="note"><span>You have walked all of it.</span></p>' if here.overlay.total.finished else ""
    facts = here.tree.topics[found.topic]
    href = compiled(here.tree).rows[found.topic].href
    word = "Continue" if here.states.translate(PLAIN).strip(b"\0") else "Begin"
    because = ""
    if found.because == "learning":
        because = "you are learning it"
    elif found.because == "opens":
        opens = here.overlay.row(found.topic).opens
        because = f"it opens {opens} topic{'' if opens == 1 else 's'}"
    said = f'<span class="muted">{because}</span>' if because else ""
    return (
        f'<a class="act main continue" href="{escape(href)}">'
        f"<span>{word}: <bdi>{escape(facts.title)}</bdi></span></a>{said}"
    )

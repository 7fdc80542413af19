"""The head of a roadmap's page: its share, what is left, and what to go on with."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Roadmap
from tracker import languages
from tracker.known import Known
from tracker.packed import PLAIN
from tracker.queries import Standing
from tracker.rows import bar, compiled
from tracker.share import Share
from tracker.slotted import Slotted


def head_html(roadmap: Roadmap, here: Standing, *, known: Known | None = None, oob: bool = False) -> str:
    """`_roadmap_head.html`, rendered once per revision of the roadmap and filled in: safe HTML."""
    key = (__name__, roadmap.title, roadmap.summary, roadmap.state)
    place = f"{__name__} {languages.current()}"
    kept = here.tree.kept.get(place)
    if not (isinstance(kept, tuple) and kept[0] == key):
        kept = here.tree.kept[place] = (key, Slotted("tracker/_roadmap_head.html", {"roadmap": roadmap}))
    share = here.overlay.total
    filled: str = kept[1].fill(
        {
            "oob": ' hx-swap-oob="true"' if oob else "",
            "bar": bar(share, thin=False),
            "percent": "—" if share.percent is None else languages.percent(share.percent),
            "met": str(share.done + share.waived),
            "required": str(share.required),
            "legend": _legend(share),
            "known": _known(known) + (_news(roadmap) if here.news else ""),
            "acts": _acts(here),
        }
    )
    return filled


def _legend(share: Share) -> str:
    """Beside the percentage: what the segments of the bar mean, the optional topics, the hours."""
    out = []
    if share.finished and share.skipped:
        out.append(f"<span>{_('finished, %(n)s skipped') % {'n': share.skipped}}</span>")
    elif share.finished:
        out.append(f"<span>{_('finished')}</span>")
    for number, kind, words in (
        (share.waived, "waived", _("%(n)s waived")),
        (share.learning, "learning", _("%(n)s learning")),
        (share.skipped, "skipped", _("%(n)s skipped")),
    ):
        if number:
            out.append(f'<span class="key {kind}">{words % {"n": number}}</span>')
    if share.left:
        out.append(f'<span class="key">{_("%(n)s left") % {"n": share.left}}</span>')
    if share.optional:
        words = _("+%(n)s optional, %(done)s done") if share.optional_done else _("+%(n)s optional")
        out.append(f"<span>{words % {'n': share.optional, 'done': share.optional_done}}</span>")
    if share.hours_left >= 1:
        out.append(f"<span>{_('about %(hours)s h left') % {'hours': languages.number(share.hours_left, 0)}}</span>")
    return "".join(out)


def _known(known: Known | None) -> str:
    """What the learner knows already from other roadmaps, said before the first check-off here."""
    if known is None:
        return ""
    where = languages.listed([f"<bdi>{escape(title)}</bdi>" for title in known.roadmaps])
    if where:
        said = ngettext(
            "You know %(n)s topic of this already, from %(roadmaps)s.",
            "You know %(n)s topics of this already, from %(roadmaps)s.",
            known.topics,
        )
    else:
        said = ngettext("You know %(n)s topic of this already.", "You know %(n)s topics of this already.", known.topics)
    return f'<p class="note info"><span>{said % {"n": known.topics, "roadmaps": where}}</span></p>'


def _news(roadmap: Roadmap) -> str:
    link = f'<a class="text" href="{escape(reverse("news", args=[roadmap.slug]))}">'
    said = _("Something changed here since you last looked: %(link)swhat is new%(end)s.") % {
        "link": link,
        "end": "</a>",
    }
    return f'<p class="note info"><span>{said}</span></p>'


def _acts(here: Standing) -> str:
    """`Continue: Linear algebra`, and why that."""
    found = here.overlay.next
    if found is None:
        walked = _("You have walked all of it.")
        return f'<p class="note"><span>{walked}</span></p>' if here.overlay.total.finished else ""
    facts = here.tree.topics[found.topic]
    href = compiled(here.tree).rows[found.topic].href
    word = _("Continue: %(topic)s") if here.states.translate(PLAIN).strip(b"\0") else _("Begin: %(topic)s")
    because = ""
    if found.because == "learning":
        because = _("you are learning it")
    elif found.because == "opens":
        opens = here.overlay.row(found.topic).opens
        because = ngettext("it opens %(n)s topic", "it opens %(n)s topics", opens) % {"n": opens}
    said = f'<span class="muted">{because}</span>' if because else ""
    return (
        f'<a class="act main continue" href="{escape(href)}">'
        f"<span>{word % {'topic': f'<bdi>{escape(facts.title)}</bdi>'}}</span></a>{said}"
    )

"""How the pages of imports say amounts, shares and likenesses."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.in_words import in_words
from roadmap.plan.changes import KINDS
from roadmap.plan.matches import Candidate
from roadmap.uploads.bundle import BEFORE, HIDDEN, NOT_NOTES
from tracker import languages
from tracker.effects import Effect


def counted(numbers: dict[str, int]) -> str:
    """ "2 added, 1 renamed"; "nothing that learners see" for an import that only noted where things stand."""
    words = {
        "added": _("%(n)s added"), "renamed": _("%(n)s renamed"), "moved": _("%(n)s moved"),
        "changed": _("%(n)s changed"), "retired": _("%(n)s retired"), "revived": _("%(n)s revived"),
        "unclear": _("%(n)s unclear"),
    }  # fmt: skip
    said = [words.get(kind, f"%(n)s {kind}") % {"n": numbers[kind]} for kind in KINDS if numbers.get(kind)]
    sections, roadmaps = numbers.get("sections", 0), numbers.get("roadmaps", 0)
    if sections:
        said.append(ngettext("%(n)s section", "%(n)s sections", sections) % {"n": sections})
    if roadmaps:
        said.append(ngettext("%(n)s roadmap", "%(n)s roadmaps", roadmaps) % {"n": roadmaps})
    return _(", ").join(said) or _("nothing that learners see")


def effect_words(effect: Effect) -> str:
    """What becomes of shares: "2 fall, at most from 100 % to 80 %; 1 rises"; empty where none moves."""
    said = []
    if effect.fall and effect.worst:
        was, now = map(languages.percent, effect.worst)
        words = ngettext(
            "%(n)s falls, from %(was)s to %(now)s", "%(n)s fall, at most from %(was)s to %(now)s", effect.fall
        )
        said.append(words % {"n": effect.fall, "was": was, "now": now})
    if effect.rise:
        said.append(ngettext("%(n)s rises", "%(n)s rise", effect.rise) % {"n": effect.rise})
    return _("; ").join(said)


def behind(candidate: Candidate, learners: int) -> str:
    """ "60 % alike: same section, other links; retired; 2 learners"."""
    alike = languages.percent(round(candidate.score * 100))
    why = _(", ").join(in_words(found.said) for found in candidate.evidence)
    parts = [_("%(percent)s alike: %(why)s") if why else _("%(percent)s alike")]
    parts[0] %= {"percent": alike, "why": why}
    parts += [_("retired")] * candidate.retired
    parts.append(ngettext("%(n)s learner", "%(n)s learners", learners) % {"n": languages.whole(learners)})
    return _("; ").join(parts)


def left_out_words(numbers: dict[str, int]) -> str:
    """ "3 (no notes), 1 (hidden or of tools)"."""
    known = {str(why): in_words(why) for why in (NOT_NOTES, HIDDEN, BEFORE)}
    parts = [
        _("%(number)s (%(why)s)") % {"number": number, "why": known.get(why, why)}
        for why, number in sorted(numbers.items())
        if number
    ]
    return _(", ").join(parts)

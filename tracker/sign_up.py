"""Who may make an account by themselves: everybody, who holds an invitation, or nobody. The environment says it."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from tracker import cohorts, guesses, invitations

SAID = {
    "open": _lazy("Anybody can make an account."),
    "invitation": _lazy("Only who was invited to a cohort, or holds a code for one, can make an account."),
    "closed": _lazy("Nobody can make an account by themselves; you invite people here."),
}
"""Each policy (`SIGN_UP`), for owners."""
_WAY = re.compile(r"/(join|invited)/([^/]{1,200})/")


def is_open(request: HttpRequest, after: str = "") -> bool:
    """Whether this visitor may make an account now. No query unless an invitation is asked for; then one.

    `after` is where they want to go then; what the request says when left out.
    """
    policy: str = settings.SIGN_UP
    if policy != "invitation":
        return policy == "open"
    after = after or request.POST.get("next") or request.GET.get("next") or ""
    found = _WAY.fullmatch(urlsplit(after).path)
    if found is None or guesses.too_many(request):
        return False
    kind, word = found[1], unquote(found[2])
    try:
        way = invitations.find_code(word) if kind == "join" else invitations.find_link(word)
    except cohorts.CohortError:
        guesses.missed(request)
        return False
    return not invitations.why_over(way, way.cohort)

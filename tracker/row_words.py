"""What rows of topics say, looked up once for each language: a page has thousands of them."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

WORDS = {
    "todo": pgettext_lazy("state of a topic", "to do"),
    "learning": pgettext_lazy("state of a topic", "learning"),
    "done": pgettext_lazy("state of a topic", "done"),
    "skipped": pgettext_lazy("state of a topic", "skipped"),
    "waived": pgettext_lazy("state of a topic", "waived"),
}


class Words(NamedTuple):
    """What rows say in one language, looked up once: a page has thousands of them."""

    states: dict[str, str]
    met: str
    enough: str
    changed: str
    new: str
    ready: str
    later: str
    locked: str
    changed_since: str


@cache
def words_of(_language: str) -> Words:
    """In the language that is current, which is the one that is asked for."""
    return Words(
        {state: str(word) for state, word in WORDS.items()},
        _("%(met)s of %(required)s"),
        _("enough chosen"),
        _("changed"),
        _("new"),
        _("%(state)s, ready"),
        _("%(state)s, better later: %(needs)s"),
        _("%(state)s, locked: %(needs)s"),
        _("%(state)s, changed since"),
    )


@lru_cache(maxsize=1024)
def needs(_language: str, number: int) -> str:
    """`needs 2`."""
    return ngettext("needs %(n)s", "needs %(n)s", number) % {"n": number}


@lru_cache(maxsize=1024)
def opens(_language: str, number: int) -> str:
    """`opens 5`."""
    return ngettext("opens %(n)s", "opens %(n)s", number) % {"n": number}

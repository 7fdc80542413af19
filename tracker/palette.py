"""What the command palette offers: pages, acts of the page, and what a search finds."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from roadmap.search.marking import Part, fold, marked
from tracker.models import User
from tracker.permissions import Person, Right, may
from tracker.search import search

WALKED = 5
"""Roadmaps offered before anything is typed."""
FOUND = 8
"""Topics offered."""
KINDS = {
    "page": pgettext_lazy("palette", "page"),
    "act": pgettext_lazy("palette", "act"),
    "roadmap": pgettext_lazy("palette", "roadmap"),
    "topic": pgettext_lazy("palette", "topic"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    title: list[Part]
    kind: str
    """Of `KINDS`."""
    address: str = ""
    act: str = ""
    """What the page's script does, where it is no link."""
    place: str = ""
    word: str = ""
    """State of a topic."""

    @property
    def said(self) -> str:
        """Beside its title: the state, else what it is."""
        return self.word or str(KINDS[self.kind])


def entries(person: Person, query: str) -> list[Entry]:
    """As many queries as `search`; without a query one, none without an account."""
    words = [fold(word) for word in query.split()]
    named = [entry for entry in _fixed(person) if _matches(entry, words)]
    if not query.strip():
        return [*_walked(person), *named]
    found = search(person, query)
    roadmaps = [Entry(each.title, "roadmap", each.address) for each in found.roadmaps]
    topics = [
        Entry(each.title, "topic", each.address, place=" › ".join(each.place), word=each.word)
        for each in found.topics[:FOUND]
    ]
    marked_names = [
        Entry(marked("".join(text for text, _ in each.title), words), each.kind, each.address, each.act)
        for each in named
    ]
    return [*marked_names, *roadmaps, *topics]


def _matches(entry: Entry, words: list[str]) -> bool:
    title = [fold(word) for text, _ in entry.title for word in text.split()]
    return all(any(part.startswith(word) for part in title) for word in words)


def _fixed(person: Person) -> list[Entry]:
    """Pages this person may open, then what can be done on any page. No query."""
    pages = {_("Today"): "today"} if isinstance(person, User) else {}
    pages[_("Roadmaps")] = "roadmaps"
    if isinstance(person, User):
        pages |= {_("Review"): "review", _("Notes"): "own_notes", _("Activity"): "activity"}
        pages |= {_("Timeline"): "timeline", _("Cohorts"): "cohorts"}
        if may(person, Right.EDIT_CURRICULUM):
            pages |= {_("Studio"): "studio", _("Imports"): "imports"}
        if may(person, Right.MANAGE_PEOPLE):
            pages |= {_("People"): "people", _("Audit log"): "audit"}
        pages |= {_("Messages by mail"): "mail_choices", _("E-mail addresses"): "account_email"}
        pages |= {_("Account"): "account", _("Passkeys"): "mfa_list_webauthn"}
        pages |= {_("Change the password"): "account_change_password", _("Take it with you"): "own_export"}
        pages |= {_("Public profile"): "own_profile"}
    else:
        pages |= {_("Sign in"): "account_login"}
    acts = {_("Change the theme: light, dark or as the system"): "theme", _("Keyboard shortcuts"): "keys"}
    return [Entry([(title, False)], "page", reverse(name)) for title, name in pages.items()] + [
        Entry([(title, False)], "act", act=act) for title, act in acts.items()
    ]


def _walked(person: Person) -> list[Entry]:
    if not isinstance(person, User):
        return []
    walked = person.enrolments.filter(roadmap__retired_at=None).select_related("roadmap").order_by("-enrolled_at")
    found = [enrolment.roadmap for enrolment in walked[:WALKED] if enrolment.roadmap.state != "draft"]
    return [Entry([(roadmap.title, False)], "roadmap", roadmap.get_absolute_url()) for roadmap in found]

"""Whole pages rendered once per revision of the curriculum and filled in for whoever asks.

Rendering the page around a roadmap takes Django's templates longer than all that is on it. The template stays the only
source: it is rendered with holes in place of what depends on the reader, once for each kind of reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.html import escape

from tracker import languages
from tracker.models import User
from tracker.slotted import Slotted, hole

Around = Callable[[Mapping[str, Any]], dict[str, Any]]
"""What the page shows beside what is filled in, of which it is given the values or the holes."""


class _Somebody:
    """Stands for the person who is signed in, while the template is rendered; the frame differs by role alone."""

    is_authenticated = True
    pk = hole("user_pk")
    shown_name = hole("user_name")
    initial = hole("user_initial")
    email = hole("user_email")
    theme = hole("user_theme")

    def __init__(self, role: str) -> None:
        self.role = role


class Frame:
    """One page for one kind of reader and each language; made when it is first asked for."""

    def __init__(self, template: str, filled: Sequence[str]) -> None:
        self._template = template
        self._filled = filled
        self._slotted: dict[tuple[str, str, str], Slotted] = {}

    def answer(self, request: HttpRequest, context: dict[str, Any], around: Around | None = None) -> HttpResponse:
        """`context` as `render` takes it; what is filled in may be encoded. With messages to show it is rendered.

        `around` gives the rest of the context where it is needed: when the page is not kept yet.
        """
        person = request.user
        if len(get_messages(request)) or not isinstance(person, (User, AnonymousUser)):
            decoded = {name: v.decode() if isinstance(v, bytes) else v for name, v in context.items()}
            return render(request, self._template, decoded | (around(decoded) if around else {}))
        key = (person.role if isinstance(person, User) else "", request.path, languages.current())
        slotted = self._slotted.get(key)
        if slotted is None:
            slotted = self._slotted[key] = self._make(request, context, around)
        values: dict[str, str | bytes] = {name: context[name] for name in self._filled}
        values["csrf_token"] = get_token(request)
        values["full_path"] = escape(request.get_full_path())
        if isinstance(person, User):
            name = person.shown_name
            values |= {
                "user_pk": str(person.pk),
                "user_name": escape(name),
                "user_initial": escape(person.initial),
                "user_email": escape(person.email),
                "user_theme": person.theme,
            }
        return HttpResponse(slotted.encode(values))

    def _make(self, request: HttpRequest, context: dict[str, Any], around: Around | None) -> Slotted:
        holes: dict[str, Any] = {name: hole(name) for name in self._filled}
        holes["csrf_token"] = hole("csrf_token")
        holes["user"] = _Somebody(request.user.role) if isinstance(request.user, User) else AnonymousUser()
        holes["request"] = {"path": request.path, "get_full_path": hole("full_path")}
        holes["messages"] = ()
        return Slotted(self._template, context | holes | (around(holes) if around else {}))


def frame(kept: MutableMapping[str, object], name: str, template: str, filled: Sequence[str]) -> Frame:
    """The frame of that name, kept with what the rest of the page depends on, e.g. `Tree.kept`."""
    found = kept.get(f"{__name__} {name}")
    if not isinstance(found, Frame):
        found = kept[f"{__name__} {name}"] = Frame(template, filled)
    return found

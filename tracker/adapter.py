"""What Pathnotes adds to allauth's accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tracker import sign_up
from tracker.models import User
from tracker.views import arrival
from tracker.views.waiting import do_what_waits


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Says who may sign up, does check-offs that waited for their account in the request that signs in or up, and
    leads whoever comes for the first time to their first steps."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return sign_up.is_open(request)

    def pre_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse | None:
        arrival.remember(request, user)
        response: HttpResponse | None = super().pre_login(request, user, **hooks)
        return response

    def post_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hooks)
        place = do_what_waits(request, user) or arrival.instead_of(
            response.headers.get("Location", ""), request, user, signed_up=bool(hooks.get("signup"))
        )
        return HttpResponseRedirect(place) if place else response

"""What Pathnotes adds to allauth's accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tracker.models import User
from tracker.views.waiting import do_what_waits


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Does a check-off that waited for its account, in the very request that signs in or up."""

    def post_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hooks)
        place = do_what_waits(request, user)
        return HttpResponseRedirect(place) if place else response

"""The one-time link that signs a person in."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tracker import sign_in
from tracker.views import arrival
from tracker.views.waiting import do_what_waits


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and uses nothing up: mail scanners and previews follow links. POST signs in, once."""
    if request.method != "POST":
        if sign_in.is_valid(token):
            return render(request, "tracker/sign_in_link.html")
        return render(request, "tracker/sign_in_link_spent.html", status=410)
    user = sign_in.redeem(token=token)
    if user is None:
        return render(request, "tracker/sign_in_link_spent.html", status=410)
    arrival.remember(request, user)
    get_adapter().login(request, user)
    return redirect(do_what_waits(request, user) or arrival.instead_of("", request, user) or "today")

"""Coming in: by a code that one types or follows, or by the link in a message."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker import cohort_pages, guesses, invitations
from tracker.cohorts import CohortError
from tracker.models import Invitation, Invited, User
from tracker.views.cohorts.common import done


@login_not_required
@require_safe
def join_code(request: HttpRequest) -> HttpResponse:
    """Where one types a code; `?code=` leads to its page."""
    code = invitations.typed(request.GET.get("code", ""))
    if code:
        return redirect("join", invitations.written(code))
    return render(request, "cohorts/join_code.html", {"asked": bool(request.GET.get("code"))})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the cohort, its mentors and what they will see. POST joins; without an account, after signing in."""
    if guesses.too_many(request):
        said = _("Too many codes were tried from here that do not exist. Wait ten minutes; nothing was changed.")
        return render(request, "cohorts/join_code.html", {"said": said}, status=429)
    try:
        way = invitations.find_code(code)
    except invitations.UnknownCode as error:
        guesses.missed(request)
        return render(request, "cohorts/join_code.html", {"said": str(error), "code": code[:40]}, status=404)
    return _door(request, way)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """As `join`, for the link in a message. It has 256 bits: nobody guesses it."""
    try:
        way = invitations.find_link(token)
    except invitations.UnknownCode as error:
        return render(request, "cohorts/join_code.html", {"said": str(error)}, status=404)
    return _door(request, way)


def _door(request: HttpRequest, way: Invitation | Invited) -> HttpResponse:
    door = cohort_pages.door(request.user, way)
    if door.over and not door.member:
        return render(request, "cohorts/join_over.html", {"said": door.over, "cohort": None}, status=410)
    if request.method != "POST":
        return render(request, "cohorts/join.html", {"door": door})
    if not isinstance(request.user, User):
        here = request.get_full_path()
        return HttpResponseRedirect(reverse("account_login", query={"next": here}), status=303)
    try:
        cohort = invitations.join(user=request.user, way=way)
    except CohortError as error:
        return render(request, "cohorts/join_over.html", {"said": str(error)}, status=error.status)
    if way.role == "mentor":
        said = format_html(_("You mentor <bdi>{}</bdi> now."), cohort.title)
        return done(request, said, reverse("cohort_people", args=[cohort.slug]))
    return done(request, format_html(_("You are in <bdi>{}</bdi> now."), cohort.title), reverse("cohorts"))

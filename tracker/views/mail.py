"""Which messages a person gets: their page, and the link at the end of each message that stops its kind."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from tracker import access, mail
from tracker.forms import MailForm
from tracker.models import User
from tracker.permissions import Right, may


@require_http_methods(["GET", "HEAD", "POST"])
def mail_choices(request: HttpRequest) -> HttpResponse:
    """The digest is offered to those who mentor, or may."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    mentors = may(person, Right.CREATE_COHORTS) or access.mentored_cohorts(person).exists()
    sent = request.POST if request.method == "POST" else None
    form = MailForm(sent, initial=mail.choices_of(person), digest=mentors)
    if request.method == "POST" and form.is_valid():
        for kind, wanted in form.cleaned_data.items():
            mail.choose(user=person, kind=kind, wanted=wanted)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path, status=303)
    return render(request, "mail/mail_choices.html", {"form": form}, status=422 if form.errors else 200)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever holds the message: no account is asked for. GET changes nothing, since scanners follow links.

    A mail program posts `List-Unsubscribe=One-Click` (RFC 8058): it has no cookie, so the signed link is the token.
    What a browser posts needs the page's own, as everywhere.
    """
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click":
        user, kind = _whose(token)
        mail.choose(user=user, kind=kind, wanted=False)
        return HttpResponse("Stopped.\n", content_type="text/plain; charset=utf-8")
    return _mail_off_page(request, token)


@csrf_protect
def _mail_off_page(request: HttpRequest, token: str) -> HttpResponse:
    user, kind = _whose(token)
    if request.method == "POST":
        mail.choose(user=user, kind=kind, wanted=request.POST.get("wanted") == "yes")
        return HttpResponseRedirect(request.path, status=303)
    context = {"wanted": mail.wants(user, kind), "when": mail.WHEN[kind]}
    return render(request, "mail/mail_off.html", context)


def _whose(token: str) -> tuple[User, str]:
    found = mail.of_off_link(token)
    if found is None:
        raise Http404("No such link.")
    return found

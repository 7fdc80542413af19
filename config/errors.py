"""Answers to requests that went wrong: a readable page that needs no database, no session and no template context."""

from __future__ import annotations

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from config.embedded.errors import unavailable

RETRY_AFTER = 2
"""Seconds after which to come back when the database does not say."""

logger = logging.getLogger("pathnotes.errors")


def page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    try:
        html: str = render_to_string("error.html", {"title": title, "text": text, "status": status})
    except Exception:  # whatever is wrong with the page, its words must still arrive
        logger.exception("The error page itself is broken")
        html = f"<!doctype html><html lang=en><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(text)}"
    return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400, _("That request cannot be read"), _("Nothing was changed. Go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, _("Not yours to do"), _("You can see this, but not change it. Nothing was changed."))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, _("Nothing here"), _("The page does not exist, or it is not yours to see."))


def method_not_allowed(request: HttpRequest, allow: str) -> HttpResponse:
    response = page(request, 405, _("Not done like that"), _("This address is not for that kind of request."))
    response.headers["Allow"] = allow
    return response


def length_required(request: HttpRequest) -> HttpResponse:
    return page(
        request, 411, _("That request cannot be read"), _("It does not say how long it is. Nothing was changed.")
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return page(request, 413, _("That is too much at once"), _("Nothing was changed. Send less."))


def upload_too_large(request: HttpRequest, most: int) -> HttpResponse:
    text = _("An upload may have %(n)s MiB. Nothing was kept. Upload the notes alone, without pictures.")
    text %= {"n": most >> 20}
    return page(request, 413, _("That is too much at once"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("This form was open too long or came from elsewhere. Nothing was changed. Reload the page and try again.")
    return page(request, 403, _("This form has expired"), text)


def server_error(request: HttpRequest) -> HttpResponse:
    """Any exception that nothing else answered ends here, wherever it was raised: in a view or in a middleware."""
    error = sys.exception()
    if isinstance(error, OperationalError | InterfaceError):
        return database_away(request, error)
    return page(request, 500, _("Something broke on our side"), _("What you had saved is kept. Try again in a moment."))


def database_away(request: HttpRequest, error: OperationalError | InterfaceError) -> HttpResponse:
    """503: the database is starting, restarting, full or slow. What was acknowledged is safe; come back.

    A page that was only looked at loads itself again; a form is not sent twice behind a person's back.
    """
    cause = unavailable(error)
    seconds = str(getattr(cause, "retry_after", RETRY_AFTER))
    text = _("The database is not answering. What you had saved is kept; this was not saved. Try again in a moment.")
    if request.method in {"GET", "HEAD"}:
        text = _("The database is not answering. What you had saved is kept. This page tries again by itself.")
    response = page(request, 503, _("Back in a moment"), text)
    response.headers["Retry-After"] = seconds
    if request.method == "GET":
        response.headers["Refresh"] = seconds
    return response

"""What every request meets before and after the views."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.messages.storage import default_storage
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject, empty
from django.utils.http import url_has_allowed_host_and_scheme

from config import errors, uploads
from tracker.permissions import Right, may

Handler = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}
"""Set on every answer that does not say otherwise itself: WhiteNoise's hashed files are cached for ever."""

FILES = 1
"""Files of one form; more are taken where notes are uploaded alone."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL stores neither NUL nor lone halves of surrogate pairs."""
ODD_COOKIES = re.compile("[^ -\\[\\]-~]")
"""What cookies of ours never hold. A backslash may spell a NUL byte in a quoted value."""


def security_headers(get_response: Handler) -> Handler:
    """Put the headers on every answer, errors and static files included; private pages are never stored by caches."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def refuse_unreadable_requests(get_response: Handler) -> Handler:
    """Answer 400 or 413, before any view, to what could only break later.

    That is text that is no UTF-8 or cannot be stored, in address, form fields or file names; a body larger than
    `DATA_UPLOAD_MAX_MEMORY_SIZE`, one that does not say its length, and one that is no form. Too many fields are
    refused by Django itself, with 400, while the form is read here. Uploads of notes may be larger: see
    `take_large_uploads`.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not _is_readable_address(request):
            return errors.bad_request(request)
        if ODD_COOKIES.search(request.META.get("HTTP_COOKIE", "")):
            request.COOKIES = {
                name: value for name, value in request.COOKIES.items() if not UNSTORABLE.search(name + value)
            }
        if request.method not in {"GET", "HEAD"}:
            if "HTTP_TRANSFER_ENCODING" in request.META:
                return errors.length_required(request)
            length = int(request.META.get("CONTENT_LENGTH") or 0)
            if uploads.is_upload(request):
                uploads.read_as_upload(request)
            large = length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            if large and not hasattr(request, "upload"):
                return errors.too_large(request)
            if length > uploads.MOST:
                return errors.upload_too_large(request, uploads.MOST)
            if length and not large and not _is_readable_form(request):
                return errors.bad_request(request)
        return get_response(request)

    return middleware


def take_large_uploads(get_response: Handler) -> Handler:
    """Read a large upload of notes, now that it is known who sends it: only of those who edit the curriculum."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if hasattr(request, "upload") and length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            if not may(request.user, Right.EDIT_CURRICULUM):
                return errors.too_large(request)
            if not _is_readable_form(request):
                return errors.bad_request(request)
        return get_response(request)

    return middleware


def _is_readable_address(request: HttpRequest) -> bool:
    """The query as it was sent: Django replaces what it cannot decode. In paths it escapes that, which is harmless."""
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    return not UNSTORABLE.search(request.path_info) and _is_text(_unquoted(query))


def explain_wrong_methods(get_response: Handler) -> Handler:
    """Give 405 a page; Django's own is empty."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponse) and not response.content:
            return errors.method_not_allowed(request, response.headers.get("Allow", ""))
        return response

    return middleware


def _is_readable_form(request: HttpRequest) -> bool:
    content_type, parameters = request.content_type or "", request.content_params or {}
    if content_type not in FORMS or parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        return False
    try:
        if content_type == FORMS[0]:
            # Read here, where too many fields are refused. Django reads forms from POST alone.
            return _is_text(_unquoted(request.body)) and (request.method != "POST" or request.POST is not None)
        return request.method != "POST" or _has_readable_parts(request)
    except UnreadablePostError:  # the other side hung up
        return False


def _has_readable_parts(request: HttpRequest) -> bool:
    texts = [text for name, values in request.POST.lists() for text in (name, *map(str, values))]
    for name, files in request.FILES.lists():
        texts += [name, *(f"{file.name} {file.content_type} {file.charset}" for file in files)]
    files_sent = sum(len(files) for _, files in request.FILES.lists())
    return files_sent <= FILES and not any(UNSTORABLE.search(text) for text in texts)


def _unquoted(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" "))


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


class MessageMiddleware(DjangoMessageMiddleware):
    """Messages are fetched when somebody asks for them: the answer to a check-off neither shows nor leaves any."""

    def process_request(self, request: HttpRequest) -> None:
        request._messages = SimpleLazyObject(partial(default_storage, request))  # type: ignore[attr-defined]  # noqa: SLF001

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        kept = getattr(request, "_messages", None)
        if isinstance(kept, SimpleLazyObject) and kept._wrapped is empty:  # noqa: SLF001
            return response
        return super().process_response(request, response)


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Closed by default. An HTMX request is sent to the sign-in page whole, instead of swapping it into a fragment."""

    def handle_no_permission(  # type: ignore[override]  # 204 is no redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        response = redirect_to_login(
            _way_back(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": response.url})
        return response


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: this page, or for what is no page the one that it was sent from, if it is ours."""
    if request.method in {"GET", "HEAD"} and request.headers.get("HX-Request") != "true":
        return request.get_full_path()
    origin = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(origin, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(origin)
        return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return resolve_url(settings.LOGIN_REDIRECT_URL)

"""Addresses that break, for looking at the answers to broken requests."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from config.embedded.errors import ServerStartingUp

SECRET = "a secret that stands in a local variable"


@login_not_required
def broken(request: HttpRequest, how: str) -> HttpResponse:
    secret = SECRET
    match how:
        case "error":
            raise RuntimeError(f"{secret} in SQL, at /etc/passwd")
        case "denied":
            raise PermissionDenied(secret)
        case "suspicious":
            raise SuspiciousOperation(secret)
        case "starting":
            raise OperationalError("connection failed") from ServerStartingUp("It is starting.")
        case "away":
            raise OperationalError('connection to server at "db.internal" (10.0.0.7), port 5432 failed')
        case "closed":
            raise InterfaceError("connection already closed")
        case "slow":
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 20")
                cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse(how)


@login_not_required
@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [
    path("broken/<str:how>/", broken),
    path("only-post/", only_post),
    path("", include("config.urls")),
]
handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"

"""What every answer carries, whatever happened; and what answers to broken requests say, and keep to themselves."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.urls import reverse

from config.logs import OneLineFormatter, without_expected_tracebacks
from tests.guards.access_table import TABLE, Row
from tests.guards.boom import SECRET
from tests.guards.stage import Stage

pytestmark = pytest.mark.django_db

CSP = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "font-src": "'self'",
    "connect-src": "'self'", "manifest-src": "'self'", "form-action": "'self'", "base-uri": "'none'",
    "frame-ancestors": "'none'", "object-src": "'none'",
}  # fmt: skip
CSP_OF_A_DRAWING = {
    "default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
"""Of an SVG file opened by itself: nothing runs and nothing is fetched; its own styles are allowed by their hash."""
CSP_OF_A_BADGE = {"default-src": "'none'", "sandbox": ""}
"""Of a picture that others put into their pages."""
BROKEN = {"error": 500, "denied": 403, "suspicious": 400, "starting": 503, "away": 503, "closed": 503, "slow": 503}


def assert_headers(answer: HttpResponseBase) -> None:
    headers = answer.headers
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    policy = {name: value for name, _, value in parts}
    if "sandbox" in policy:
        assert policy == CSP_OF_A_BADGE
    elif headers.get("Content-Type") == "image/svg+xml":
        assert policy.pop("style-src").startswith("'sha256-")
        assert policy == CSP_OF_A_DRAWING
    else:
        assert policy == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if "sandbox" in policy else "same-origin")
    assert "camera=()" in headers["Permissions-Policy"]


def assert_private(answer: HttpResponseBase) -> None:
    said = set(re.split(r",\s*", answer.headers["Cache-Control"]))
    if "sandbox" in answer.headers["Content-Security-Policy"]:  # a badge, which its owner shows to everybody
        assert "public" in said
    else:
        assert {"no-store", "private"} <= said


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_every_address(stage: Stage, row: Row) -> None:
    path = reverse(row.url, args=row.arguments(stage)) + row.query
    for role in ("anonymous", "learner"):
        for method in ("GET", "POST", "PUT", "OPTIONS", "TRACE"):
            answer = stage.client(role).generic(method, path)
            assert_headers(answer)
            assert_private(answer)


@pytest.mark.urls("tests.guards.boom")
class TestBroken:
    @pytest.mark.parametrize(("how", "status"), BROKEN.items())
    def test_it_is_a_readable_page_with_all_headers(self, stage: Stage, how: str, status: int) -> None:
        answer = stage.client("learner").get(f"/broken/{how}/")
        assert answer.status_code == status
        assert_headers(answer)
        assert_private(answer)
        page = answer.content.decode()
        assert re.search(r"<h1[^>]*>\s*\S", page)
        for inside in (
            SECRET,
            "SELECT",
            "/etc/",
            "RuntimeError",
            "Traceback",
            "10.0.0.7",
            "OperationalError",
            __file__,
        ):
            assert inside not in page

    @pytest.mark.parametrize("how", ["starting", "away", "closed", "slow"])
    def test_while_the_database_is_away_one_comes_back(self, stage: Stage, how: str) -> None:
        answer = stage.client("learner").get(f"/broken/{how}/")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Refresh"] == answer.headers["Retry-After"], "a page loads itself again"
        posted = stage.client("learner").post(f"/broken/{how}/")
        assert posted.status_code == 503
        assert "Refresh" not in posted.headers, "a form is not sent twice behind a person's back"

    def test_not_found(self, stage: Stage) -> None:
        answer = stage.client("learner").get("/no/such/page/")
        assert answer.status_code == 404
        assert_headers(answer)
        assert_private(answer)

    def test_wrong_method(self, stage: Stage) -> None:
        answer = stage.client("learner").get("/only-post/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST"
        assert "<h1" in answer.content.decode()
        assert_headers(answer)

    def test_without_a_token(self, stage: Stage) -> None:
        answer = Client(enforce_csrf_checks=True).post("/only-post/")
        assert answer.status_code == 403
        assert "expired" in answer.content.decode()
        assert_headers(answer)

    def test_a_broken_error_page_still_says_its_words(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("config.errors.render_to_string", lambda *_: 1 / 0)
        answer = stage.client("anonymous").get("/no/such/page/")
        assert answer.status_code == 404
        assert "Nothing here" in answer.content.decode()
        assert_headers(answer)


def test_error_pages_need_no_database(static_root: Path) -> None:
    """The `db` mark is absent from what they do: a blocked database raises."""
    from django.test import RequestFactory

    from config import errors

    request = RequestFactory().get("/")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", lambda *_: 1 / 0)
        for page in (errors.bad_request, errors.permission_denied, errors.page_not_found, errors.server_error):
            assert "<h1" in page(request).content.decode()


class TestStaticFiles:
    def test_hashed_files_are_kept_for_ever_and_compressed(self, static_root: Path, stage: Stage) -> None:
        from django.contrib.staticfiles.storage import staticfiles_storage
        from django.test import Client

        with override_settings(STATIC_ROOT=str(static_root)):  # a new client: WhiteNoise lists the files when it starts
            answer = Client().get(staticfiles_storage.url("css/pathnotes.css"), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "no-store" not in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        answer.close()
        assert_headers(answer)

    @pytest.mark.parametrize(
        "path", ["/static/", "/static/none.css", "/static/../manage.py", "/static/%2e%2e/manage.py"]
    )
    def test_nothing_else_is_served(self, stage: Stage, path: str) -> None:
        answer = stage.client("anonymous").get(path)
        assert answer.status_code == 404
        assert_headers(answer)


class TestLogs:
    def line(self, message: str, *arguments: object) -> str:
        return OneLineFormatter().format(logging.LogRecord("x", logging.ERROR, "", 1, message, arguments, None))

    @pytest.mark.parametrize("bad", ["\n", "\r", "\x1b[31m", "\x00", "\x7f", "\x85", "\u2028", "\u2029", "\x9b"])
    def test_what_visitors_send_cannot_forge_a_line(self, bad: str) -> None:
        line = self.line("Not Found: %s", f"/a{bad}ERROR django: all is well")
        assert len(line.splitlines()) == 1
        assert bad not in line

    def test_the_database_being_away_is_one_line(self) -> None:
        error = ConnectionError("no\nroute")
        record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Away: %s", ("/x",), None)
        record.exc_info, record.status_code = (type(error), error, None), 503
        assert without_expected_tracebacks(record)
        assert OneLineFormatter().format(record) == "ERROR django.request: Away: /x (no route)"

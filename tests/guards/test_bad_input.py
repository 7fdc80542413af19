"""What can only be a mistake or an attack is refused at the door of every address: 400 or 413, never 500."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.guards.access_table import TABLE, Row
from tests.guards.stage import PASSWORD, Stage
from tests.guards.test_get_changes_nothing import checksums

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="field"\r\n\r\n'
END = b"\r\n--x--\r\n"
PER_URL = list({row.url: row for row in TABLE}.values())

TEXTS = {
    "a NUL byte": "%00",
    "half a surrogate pair": "%ED%A0%80",
    "the other half": "a%ED%BF%BFb",
    "a lone continuation byte": "%80",
    "a cut sequence": "%F0%9F%98",
    "an overlong slash": "%C0%AF",
    "beyond Unicode": "%F4%90%80%80",
    "Latin-1": "caf%E9",
}
BODIES = {
    **{name: (FORM, f"state={text}&operation=1".encode()) for name, text in TEXTS.items()},
    **{f"{name} as a name": (FORM, f"a{text}=1".encode()) for name, text in TEXTS.items()},
    "a raw NUL byte": (FORM, b"state=\0"),
    "raw Latin-1": (FORM, b"state=caf\xe9"),
    "another character set": (f"{FORM}; charset=utf-16", "state=done".encode("utf-16")),
    "an unknown character set": (f"{FORM}; charset=klingon", b"state=done"),
    "too many fields": (FORM, b"&".join(b"a%d=1" % number for number in range(1000))),
    "deep JSON": ("application/json", b"[" * 100_000),
    "ordinary JSON": ("application/json", json.dumps({"state": "done"}).encode()),
    "JSON with a surrogate": ("application/json", b'{"state": "\\ud800"}'),
    "XML": ("text/xml", b"<a/>"),
    "plain text, as a form from elsewhere could send": ("text/plain", b"state=done"),
    "no form at all": ("application/octet-stream", b"\x7fELF"),
    "a form without a boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "a NUL byte in a part": (PARTS, PART + b"\0" + END),
    "a NUL byte in the name of a part": (PARTS, PART.replace(b"field", b"fi\0eld") + b"x" + END),
    "a surrogate by UTF-7": (f"{PARTS}; charset=utf-7", PART + b"+2AA-" + END),
}  # fmt: skip


def address(row: Row, stage: Stage) -> str:
    return reverse(row.url, args=row.arguments(stage))


@pytest.mark.usefixtures("static_root")
def test_what_is_refused_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    client, path = Client(), reverse("account_login")
    files = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n1\r\n' for _ in range(2))
    assert client.get(path, QUERY_STRING="&".join(f"a{number}=1" for number in range(1000))).status_code == 400
    assert client.generic("POST", path, BODIES["too many fields"][1], FORM).status_code == 400
    assert client.generic("POST", path, files + END, PARTS).status_code == 400
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 400
    assert [record.getMessage() for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []


@pytest.mark.parametrize("row", PER_URL, ids=lambda row: row.url)
class TestEveryAddress:
    def test_bodies(self, stage: Stage, row: Row) -> None:
        path, before = address(row, stage), checksums()
        found = {}
        for name, (content_type, body) in BODIES.items():
            for role in ("anonymous", "learner"):
                answer = stage.client(role).generic("POST", path, body, content_type)
                found[name, role] = answer.status_code
        assert {case: status for case, status in found.items() if status != 400} == {}
        assert checksums() == before

    def test_a_form_that_is_cut_short(self, stage: Stage, row: Row) -> None:
        """Django reads what there is of it, and the token is missing."""
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        for end in range(0, len(PART) + 3, 7):
            answer = client.generic("POST", address(row, stage), (PART + b"abc")[:end], PARTS)
            assert answer.status_code in {400, 403}

    def test_too_large(self, stage: Stage, row: Row) -> None:
        body = b"state=" + b"a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        for method in ("POST", "PUT", "DELETE"):
            answer = stage.client("learner").generic(method, address(row, stage), body, FORM)
            assert answer.status_code == 413

    def test_without_a_length(self, stage: Stage, row: Row) -> None:
        answer = stage.client("learner").post(address(row, stage), headers={"Transfer-Encoding": "chunked"})
        assert answer.status_code == 411

    def test_query(self, stage: Stage, row: Row) -> None:
        for name, text in TEXTS.items():
            for query in (f"show={text}", f"{text}=1", text):
                answer = stage.client("learner").get(f"{address(row, stage)}?{query}")
                assert answer.status_code == 400, name

    def test_odd_but_readable_queries(self, stage: Stage, row: Row) -> None:
        """Text is text, however strange: nothing breaks."""
        odd = (
            "show=" + "a" * 5000,
            "show=done&show=left",
            "topic=%F0%9F%98%80",
            "roadmap=%E2%80%AE",
            "show[]=1",
            "=",
            "&&",
            "%",
        )
        for query in odd:
            for role in ("anonymous", "learner"):
                assert stage.client(role).get(f"{address(row, stage)}?{query}").status_code < 500, query

    def test_foreign_host(self, stage: Stage, row: Row) -> None:
        for host in ("evil.example", "testserver.evil.example", "testserver:80@evil.example", "", "a b"):
            answer = stage.client("anonymous").get(address(row, stage), headers={"Host": host})
            assert answer.status_code == 400, host
        forwarded = stage.client("anonymous").get(address(row, stage), headers={"X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in forwarded.headers.get("Location", "") + forwarded.content.decode()

    def test_odd_headers(self, stage: Stage, row: Row) -> None:
        headers = {
            "Cookie": f'{settings.SESSION_COOKIE_NAME}="a\\000bcdefgh"; {settings.CSRF_COOKIE_NAME}="\\000"; \xff=\xff',
            "HX-Request": "true",
            "HX-Current-URL": "http://[",
            "Referer": "http://[",
            "Accept-Language": "de-" * 3000,
            "If-Modified-Since": "never",
            "Accept": "\xff",
        }
        for method in ("GET", "POST"):
            for name, value in headers.items():
                answer = Client(raise_request_exception=False).generic(
                    method, address(row, stage), headers={name: value}
                )
                assert answer.status_code < 500, (method, name)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize(
    "path", ["/{}/", "/topics/{}/", "/roadmaps/{}/", "/sign-in/{}/", "/static/{}", "/accounts/{}/"]
)
def test_path(stage: Stage, path: str, text: str) -> None:
    """What is no UTF-8 stays escaped in a path, as Django has it: a name that nothing bears."""
    answer = stage.client("learner").get(path.format(text))
    assert answer.status_code == 400 if text == "%00" else answer.status_code in {404, 410}


def test_names_in_any_script_are_paths(stage: Stage) -> None:
    stage.topic.slug = "größe-数学"
    stage.topic.save()
    assert stage.client("learner").get(reverse("topic", args=["größe-数学"])).status_code == 200


@pytest.mark.parametrize("path", ["/topics/{}/", "/roadmaps/{}/", "/sign-in/{}/"])
def test_odd_but_readable_paths(static_root: Path, path: str) -> None:
    for text in ("a" * 5000, "..%2f..", "%F0%9F%98%80", "%E2%80%AE", "a%0Ab", "%EF%BF%BD", "%20"):
        assert Client(raise_request_exception=False).get(path.format(text)).status_code in {404, 410}, text


class TestFiles:
    def upload(self, stage: Stage, *names: bytes) -> HttpResponseBase:
        part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="%s"\r\n\r\nx\r\n'
        body = b"".join(part % name for name in names) + b"--x--\r\n"
        return stage.client("learner").generic("POST", reverse("set_topic_state", args=[stage.topic.slug]), body, PARTS)

    @pytest.mark.parametrize("name", [b"a\0b.md", b"\xed\xa0\x80.md", b"\xff", b"../../etc/passwd", b"a" * 5000, b""])
    def test_odd_names_break_nothing(self, stage: Stage, name: bytes) -> None:
        assert self.upload(stage, name).status_code in {400, 422}

    def test_too_many(self, stage: Stage) -> None:
        assert self.upload(stage, b"a", b"b").status_code == 400


class TestWhereOneIsSent:
    """`next` leads to a page of ours, or nowhere."""

    ELSEWHERE = (
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "/%09/evil.example",
        "\t//evil.example",
        "https:/evil.example",
        "http://testserver@evil.example/",
        "/\n/evil.example",
        " //evil.example",
        "data:text/html,x",
        "http://testserver.evil.example",
    )

    def test_after_signing_in(self, stage: Stage) -> None:
        for target in self.ELSEWHERE:
            data = {"login": stage.people["learner"].email, "password": PASSWORD, "next": target}
            answer = Client().post(reverse("account_login"), data)
            assert answer.status_code == 302, target
            assert_ours(answer)
            assert_ours(stage.client("learner").get(reverse("account_login"), {"next": target}))

    def test_after_a_check_off(self, stage: Stage) -> None:
        (row,) = [row for row in TABLE if row.url == "set_topic_state" and not row.case]
        for target in self.ELSEWHERE:
            for role in ("learner", "anonymous"):
                answer = stage.client(role).post(address(row, stage), row.data(stage) | {"next": target})
                assert answer.status_code == 303, target
                assert_ours(answer)

    @pytest.mark.parametrize("header", ["HX-Current-URL", "Referer"])
    def test_on_the_way_to_the_sign_in_page(self, static_root: Path, header: str) -> None:
        for target in self.ELSEWHERE:
            answer = Client().post(reverse("undo"), headers={header: target.strip().replace("\n", "")})
            assert answer.status_code == 302, target
            (way_back,) = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
            assert_leads_here(way_back)


def assert_ours(answer: HttpResponseBase) -> None:
    assert_leads_here(answer.headers.get("Location", "/"))


def assert_leads_here(location: str) -> None:
    """As a browser reads it: backslashes are slashes, tabs and line breaks are not there."""
    seen = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    assert urlsplit(urljoin("http://testserver/topics/soil/", seen))[:2] == ("http", "testserver"), location

"""Production as the container runs it: behind a proxy, with a PostgreSQL of its own and files collected beforehand."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from config.embedded.server import Server
from tests.config.running import ROOT, Running, environment, free_port, wait_until

pytestmark = pytest.mark.slow
HOST = "learn.example.org"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded server stands in for the service of that name."""
    server = Server(tmp_path_factory.mktemp("postgres") / "data")
    server.ensure_running()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def settings(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What docker-compose.yml and the Dockerfile set; files are collected as when the image is built."""
    info = postgres.ensure_running()
    values = {
        "PATHNOTES_MODE": "production",
        "SECRET_KEY": "a-test-key-of-some-length-that-nobody-uses-0123456789",
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": f"host={info.host} port={info.port} user={info.user} dbname={info.dbname}",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static") / "collected"),
        "BEHIND_PROXY": "yes",
        "WORKERS": "2",
    }
    assert command("manage.py", "collectstatic", "--noinput", **values).returncode == 0
    return values


def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment(Path("unused"), **more), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def ask(server: Running, path: str, *, host: str = HOST, proto: str = "https") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": proto})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def ended_or_well(server: Running, settings: dict[str, str]) -> bool:
    """As the image's HEALTHCHECK asks."""
    asked = command("-m", "config", "health", **settings, PORT=str(server.port))
    return asked.returncode == 0 or server.process.poll() is not None


def test_it_does_not_start_without_its_files(settings: dict[str, str], tmp_path: Path) -> None:
    done = command("-m", "config", "serve", **(settings | {"STATIC_ROOT": str(tmp_path)}), PORT=str(free_port()))
    assert done.returncode == 1
    assert "run manage.py collectstatic" in done.stderr


def test_it_does_not_migrate_where_it_must_not(settings: dict[str, str]) -> None:
    empty = settings["DATABASE_URL"] + " options='-c search_path=nowhere'"
    done = command(
        "-m", "config", "serve", **(settings | {"MIGRATE": "no", "DATABASE_URL": empty}), PORT=str(free_port())
    )
    assert done.returncode == 1
    assert "run manage.py migrate" in done.stderr


def test_it_works(settings: dict[str, str], tmp_path: Path) -> None:
    with Running(tmp_path / "data", settings=settings) as server:
        wait_until(partial(ended_or_well, server, settings), "it says that it is well")
        assert server.process.poll() is None, server.output
        page = ask(server, "/accounts/login/")
        assert page.status == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        cookie = page.headers["Set-Cookie"]
        assert cookie.startswith("__Host-csrf=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        plain = ask(server, "/roadmaps/", proto="http")
        assert (plain.status, plain.headers["Location"]) == (301, f"https://{HOST}/roadmaps/")
        assert ask(server, "/roadmaps/", host="elsewhere.example").status == 400
        assert len(server.workers()) == 2
        assert "/sign-in/" not in server.output, "a log is no place for a key to the door"
        assert not (tmp_path / "data").exists(), "nothing is kept beside the database"
        assert server.stop() == 0
        assert server.group() == []
    made = command("manage.py", "sign_in_link", "--owner", "owner@example.org", **settings)
    assert made.stdout.startswith(f"https://{HOST}/sign-in/")
    none = command("manage.py", "sign_in_link", "nobody@example.org", **settings)
    assert none.returncode == 1
    assert "There is no account of nobody@example.org" in none.stderr


def test_pages_come_back_when_the_database_does(postgres: Server, settings: dict[str, str], tmp_path: Path) -> None:
    with Running(tmp_path / "data", settings=settings) as server:
        wait_until(partial(ended_or_well, server, settings), "it says that it is well")
        postgres.stop()
        for _ in range(3):
            away = ask(server, "/roadmaps/")
            assert away.status == 503
            assert int(away.headers["Retry-After"]) > 0
        assert ask(server, "/health/").status == 503
        postgres.ensure_running()
        assert ask(server, "/roadmaps/").status == 200, "at once, and without a new start"


def test_two_that_start_at_once_migrate_one_after_the_other(settings: dict[str, str], tmp_path: Path) -> None:
    """As two containers do on an empty database."""
    done = command("-m", "config", "pg", "psql", "-qc", "DROP SCHEMA public CASCADE; CREATE SCHEMA public", **settings)
    assert done.returncode == 0, done.stderr
    both = [Running(tmp_path / name, settings=settings) for name in ("one", "two")]
    try:
        for server in both:
            wait_until(partial(ended_or_well, server, settings), "it says that it is well")
            assert server.process.poll() is None, server.output
    finally:
        for server in both:
            with server:
                pass
    assert sum("Preparing the database" in server.output for server in both) == 1

"""The environment, read strictly: what is wrong stops the start with a sentence that says what to set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PATHNOTES_MODE": "production",
    "SECRET_KEY": "a-test-key-of-some-length-that-nobody-uses-0123456789",
    "ALLOWED_HOSTS": "learn.example.org",
    "DATABASE_URL": "postgresql://app:pw@db.example.org/pathnotes",
    "BEHIND_PROXY": "yes",
}


def check(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in a process with this environment alone."""
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT, env=clean | environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_production_passes_djangos_own_checks() -> None:
    done = check(PRODUCTION, "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": ""}, "Production needs SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "Production needs SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG shows secrets"),
        ({"ALLOWED_HOSTS": ""}, "no wildcard"),
        ({"ALLOWED_HOSTS": "*"}, "no wildcard"),
        ({"ALLOWED_HOSTS": "learn.example.org,*"}, "no wildcard"),
        ({"ALLOWED_HOSTS": ".example.org"}, "no wildcard"),
        ({"DATABASE_URL": ""}, "Production needs DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://db.example.org"}, "names no database"),
        ({"DATABASE_URL": "mysql://db.example.org/x"}, "not a connection string"),
        ({"PATHNOTES_MODE": "prod"}, "is not one of local, production"),
        ({"BEHIND_PROXY": "perhaps"}, "neither yes nor no"),
        ({"EMAIL_PORT": "٥٨٧"}, "not a whole number"),
        ({"LOG_LEVEL": "LOUD"}, "is not one of"),
    ],
)
def test_production_refuses(change: dict[str, str], sentence: str) -> None:
    done = check(PRODUCTION | change)
    assert done.returncode != 0
    assert sentence in done.stderr


def test_a_refusal_does_not_print_the_password() -> None:
    done = check(PRODUCTION | {"DATABASE_URL": "postgresql://app:hunter2@db.example.org"})
    assert done.returncode != 0
    assert "hunter2" not in done.stdout + done.stderr


def test_a_laptop_needs_no_environment(tmp_path: Path) -> None:
    done = check({"PATHNOTES_DATA": str(tmp_path / "data")})
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "data").exists(), "reading the settings writes nothing"


class TestDatabaseUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://app:p%40ss@db.example.org:5433/notes?sslmode=require",
            "postgres://app:p%40ss@db.example.org:5433/notes?sslmode=require",
            "host=db.example.org port=5433 dbname=notes user=app password='p@ss' sslmode=require",
        ],
    )
    def test_every_form_that_libpq_reads(self, url: str) -> None:
        found = env.database(url)
        parts = [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")]
        assert parts == ["notes", "app", "p@ss", "db.example.org", "5433"]
        assert found["OPTIONS"] == {"sslmode": "require"}

    def test_a_socket_directory(self) -> None:
        assert env.database("postgresql:///notes?host=/var/run/postgresql")["HOST"] == "/var/run/postgresql"

    def test_several_hosts(self) -> None:
        found = env.database("postgresql://a:1,b:2/notes?target_session_attrs=read-write")
        assert (found["HOST"], found["PORT"]) == ("a,b", "1,2")


class TestValues:
    @pytest.mark.parametrize(
        ("value", "expected"), [("1", True), ("Yes", True), ("off", False), ("", True), (" ", True)]
    )
    def test_flag(self, value: str, expected: bool) -> None:
        assert env.flag("X", default=True, environ={"X": value}) is expected

    @pytest.mark.parametrize("value", ["2", "ja", "truee"])
    def test_flag_refuses(self, value: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="X="):
            env.flag("X", default=True, environ={"X": value})

    @pytest.mark.parametrize("value", ["0", "65536", "-1", "8000.0", "²", "8_000", "0x10"])
    def test_integer_refuses(self, value: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="X="):
            env.integer("X", 1, low=1, high=65535, environ={"X": value})

    def test_words(self) -> None:
        assert env.words("X", environ={"X": " a, b ,c d"}) == ["a", "b", "c", "d"]

    def test_the_data_directory_is_absolute(self) -> None:
        assert env.data_dir({"PATHNOTES_DATA": "~/notes"}) == Path.home() / "notes"
        assert env.data_dir({}) == Path.cwd() / ".pathnotes"

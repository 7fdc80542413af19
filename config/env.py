"""The environment, read strictly: a value that cannot be understood stops the start and says what to set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

KEY_FILE = "secret-key"
"""Name of the file in the data directory that holds the key when the environment names none."""

TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def text(name: str, default: str = "", environ: Mapping[str, str] = os.environ) -> str:
    return environ.get(name, "").strip() or default


def flag(name: str, *, default: bool, environ: Mapping[str, str] = os.environ) -> bool:
    value = environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE or value in FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: use one of {', '.join(TRUE + FALSE)}.")


def integer(name: str, default: int, *, low: int, high: int, environ: Mapping[str, str] = os.environ) -> int:
    value = environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from {low} to {high}.")
    return int(value)


def choice(name: str, default: str, allowed: tuple[str, ...], environ: Mapping[str, str] = os.environ) -> str:
    value = text(name, default, environ)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} is not one of {', '.join(allowed)}.")
    return value


def words(name: str, default: tuple[str, ...] = (), environ: Mapping[str, str] = os.environ) -> list[str]:
    """Comma- or blank-separated values."""
    return environ.get(name, "").replace(",", " ").split() or list(default)


def is_production(environ: Mapping[str, str] = os.environ) -> bool:
    return choice("PATHNOTES_MODE", "local", ("local", "production"), environ) == "production"


def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where Pathnotes keeps what is its own: the embedded database, the key, collected static files."""
    return Path(text("PATHNOTES_DATA", ".pathnotes", environ)).expanduser().absolute()


def database(url: str) -> dict[str, Any]:
    """Django's settings for any connection string that libpq reads: a URI or `key=value` words.

    Options beyond host, port, name, user and password are handed to libpq as they are. The password is never printed.
    """
    try:
        info = conninfo_to_dict(url)
    except Exception as error:
        raise ImproperlyConfigured(f"DATABASE_URL is not a connection string that libpq reads: {error}") from None
    if not info.get("dbname"):
        raise ImproperlyConfigured("DATABASE_URL names no database: postgresql://user:password@host:5432/NAME")
    taken = {key: str(info.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "config.postgresql",
        "NAME": taken["dbname"],
        "USER": taken["user"],
        "PASSWORD": taken["password"],
        "HOST": taken["host"],
        "PORT": taken["port"],
        "OPTIONS": dict(info),
    }

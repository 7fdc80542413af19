"""Whose account postgres runs under. PostgreSQL refuses to run as root, and rightly so."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

SYSTEM_ACCOUNT = "pathnotes"
FALLBACK_ACCOUNT = "postgres"


class NoAccountError(Exception):
    """There is no account that postgres could run under. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int
    name: str
    switches: bool
    """Whether the keeper has to change to this account, because it is started as root."""

    def own(self, path: Path) -> None:
        """Give this account a directory we have just created."""
        if self.switches:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose(database: Path) -> Account:
    """Oneself; for root the owner of an existing `database/` directory, else the system account `pathnotes`."""
    if os.geteuid() != 0:
        return _account(os.geteuid(), switches=False)
    try:
        facts = database.stat()
    except FileNotFoundError:
        return _system_account()
    if facts.st_uid != 0:
        return _account(facts.st_uid, switches=True)
    if any(database.iterdir()):
        raise NoAccountError(
            f"{database} belongs to root, and PostgreSQL does not run as root. "
            f"Give it to an unprivileged account, or move it away to start with an empty database."
        )
    database.rmdir()
    return _system_account()


def _account(uid: int, *, switches: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise NoAccountError(
            f"User id {uid} has no name on this system, and PostgreSQL needs one: "
            f"add an account for it, or set DATABASE_URL to use another server."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name, switches=switches)


def _system_account() -> Account:
    """The account `pathnotes`, created as a system account without home and shell if missing; else `postgres`."""
    if (found := _named(SYSTEM_ACCOUNT)) is None:
        group = ["--gid", SYSTEM_ACCOUNT] if _group_exists(SYSTEM_ACCOUNT) else ["--user-group"]
        command = ["useradd", "--system", *group, "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=30)
        except (OSError, subprocess.SubprocessError):
            found = _named(FALLBACK_ACCOUNT)
        else:
            found = _named(SYSTEM_ACCOUNT)
    if found is None or found.uid == 0:
        raise NoAccountError(
            f"PostgreSQL does not run as root, and the account {SYSTEM_ACCOUNT!r} could not be created. "
            f"Create it (useradd --system {SYSTEM_ACCOUNT}), run Pathnotes as an ordinary user, or set DATABASE_URL."
        )
    return found


def _group_exists(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=name, switches=True)

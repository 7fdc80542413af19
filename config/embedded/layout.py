"""Where things lie under the data directory, and the socket's private directory outside it.

    .pathnotes/
        database/cluster/     PostgreSQL's data; as root, `database/` belongs to the account postgres runs under
        supervisor/           lock files, the keeper's status and log; they belong to whoever started Pathnotes

Directories are created with mode 0700. What exists already keeps its permissions.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.accounts import Account

LONGEST_SOCKET_DIRECTORY = 80
"""A socket's whole path must fit into 107 bytes (103 on macOS), file name and temporary suffix included."""


@dataclass(frozen=True, slots=True)
class Layout:
    data_dir: Path

    @property
    def database(self) -> Path:
        return self.data_dir / "database"

    @property
    def cluster(self) -> Path:
        return self.database / "cluster"

    @property
    def supervisor(self) -> Path:
        return self.data_dir / "supervisor"

    @property
    def keeper_lock(self) -> Path:
        return self.supervisor / "keeper.lock"

    @property
    def users_lock(self) -> Path:
        return self.supervisor / "users.lock"

    @property
    def serve_lock(self) -> Path:
        return self.supervisor / "serve.lock"

    @property
    def status(self) -> Path:
        return self.supervisor / "status"

    @property
    def log(self) -> Path:
        return self.supervisor / "keeper.log"

    def create(self) -> None:
        """Make what is missing of the data directory and `supervisor/`."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.supervisor.mkdir(mode=0o700, exist_ok=True)


def socket_directory(layout: Layout, account: Account) -> Path:
    """A short directory that only `account` may enter, created if need be. Another user's lookalike is not used."""
    key = hashlib.sha256(os.fsencode(layout.data_dir.resolve())).hexdigest()[:12]
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    parents = [Path("/tmp")]  # noqa: S108  (owner and mode are checked, and TMPDIR may be too long)
    if runtime.is_absolute() and not account.switches and _is_private(runtime, account.uid):
        parents.insert(0, runtime)
    for parent in parents:
        path = parent / f"pathnotes-{account.uid}-{key}"
        if len(os.fsencode(path)) > LONGEST_SOCKET_DIRECTORY:
            continue
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            account.own(path)
        if _is_private(path, account.uid):
            return path
    path = Path(tempfile.mkdtemp(prefix=f"pathnotes-{account.uid}-", dir=parents[-1]))
    account.own(path)
    return path


def _is_private(path: Path, uid: int) -> bool:
    try:
        facts = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == uid and stat.S_IMODE(facts.st_mode) == 0o700

"""What git knows about a folder of notes: the commit it came from, and which files were renamed since another one.

The repository may be a stranger's. Only commands are called that read objects and the index: none of them runs a hook,
a filter, a file system monitor, a pager or a program for signatures or differences, none writes, none asks the network,
and whether notes are those of the commit is told by their bytes. Without git, or where it takes long, nothing is known.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from roadmap.notes.files import NOTE_SUFFIXES, SKIPPED_FOLDERS, TEMPLATE_FOLDERS, NoteFile, printable
from roadmap.notes.items import Checkout

PATIENCE = 5.0
"""Seconds for all that is asked at once."""
COMMITS = 2_000
"""Commits whose renames are looked at, the newest."""
_LINKS = "120000"
_NAME = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "safe.directory=*"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "protocol.allow=never"),
)
_ENVIRONMENT = {
    "PATH": os.defpath,
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}
"""Nothing of whoever runs this."""
_DIFF = ("-r", "-M", f"-l{COMMITS}", "-z", "--name-status", "--diff-filter=R", "--no-ext-diff", "--no-textconv")


def checkout_of(root: Path, notes: Iterable[NoteFile]) -> Checkout | None:
    """The commit that the notes at `root` came from; None where they are in none."""
    git = _Git(root)
    commit = git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not _NAME.fullmatch(commit):
        return None
    tree = dict(_listed(git.ask("ls-tree", "-r", "-z", commit, "--", git.inside)))
    here = {note.path: note.data for note in notes}
    if here.keys().isdisjoint(tree):
        return None
    length = len(commit)
    same = here.keys() >= {path for path in tree if _would_be_read(path)} and all(
        path in tree and _is_blob(data, tree[path], length) for path, data in here.items()
    )
    return Checkout(commit, git.line("symbolic-ref", "--quiet", "--short", "HEAD"), dirty=not same)


def renames(root: Path, since: str, here: Collection[str]) -> dict[str, str]:
    """Old path -> new path of the notes that were renamed since that commit, in commits or in the index, as git sees
    it. `here`: paths of the notes now; only what leads to one of them counts, from one that is gone."""
    if not _NAME.fullmatch(since):
        return {}
    git = _Git(root)
    newer = git.ask("rev-list", "--reverse", "--topo-order", f"--max-count={COMMITS}", f"{since}..HEAD")
    told = dict(_pairs(git.ask("diff-index", "--cached", *_DIFF, "--relative", since)))
    if newer:
        steps = git.ask("diff-tree", "--stdin", "--no-commit-id", *_DIFF, "--relative", told=newer)
        told |= {old: new for old, new in _followed(_pairs(steps)).items() if new in here}
    return {old: new for old, new in told.items() if new in here and old not in here}


class _Git:
    def __init__(self, root: Path) -> None:
        self.until = time.monotonic() + PATIENCE
        self.program = str(Path(shutil.which("git") or "/nonexistent/git").absolute())
        whole = root.is_dir()
        self.folder = root if whole else root.parent
        self.inside = "." if whole else root.name

    def line(self, *command: str) -> str:
        return self.ask(*command).decode("utf-8", "replace").strip()

    def ask(self, *command: str, told: bytes = b"") -> bytes:
        """What it answers; empty where it does not."""
        try:
            done = subprocess.run(
                [self.program, *_OPTIONS, *command],
                cwd=self.folder,
                env=_ENVIRONMENT,
                input=told,
                capture_output=True,
                timeout=max(0.1, self.until - time.monotonic()),
                check=False,
            )
        except (OSError, ValueError, subprocess.SubprocessError):
            return b""
        return done.stdout if done.returncode == 0 else b""


def _listed(answer: bytes) -> Iterator[tuple[str, str]]:
    """(path, name of the blob) of each file of a tree."""
    for entry in answer.split(b"\0"):
        about, tab, path = entry.partition(b"\t")
        mode, _, rest = about.decode("ascii", "replace").partition(" ")
        if tab and mode != _LINKS and rest.startswith("blob "):
            yield _path(path), rest.removeprefix("blob ")


def _path(name: bytes) -> str:
    return printable(name.decode("utf-8", "surrogateescape"))


def _would_be_read(path: str) -> bool:
    *folders, name = path.split("/")
    return PurePosixPath(name).suffix.lower() in NOTE_SUFFIXES and not (
        any(part.startswith(".") for part in (*folders, name))
        or any(folder.casefold() in SKIPPED_FOLDERS | TEMPLATE_FOLDERS for folder in folders)
    )


def _is_blob(data: bytes, name: str, length: int) -> bool:
    """Whether the bytes are those of the blob, or would be once line ends are as git keeps them."""
    return name in {_blob(data, length), _blob(data.replace(b"\r\n", b"\n"), length)}


def _blob(data: bytes, length: int) -> str:
    digest = hashlib.sha256() if length == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def _pairs(answer: bytes) -> Iterator[tuple[str, str]]:
    """(old, new) of `--name-status -z`, which only tells renames here."""
    parts = answer.split(b"\0")
    for how, old, new in zip(parts[::3], parts[1::3], parts[2::3], strict=False):
        if how.startswith(b"R"):
            yield _path(old), _path(new)


def _followed(steps: Iterable[tuple[str, str]]) -> dict[str, str]:
    """First name -> last name, over renames in their order."""
    first: dict[str, str] = {}
    for old, new in steps:
        first[new] = first.pop(old, old)
    return {was: now for now, was in first.items()}

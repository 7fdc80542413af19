"""An export into a folder: all of its files or none, and never over a file that it did not write itself.

What it wrote it knows by a list that it leaves in the folder, under a hidden name that the reader of notes passes over:
each path with the SHA-256 of its bytes. A file whose bytes are another's is somebody's work and is left alone.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

LIST = ".pathnotes-export.json"
_SHOWN = 3


class NotExportedError(Exception):
    """Nothing was written; the message is a sentence."""


def write_folder(target: Path, files: Mapping[str, bytes], *, of: str, force: bool = False) -> None:
    """Write `files` (path with `/` -> bytes) into `target`, which is made where it is missing.

    `of` names what is exported: `force` replaces an earlier export of the same, if nobody changed it since. Raise
    NotExportedError, having changed nothing.
    """
    for path in files:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or any(part in {"..", LIST} for part in parts) or "\\" in path:
            raise NotExportedError(f"“{path}” would lie outside of the folder. Nothing was written.")
    with _sentences(target):
        try:
            status = target.stat()
        except FileNotFoundError:
            status = None
        if status is not None and not stat.S_ISDIR(status.st_mode):
            raise NotExportedError(f"{target} is a file, not a folder. Nothing was written.")
        if status is None or not any(target.iterdir()):
            _new(target.resolve(), files, of)
        elif force:
            _again(target.resolve(), files, of)
        else:
            raise NotExportedError(
                f"{target} is not empty. Nothing was written. Name a new folder, or say --force to replace what an "
                "earlier export of the same roadmap wrote there."
            )


@contextmanager
def _sentences(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "the quota of the disk is used up",
            errno.EACCES: "writing there is not allowed",
            errno.EPERM: "writing there is not allowed",
            errno.EROFS: "the disk can only be read",
            errno.ENAMETOOLONG: "a name is too long for that disk",
            errno.ENOENT: "the folder around it is missing",
            errno.ENOTDIR: "a part of the path is a file",
        }.get(error.errno or 0, error.strerror or str(error))
        raise NotExportedError(f"{target} cannot be written: {why}. Nothing was written.") from error


def _new(target: Path, files: Mapping[str, bytes], of: str) -> None:
    """The whole folder beside its place, then renamed into it."""
    made = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name[:80]}.", suffix=".new", dir=target.parent))
    try:
        beside.chmod(0o777 & ~_umask() if not target.exists() else stat.S_IMODE(target.stat().st_mode))
        for path, data in files.items():
            _write(beside / path, data)
        _write(beside / LIST, _list(of, {path: [_digest(data)] for path, data in files.items()}))
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise
    _flush(target.parent)


def _again(target: Path, files: Mapping[str, bytes], of: str) -> None:
    """Over an earlier export: every new file beside its place first, then one rename each, what is gone last."""
    known = _known(target, of)
    _refuse_foreign(target, files, known)
    staged: list[tuple[Path, Path]] = []
    folders: list[Path] = []
    try:
        for path, data in files.items():
            place = target / path
            if _digest_at(place) == _digest(data):
                continue
            folders += [p for p in reversed(place.relative_to(target).parents) if not (target / p).exists()]
            place.parent.mkdir(parents=True, exist_ok=True)
            new = place.parent / f".{hashlib.sha256(path.encode()).hexdigest()[:24]}.new"
            staged.append((new, place))
            _write(new, data)
        # Known by either until all of it is done: a killed export can be made again.
        both = {path: [*known.get(path, []), _digest(data)] for path, data in files.items()}
        _replace(target / LIST, _list(of, known | both))
    except BaseException:
        for new, _ in staged:
            new.unlink(missing_ok=True)
        for folder in reversed(folders):
            with contextlib.suppress(OSError):
                (target / folder).rmdir()
        raise
    for new, place in staged:
        new.replace(place)
    for path in known.keys() - files.keys():
        (target / path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (target / path).parent.rmdir()
    _replace(target / LIST, _list(of, {path: [_digest(data)] for path, data in files.items()}))
    _flush(target)


def _known(target: Path, of: str) -> dict[str, list[str]]:
    """What the earlier export wrote there: path -> digests it may have."""
    try:
        told: Any = json.loads((target / LIST).read_text("utf-8"))
        of_what, files = told["of"], {str(path): list(map(str, found)) for path, found in told["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise NotExportedError(
            f"{target} was not written by an export (it has no readable {LIST}), so nothing in it is replaced. "
            "Nothing was written. Name a new folder."
        ) from None
    if of_what != of:
        raise NotExportedError(f"{target} holds an export of something else. Nothing was written. Name a new folder.")
    return {path: found for path, found in files.items() if ".." not in PurePosixPath(path).parts and path[:1] != "/"}


def _refuse_foreign(target: Path, files: Mapping[str, bytes], known: Mapping[str, list[str]]) -> None:
    changed = []
    for path in {**known, **files}:
        place = target
        for part in PurePosixPath(path).parts[:-1]:
            place /= part
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                changed.append(str(place.relative_to(target)))
        place = target / path
        if place.is_symlink() or (place.exists() and _digest_at(place) not in known.get(path, [])):
            changed.append(path)
    if changed:
        named = ", ".join(sorted(set(changed))[:_SHOWN]) + (" and others" if len(changed) > _SHOWN else "")
        raise NotExportedError(
            f"{named} in {target} changed since the last export, or was never written by one. Nothing was written. "
            "Load or move these first, or name a new folder."
        )


def _list(of: str, files: Mapping[str, list[str]]) -> bytes:
    told = {"version": 1, "of": of, "files": {path: list(dict.fromkeys(found)) for path, found in files.items()}}
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(place: Path, data: bytes) -> None:
    new = place.with_name(f"{place.name}.new")
    try:
        _write(new, data)
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest_at(place: Path) -> str:
    return _digest(place.read_bytes()) if place.is_file() and not place.is_symlink() else ""


def _flush(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

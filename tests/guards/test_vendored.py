"""Files of others lie here as they were published: listed, with version, licence, hash and a reason."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
LINE = re.compile(
    r"\| `(?P<file>[^`]+)` \| \S+ \| (?P<version>[\d.]+) \| [^|]+ \| `(?P<hash>[0-9a-f]{64})` \| [^|]{10,} \|"
)


def test_each_is_listed_and_unchanged() -> None:
    listed = {found["file"]: found for found in LINE.finditer((VENDOR / "README.md").read_text(encoding="utf-8"))}
    scripts = {path.name for path in VENDOR.iterdir() if path.suffix in {".js", ".css"}}
    assert listed.keys() == scripts
    for name, found in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == found["hash"]
        assert found["version"] in name

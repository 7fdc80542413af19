"""Every main page cold in Chromium: what is sent, when the largest thing is painted, what moves, what blocks.

The processor is slowed to a quarter for the times (`Emulation.setCPUThrottlingRate`). What the machine itself is worth
is printed beside them: milliseconds of a fixed loop, in Chromium, without slowing it down.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from benchmarks import chromium
from benchmarks.measure import Report
from benchmarks.servers import Server, product
from benchmarks.serving import seed

SLOWED = 4
SIZES = [120, 2000]


def main(rounds: int = 5) -> None:
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        environ = {"PATHNOTES_DATA": str(Path(temporary) / "data"), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        environ |= {"DATABASE_URL": "", "BUNDLED_ROADMAP": "no", "LOG_LEVEL": "ERROR"}
        environ["SECRET_KEY"] = secrets.token_urlsafe(50)
        sessions, slugs = seed(environ, SIZES)
        with product(environ) as ours:
            measure(ours, sessions[0], slugs, rounds)


def addresses(slugs: dict[str, str]) -> dict[str, str]:
    return {
        "roadmaps": "/roadmaps/",
        "roadmap, 120 topics": f"/roadmaps/{slugs['120']}/",
        "roadmap, 120 topics, ready": f"/roadmaps/{slugs['120']}/?show=ready",
        "search": "/search/?q=a",
        "timeline": "/timeline/",
        "cohorts": "/cohorts/",
        "messages": "/mail/",
        "sign in": "/accounts/login/",
        "roadmap, 2,000 topics": f"/roadmaps/{slugs['2000']}/",
    }


def measure(ours: Server, session: str, slugs: dict[str, str], rounds: int) -> None:
    cookie = {"name": "pathnotes-session", "value": session, "domain": "127.0.0.1", "path": "/"}
    report = Report(f"Pages, cold, processor slowed {SLOWED} times")
    report.add("the fixed loop, not slowed", "ms", chromium.calibrate(rounds))
    for name, path in addresses(slugs).items():
        usual = "2,000" not in name
        clicks = 20 if name == "roadmap, 120 topics" else 0
        visits, times = chromium.visit(
            f"http://127.0.0.1:{ours.port}{path}", cookie, rounds=rounds, clicks=clicks, slowed=SLOWED
        )
        seen = chromium.medians(visits)
        report.add(f"{name}: requests", "", seen["requests"], target="≤ 6" if clicks else "")
        report.add(f"{name}: on the wire", "kB", [b / 1000 for b in seen["wire_bytes"]], target="≤ 45" * usual)
        report.add(f"{name}: script", "kB", [b / 1000 for b in seen["script_bytes"]], target="< 30")
        report.add(f"{name}: largest paint", "ms", seen["largest_paint"], target="< 1000" * usual)
        report.add(f"{name}: layout shift", "", seen["shift"], target="0")
        report.add(f"{name}: longest task", "ms", seen["longest_task"], target="< 50 at full speed" * usual)
        if times:
            report.add(f"{name}: click to shown done, not slowed", "ms", times, target="< 20")
    report.notes.append(f"{rounds} cold visits each; {os.cpu_count()} cores shared with the server.")
    report.write("pages")


if __name__ == "__main__":
    main()

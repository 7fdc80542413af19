"""Reading notes against what one would write with the usual libraries (performance.md of the design, target 6).

Baseline "library tokens": python-frontmatter with PyYAML's C loader, then markdown-it-py's tokens; no outline.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import notes
from benchmarks.measure import Report, exponent, interleaved

CHANGED = 10
SHARED = Path(__file__).resolve().parents[2] / "shared" / "notes" / "seeds"


def library_tokens(folder: Path) -> int:
    import frontmatter
    import yaml
    from markdown_it import MarkdownIt

    class Handler(frontmatter.YAMLHandler):  # type: ignore[name-defined, misc]
        def load(self, fm: str, **_: object) -> object:
            return yaml.load(fm, Loader=yaml.CSafeLoader)

    parser, handler, tokens = MarkdownIt("commonmark").enable("table"), Handler(), 0
    for file in sorted(folder.iterdir()):
        text = file.read_text(encoding="utf-8", errors="replace")
        try:
            _, body = frontmatter.parse(text, handler=handler)
        except yaml.YAMLError:  # two rules of a real document are taken for front matter, and break it
            body = text
        tokens += len(parser.parse(body))
    return tokens


def ours(folder: Path) -> int:
    from roadmap.notes.reading import read

    return len(read(folder).paths)


def again(folder: Path, kept: Path) -> int:
    from roadmap.notes import cache

    return len(cache.read(folder, cached=kept).paths)


def through_a_child(folder: Path, kept: Path | None, *, fork: bool) -> float:
    """Seconds of CPU that a process of its own and its child take to read the folder, without the imports."""
    code = (
        "import sys, time; from pathlib import Path; from roadmap.notes import guarded; "
        "folder, kept, fork = sys.argv[1:]; start = time.process_time(); "
        "outcome = guarded.read(Path(folder), cached=Path(kept) if kept else None, fork=bool(fork)); "
        "assert outcome.reading.paths; print(time.process_time() - start + outcome.cpu)"
    )
    command = [sys.executable, "-c", code, str(folder), str(kept or ""), "fork" if fork else ""]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def change(folder: Path, count: int) -> None:
    """Another paragraph and other hours in so many notes."""
    files = sorted(file for file in folder.iterdir() if not file.name.startswith(("Map ", "Everything")))
    for file in files[:: len(files) // count][:count]:
        text = file.read_text(encoding="utf-8").replace("hours: ", "hours: 1", 1)
        file.write_text(f"{text}\n\nAnother paragraph.\n", encoding="utf-8")


def second(report: Report, folder: Path, size: int, rounds: int) -> None:
    """What is kept of a reading, against the reading. The cases of a round follow each other."""
    kept = folder.parent / "kept"
    first: dict[str, list[float]] = {}
    for _ in range(rounds):
        shutil.rmtree(kept, ignore_errors=True)
        for name, values in interleaved({"kept": partial(again, folder, kept)}, rounds=1).items():
            first.setdefault(name, []).extend(values)
    change(folder, CHANGED)
    cases = {"first": lambda: ours(folder), "second": lambda: again(folder, kept)}
    seconds = interleaved(cases, rounds=rounds)
    of = f"of {size} notes"
    report.add(f"first reading {of}", "s", seconds["first"])
    report.add("first reading, and keeping it", "s", first["kept"], over=f"first reading {of}")
    report.add(f"second reading, ten {of} changed", "s", seconds["second"], over=f"first reading {of}", target="≤ 0.05")
    for fork, how in ((True, "forked"), (False, "started")):
        pairs = [
            (through_a_child(folder, None, fork=fork), through_a_child(folder, kept, fork=fork)) for _ in range(rounds)
        ]
        report.add(f"first reading, in a {how} child", "s", [pair[0] for pair in pairs])
        report.add(
            f"second reading, ten changed, in a {how} child",
            "s",
            [pair[1] for pair in pairs],
            over=f"first reading, in a {how} child",
            target="≤ 0.05" if fork else "",
        )
    report.notes.append("In a child: CPU of both processes, its start and the way of the reading back included.")


def peak_memory(folder: Path) -> float:
    """MiB that a process of its own needs to read the folder."""
    code = (
        "import resource, sys; from pathlib import Path; from roadmap.notes.reading import read; "
        "read(Path(sys.argv[1])); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main(rounds: int = 3, size: int = 5000) -> None:
    report = Report("Reading notes")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "vault"
        folder.mkdir()
        total = notes.vault(folder, size)
        cases = {"library tokens": lambda: library_tokens(folder), "ours": lambda: ours(folder)}
        seconds = interleaved(cases, rounds=rounds)
        report.add(f"library tokens, {size} notes", "s", seconds["library tokens"])
        report.add(
            f"read with outline, {size} notes",
            "s",
            seconds["ours"],
            over=f"library tokens, {size} notes",
            target="≤ 0.33",
        )
        report.add("peak memory of that", "MiB", [peak_memory(folder)], target="< 400")
        second(report, folder, size, rounds)
        report.notes.append(
            f"{total / 1e6:.1f} MB in {size} generated notes; CPU seconds of one process, {rounds} rounds."
        )
        sizes, costs = [size // 25, size // 5, size], []
        for count in sizes:
            part = Path(temporary) / f"vault{count}"
            part.mkdir()
            notes.vault(part, count)
            costs.append(min(interleaved({"ours": partial(ours, part)}, rounds=2)["ours"]))
        report.notes.append(f"Growth over {sizes} notes: exponent {exponent(sizes, costs):.2f} (target ≤ 1.1).")
        if SHARED.is_dir():
            seconds = interleaved(
                {"a": lambda: library_tokens(SHARED), "b": lambda: ours(SHARED)}, rounds=max(rounds, 7)
            )
            report.add("library tokens, five seeds", "s", seconds["a"])
            report.add("read with outline, five seeds", "s", seconds["b"], over="library tokens, five seeds")
        else:
            report.notes.append("The five shared documents are not beside this checkout: skipped.")
    report.notes.append(
        f"Peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB."
    )
    report.write("reading")


if __name__ == "__main__":
    main()

"""Reading notes against what one would write with the usual libraries (performance.md of the design, target 6).

Baseline "library tokens": python-frontmatter with PyYAML's C loader, then markdown-it-py's tokens; no outline.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks import notes
from benchmarks.measure import Report, exponent, interleaved

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


def peak_memory(folder: Path) -> float:
    """MiB that a process of its own needs to read the folder."""
    code = (
        "import resource, sys; from pathlib import Path; from roadmap.notes.reading import read; "
        "read(Path(sys.argv[1])); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def used() -> float:
    """Seconds of CPU of this process and of the children it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def read_twice(folder: Path, kept: Path, *, in_place: bool) -> tuple[float, float]:
    """Seconds of a first reading that is kept, and of the next one after ten notes changed, as the commands read."""
    from roadmap.notes import guarded

    shutil.rmtree(kept, ignore_errors=True)
    start = used()
    guarded.read(folder, kept=kept)
    first = used() - start
    names = sorted(file for file in folder.iterdir() if not file.name.startswith(("Map ", "Everything")))
    for file in names[:: max(1, len(names) // 10)][:10]:
        text = f"{file.read_text(encoding='utf-8')}\nA sentence of {time.time()}.\n"
        if in_place:
            file.write_text(text, encoding="utf-8")
        else:
            beside = file.with_suffix(".saving")
            beside.write_text(text, encoding="utf-8")
            beside.replace(file)
    start = used()
    again = guarded.read(folder, kept=kept)
    second = used() - start
    assert again.read == 10, again.read
    assert again.reading == guarded.read(folder).reading
    return first, second


def second_reading(report: Report, folder: Path, kept: Path, rounds: int) -> None:
    for how, in_place in (("written in place", True), ("saved as editors do, by a new file", False)):
        firsts, seconds = zip(*(read_twice(folder, kept, in_place=in_place) for _ in range(rounds)), strict=True)
        name = f"read in a child and kept, {how}"
        report.add(name, "s", list(firsts))
        report.add(f"second read, ten notes {how}", "s", list(seconds), over=name, target="≤ 0.05")
    size = sum(file.stat().st_size for file in kept.iterdir()) / 1e6
    report.notes.append(f"What is kept of it takes {size:.1f} MB. Seconds of CPU of the command and its child.")


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
        report.notes.append(
            f"{total / 1e6:.1f} MB in {size} generated notes; CPU seconds of one process, {rounds} rounds."
        )
        second_reading(report, folder, Path(temporary) / "kept", rounds)
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

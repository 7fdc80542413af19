"""Interleaved rounds, medians with min and max, and a table of ratios. Nothing here passes or fails."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured quantity over the rounds of a run."""

    name: str
    unit: str
    median: float
    low: float
    high: float
    baseline: str = ""
    ratio: float | None = None
    """Our median divided by the baseline's."""
    target: str = ""

    def row(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.3g} × {self.baseline}"
        spread = f"{self.low:.3g}-{self.high:.3g}"
        return f"| {self.name} | {self.median:.4g} {self.unit} | {spread} | {ratio} | {self.target} |"


@dataclass
class Report:
    """A titled table, printed as it grows and written as Markdown and JSON."""

    title: str
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, unit: str, values: list[float], *, over: str = "", target: str = "") -> Figure:
        """`over` names the figure of this report that the ratio is taken against."""
        baseline = next((f for f in self.figures if f.name == over), None)
        median = statistics.median(values)
        ratio = median / baseline.median if baseline and baseline.median else None
        figure = Figure(name, unit, median, min(values), max(values), over, ratio, target)
        self.figures.append(figure)
        return figure

    def markdown(self) -> str:
        head = [f"## {self.title}", "", "| what | median | min-max | ratio | target |", "|---|---|---|---|---|"]
        return "\n".join([*head, *(f.row() for f in self.figures), "", *self.notes, ""])

    def write(self, stem: str) -> None:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{stem}.md").write_text(self.markdown(), encoding="utf-8")
        (RESULTS / f"{stem}.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        print(self.markdown(), flush=True)


def interleaved(cases: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, list[float]]:
    """Seconds of CPU of this process for each case, `rounds` times, one of each per round so that noise hits all."""
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            gc.collect()
            start = time.process_time()
            case()
            seconds[name].append(time.process_time() - start)
    return seconds


def exponent(sizes: list[int], costs: list[float]) -> float:
    """Slope of log(cost) over log(size), least squares: 1 is linear, 0 is flat."""
    from math import log

    xs, ys = [log(s) for s in sizes], [log(c) for c in costs]
    mx, my = statistics.fmean(xs), statistics.fmean(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)

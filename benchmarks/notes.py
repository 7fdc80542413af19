"""Generated notes of any size, the same for the same arguments."""

from __future__ import annotations

import random
from pathlib import Path

WORDS = (  # noqa: SIM905 (a list of fifty quoted words reads worse)
    "gradient matrix kernel vector sample batch token tree graph queue cache index shard stream window schema "
    "model layer loss metric bias variance prior feature label split cluster margin entropy channel filter "
    "stride rollback release "
    "pooling encoder decoder attention policy reward state value agent tool prompt index latency budget quota canary"
).split()


def title(rng: random.Random, number: int) -> str:
    return f"{rng.choice(WORDS).capitalize()} {rng.choice(WORDS)} {number}"


def paragraph(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def vault(folder: Path, notes: int, *, seed: int = 1, note_bytes: int = 2600) -> int:
    """Write a linked vault (a hub, a map per forty notes, front matter, lists, tables, code); return its bytes."""
    rng = random.Random(seed)
    titles = [title(rng, n) for n in range(notes)]
    total = 0
    maps = []
    for start in range(0, notes, 40):
        name = f"Map {start // 40 + 1}"
        maps.append(name)
        links = "\n".join(f"- [[{t}]] — {paragraph(rng, 8)}" for t in titles[start : start + 40])
        total += (folder / f"{name}.md").write_text(f"#map\n\n# {name}\n\n## Topics\n\n{links}\n", encoding="utf-8")
    hub = "#map\n\n# Everything\n\n## Maps\n\n" + "\n".join(f"- [[{m}]]" for m in maps) + "\n"
    total += (folder / "Everything.md").write_text(hub, encoding="utf-8")
    for number, name in enumerate(titles):
        needs = rng.sample(titles[:number], k=min(number, rng.randrange(3)))
        lines = [
            "---",
            f'id: "n{number}"',
            f"tags: [{rng.choice(WORDS)}, {rng.choice(WORDS)}]",
            f"hours: {rng.randrange(1, 9)}",
        ]
        lines += ["requires:", *(f'  - "[[{n}]]"' for n in needs)] if needs else []
        lines += ["---", "", f"# {name}", ""]
        while sum(map(len, lines)) < note_bytes:
            lines += [
                f"## {paragraph(rng, 3)}",
                "",
                paragraph(rng, 60),
                "",
                *(f"- **{rng.choice(WORDS)}** {paragraph(rng, 9)}" for _ in range(5)),
                "",
            ]
            lines += [
                "| a | b |",
                "|---|---|",
                *(f"| {rng.choice(WORDS)} | {paragraph(rng, 4)} |" for _ in range(3)),
                "",
            ]
            lines += ["```python", f"{rng.choice(WORDS)} = {rng.randrange(99)}", "```", ""]
        total += (folder / f"{name}.md").write_text("\n".join(lines), encoding="utf-8")
    return total


def outline(file: Path, topics: int, *, seed: int = 1, edges: float = 1.4) -> None:
    """Write one outline in the house dialect: three levels, modules of eight topics, `edges` prerequisites a topic."""
    rng = random.Random(seed)
    titles = [title(rng, n) for n in range(topics)]
    modules = -(-topics // 8)
    lines = ["---", f"id: generated-{topics}", f"title: Generated {topics}", "---", "", f"# Generated {topics}", ""]
    for module in range(modules):
        if module % max(1, -(-modules // 3)) == 0:
            lines += [f"## {('Beginner', 'Intermediate', 'Advanced')[module * 3 // modules]}", ""]
        lines += [f"### {module + 1}. {title(rng, module)} module", f"> {paragraph(rng, 10)}", ""]
        for number in range(module * 8, min(topics, module * 8 + 8)):
            details = ", ".join(rng.sample(WORDS, k=3))
            lines.append(f"- **{titles[number]}** ({details}) — {paragraph(rng, 14)} ^t{number}")
            if number % 20 == 0:  # each field is a list item, and a note may have 5,000
                lines.append(f"  - hours:: {rng.randrange(1, 9)}")
            count = min(number, int(edges) + (rng.random() < edges % 1))
            lines += [
                f"  - requires:: [[{t}]] — {paragraph(rng, 5)}"
                for t in rng.sample(titles[max(0, number - 60) : number], k=count)
            ]
        lines.append("")
    file.write_text("\n".join(lines), encoding="utf-8")

"""The bundled roadmap, `curricula/ai-engineer`: what every newcomer sees first, complete and well formed."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path as FilePath

import frontmatter
import pytest

from roadmap.notes.items import Item, Path, Reading, Requirement
from roadmap.notes.reading import read

FOLDER = FilePath(__file__).resolve().parents[2] / "curricula" / "ai-engineer"
NOTES = sorted((FOLDER / "topics").glob("*.md"))
LEVELS = ["Beginner", "Intermediate", "Advanced"]

# What five published curricula for AI engineers name, taken together; each word begins one in a topic.
SUBJECTS = """
linear algebra, eigenvalues, calculus, gradients, probability, bayes, normal, statistics, bias and variance,
hypothesis tests, anova, discrete mathematics, optimization, convexity, information theory, entropy, kl
divergence, differential equations, numerical stability, error propagation, approximation trade-offs,
statistical assumptions in production,
python, numpy, pandas, matplotlib, seaborn, object-oriented programming, git, testing, debugging, data
structures and algorithms, complexity, operating systems, networks,
data collection, csv, json, scraping, beautiful soup, requests, data cleaning, missing values, feature
engineering, exploratory data analysis, labeling, leakage, data validation, data versioning, streaming,
imbalance, etl, elt, sql, postgresql, mysql, nosql, mongodb, warehouses, airflow, prefect,
supervised, unsupervised, linear regression, logistic regression, k-nearest neighbors, support vector, k-means,
dbscan, accuracy, precision, recall, roc, jupyter, colab, scikit-learn, mlflow, pca,
perceptron, activation functions, loss functions, backpropagation, sgd, adam, regularization, dropout,
tensorflow, keras, pytorch, static and dynamic graphs, hugging face, gpu,
convolutional networks, pooling, transfer learning, augmentation, opencv, detection, segmentation, video,
text cleaning, tokenization, word2vec, glove, rnn, lstm, attention, transformers, bert, gpt, fine-tuning,
prompting, retrieval-augmented generation, langchain, llamaindex, agents, tool use, context,
diffusion, generative adversarial, multimodal,
markov decision processes, q-learning, deep q-networks, policy gradients, openai gym, reward,
flask, fastapi, rest api, docker, streamlit, gradio, kubernetes, tensorflow serving, torchserve, cloud, storage,
iam, batch and real-time,
end-to-end, model lifecycle, scalability, latency, ci/cd, registry, weights & biases, retraining, rollbacks,
logging, observability, monitoring,
success metrics, offline and online, a/b testing, calibration, uncertainty, drift, post-deployment,
prompt injection, adversarial, access control, audit logging, differential privacy, federated learning, bias
quantification, equalized odds, demographic parity, shap, lime, ethics, governance,
cost per inference, gpu utilization, latency trade-offs, roi, revenue per api call,
finance, healthcare, logistics, law, enterprise operations,
real traffic, failure, scale, measurable value, kaggle, chatbot, recommendation system,
graph neural networks, audio, librosa, wavenet, edge ai, tensorrt, coral, quantum, qiskit, agent,
"""


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(FOLDER)


@pytest.fixture(scope="module")
def roadmap(reading: Reading) -> Path:
    assert [path.title for path in reading.paths] == ["AI Engineer"]
    return reading.paths[0]


@pytest.fixture(scope="module")
def modules(roadmap: Path) -> list[tuple[str, Item]]:
    """Every module with the title of its level, in order."""
    return [(level.title, module) for level in roadmap.items for module in level.items]


@pytest.fixture(scope="module")
def topics(modules: list[tuple[str, Item]]) -> list[tuple[str, Item]]:
    """Every topic with the title of its level, in order."""
    return [(level, topic) for level, module in modules for topic in module.items]


def stated(topic: Item) -> dict[str, list[Requirement]]:
    """The prerequisites the notes state, one entry for each; alternatives share an entry."""
    links: dict[str, list[Requirement]] = defaultdict(list)
    for requirement in topic.requires:
        if requirement.source == "notes":
            links[requirement.group or f"alone:{requirement.title}"].append(requirement)
    return links


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)", text))


def steps(topic: Item) -> list[Item]:
    return [item for item in topic.items if item.kind == "step"]


def edges(modules: list[tuple[str, Item]]) -> Iterator[tuple[str, str]]:
    """(topic, what it requires), the order within chains included."""
    for _, module in modules:
        for before, after in zip(module.items, module.items[1:], strict=False):
            if module.ordered:
                yield after.title, before.title
        for topic in module.items:
            for requirement in topic.requires:
                yield topic.title, requirement.title


# ----------------------------------------------------------------------------------------------------------------- tree


def test_it_reads_without_a_complaint(reading: Reading) -> None:
    assert [p for p in reading.problems if p.severity in {"warning", "error"}] == []
    assert reading.counts.get("planned", 0) == 0


def test_the_roadmap_introduces_itself(roadmap: Path) -> None:
    assert roadmap.id == "ai-engineer"
    assert sentences(roadmap.summary) == 1
    assert dict(roadmap.meta)["locking"] == "advisory"


def test_it_leads_through_three_levels(roadmap: Path) -> None:
    assert [(level.kind, level.title) for level in roadmap.items] == [("level", title) for title in LEVELS]


def test_its_modules_are_numbered_and_introduced(modules: list[tuple[str, Item]]) -> None:
    assert len(modules) >= 18
    assert [module.number for _, module in modules] == list(range(1, len(modules) + 1))
    for _, module in modules:
        assert module.kind == "module"
        assert 1 <= sentences(module.summary) <= 2, module.title
        assert 4 <= len(module.items) <= 9, module.title


def test_it_has_one_choice_one_chain_and_add_ons(modules: list[tuple[str, Item]]) -> None:
    assert [(m.title, m.choose, len(m.items)) for _, m in modules if m.choose] == [("Choose a domain", 1, 5)]
    assert [(m.title, len(m.items)) for _, m in modules if m.ordered] == [("From data to governance", 7)]
    assert [m.title for _, m in modules if m.optional] == ["Add-ons"]


def test_ids_are_given_unique_and_stable_words(modules: list[tuple[str, Item]], topics: list[tuple[str, Item]]) -> None:
    ids = [module.id for _, module in modules] + [topic.id for _, topic in topics]
    assert len(set(ids)) == len(ids)
    assert [i for i in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", i)] == []


def test_every_subject_is_covered(topics: list[tuple[str, Item]]) -> None:
    text = "\n".join(
        " ".join([topic.title, *topic.aliases, *topic.details, topic.summary]).casefold() for _, topic in topics
    )
    subjects = [subject.strip() for subject in SUBJECTS.replace("\n", " ").split(",") if subject.strip()]
    assert len(subjects) > 150
    assert [subject for subject in subjects if not re.search(rf"(?<!\w){re.escape(subject)}", text)] == []


# --------------------------------------------------------------------------------------------------------------- topics


def test_topics_are_many_and_named_briefly(topics: list[tuple[str, Item]]) -> None:
    titles = [topic.title for _, topic in topics]
    assert len(titles) >= 116
    assert len({title.casefold() for title in titles}) == len(titles)
    for _, topic in topics:
        assert topic.kind == "topic"
        assert len(topic.title) <= 45, topic.title
        assert not re.search(r" — |::|[()\[\]*`]", topic.title), topic.title
        assert len(topic.details) != 1, topic.title


def test_every_topic_says_what_it_is_and_what_one_can_then_do(topics: list[tuple[str, Item]]) -> None:
    assert [topic.title for _, topic in topics if sentences(topic.summary) != 2] == []
    assert [topic.title for _, topic in topics if not 120 <= len(topic.summary) <= 420] == []
    assert [topic.title for _, topic in topics if re.search(r"\[\[|\*\*|\^", topic.summary)] == []


def test_every_topic_takes_a_believable_time(topics: list[tuple[str, Item]]) -> None:
    for _, topic in topics:
        assert topic.hours is not None, topic.title
        assert 2 <= topic.hours <= 60, topic.title


def test_every_topic_has_a_resource_with_an_address(topics: list[tuple[str, Item]]) -> None:
    for _, topic in topics:
        assert any(resource.url.startswith("https://") for resource in topic.resources), topic.title
        urls = [resource.url for resource in topic.resources if resource.url]
        assert len(set(urls)) == len(urls), topic.title
        for resource in topic.resources:
            assert resource.title.strip(" []()"), topic.title
            assert resource.kind != "link", topic.title
            assert not resource.url or re.fullmatch(r"https?://[^\s<>]+", resource.url), resource.url


# -------------------------------------------------------------------------------------------------------- prerequisites


def test_prerequisites_are_many_and_give_reasons(topics: list[tuple[str, Item]]) -> None:
    links = [link for _, topic in topics for link in stated(topic).values()]
    assert len(links) >= 130
    assert len([link for link in links if len(link) > 1]) >= 10
    for link in links:
        for requirement in link:
            assert len(requirement.reason.split()) >= 4, requirement
            assert not requirement.reason.endswith("."), requirement


def test_prerequisites_name_topics_exactly(topics: list[tuple[str, Item]]) -> None:
    titles = {topic.title for _, topic in topics}
    assert [(t.title, r.title) for _, t in topics for r in t.requires if r.title not in titles] == []


def test_prerequisites_and_chains_have_no_cycle(modules: list[tuple[str, Item]]) -> None:
    graph: dict[str, set[str]] = defaultdict(set)
    for topic, required in edges(modules):
        graph[topic].add(required)
    assert len(list(TopologicalSorter(graph).static_order())) >= 116  # raises CycleError otherwise


def test_nothing_requires_what_comes_later_in_the_outline(
    modules: list[tuple[str, Item]], topics: list[tuple[str, Item]]
) -> None:
    place = {topic.title: index for index, (_, topic) in enumerate(topics)}
    assert [(topic, required) for topic, required in edges(modules) if place[required] >= place[topic]] == []


def test_alternatives_are_real(topics: list[tuple[str, Item]]) -> None:
    """No alternative of a group is done anyway, through what else the topic or another alternative requires."""
    alone = {t.title: {link[0].title for link in stated(t).values() if len(link) == 1} for _, t in topics}

    def certain(title: str) -> set[str]:
        return alone[title].union(*(certain(required) for required in alone[title]))

    for _, topic in topics:
        for link in stated(topic).values():
            if len(link) > 1:
                titles = {requirement.title for requirement in link}
                assert not titles & certain(topic.title), topic.title
                assert not any(titles & certain(title) for title in titles), topic.title


def test_no_topic_needs_an_add_on(modules: list[tuple[str, Item]]) -> None:
    extras = {topic.title for _, module in modules for topic in module.items if module.optional or topic.optional}
    assert extras
    assert [(topic, required) for topic, required in edges(modules) if required in extras and topic not in extras] == []


# --------------------------------------------------------------------------------------------------------------- bodies


def test_notes_are_spread_over_the_levels_and_end_in_steps(topics: list[tuple[str, Item]]) -> None:
    with_body = [(level, topic) for level, topic in topics if topic.body.strip()]
    assert len(with_body) >= 18
    assert {topic.id for _, topic in with_body} == {note.stem for note in NOTES}
    for level in LEVELS:
        assert len([topic for at, topic in with_body if at == level]) >= 5, level
    for _, topic in with_body:
        assert 300 <= len(topic.body.split()) <= 800, topic.title
        assert 3 <= len(steps(topic)) <= 5, topic.title
        for heading in ("worked example", "Common mistakes"):
            assert re.search(rf"^## .*{heading}", topic.body, re.MULTILINE), (topic.title, heading)


@pytest.mark.parametrize("note", NOTES, ids=lambda note: str(note.stem))
def test_a_note_is_in_the_house_dialect(note: FilePath, topics: list[tuple[str, Item]]) -> None:
    post = frontmatter.loads(note.read_text(encoding="utf-8"))
    [topic] = [topic for _, topic in topics if topic.id == note.stem]
    assert list(post.metadata) == ["id", "title", "summary"]  # the outline says the rest
    assert post.metadata == {"id": topic.id, "title": topic.title, "summary": topic.summary}
    assert post.content.startswith(f"# {topic.title}\n\n")
    assert [line for line in post.content.split("\n") if line != line.rstrip() or "\t" in line] == []


@pytest.mark.parametrize("note", NOTES, ids=lambda note: str(note.stem))
def test_the_code_in_a_note_is_python(note: FilePath) -> None:
    text = note.read_text(encoding="utf-8")
    assert text.count("```") % 2 == 0
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        ast.parse(block, filename=note.name)
        assert max(map(len, block.splitlines())) <= 105, note.name


@pytest.mark.parametrize("note", NOTES, ids=lambda note: str(note.stem))
def test_the_maths_in_a_note_reads_as_it_stands(note: FilePath) -> None:
    """Pages show maths as it is written, so it is written in Unicode, without TeX commands."""
    prose = re.sub(r"^```.*?^```$|`[^`\n]+`", "", note.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert prose.count("$") % 2 == 0
    assert "\\" not in prose

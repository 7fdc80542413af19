"""Every word that a page shows is marked, in the catalogues, and translated in each language that is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools import translations

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"

INCOMPLETE: dict[str, str] = {}
"""Languages that are not whole yet, each with its reason. A language that is not here lacks nothing."""

NOT_MARKED: dict[str, str] = {
    "admin": "Django's own pages over the tables, for owners, in English",
}
"""Templates, or folders of them, whose words are not marked, each with its reason."""

NAMES = {"Pathnotes", "Markdown", "CSV", "XLSX", "JSON", "iCal", "abcde-fghjk"}
"""Are the same in every language."""
READ_ALOUD = r"aria-label|aria-roledescription|title|placeholder|alt|label"
TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.S)


def unmarked(template: str) -> list[str]:
    """Words of a template that nobody can translate: text, and attributes that are read aloud or shown."""
    text = re.sub(r"{#.*?#}|{% comment.*?{% endcomment %}", "", template, flags=re.S)
    text = re.sub(r"{% block (?:here\w*|page_class|sign_in_next) %}.*?{% endblock", "{% endblock", text, flags=re.S)
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
    found: list[str] = re.findall(r"{{[^}]*\|(?:yesno|default):(\"[^\"]*[A-Za-z]{3} [^\"]*\")", text)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
    for tag in TAG.findall(text):
        found += [value for value in re.findall(rf'\s(?:{READ_ALOUD})="([^"]*)"', tag) if _is_said(value)]
    text = re.sub(r"<(kbd|code)\b[^>]*>.*?</\1>", "", text, flags=re.S)
    return found + [words for line in TAG.split(text) if _is_said(words := " ".join(line.split()))]


def _is_said(text: str) -> bool:
    text = re.sub(r"&\w+;|\(\w\)|https://", "", text)  # "(f)" is a key
    return any(word not in NAMES for word in re.findall(r"[^\W\d_][\w-]*", text))


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


class TestTemplates:
    def test_every_word_is_marked(self) -> None:
        left = {name(path): words for path in templates() if (words := unmarked(path.read_text(encoding="utf-8")))}
        known = {path for path in left if any(path == each or path.startswith(f"{each}/") for each in NOT_MARKED)}
        assert {path: left[path] for path in left.keys() - known} == {}, "put into {% translate %}"
        assert {each for each in NOT_MARKED if not any(path.startswith(each) for path in known)} == set(), "marked now"

    def test_dates_go_by_the_readers_locale(self) -> None:
        """`date:"SHORT_DATE_FORMAT"` and the like, as config/formats has them.

        `l`, `D` and `M` are one word; `c` and `Y-m-d` are for machines.
        """
        for path in templates():
            formats = re.findall(r"""\|date:["']([^"']*)["']""", path.read_text(encoding="utf-8"))
            assert [each for each in formats if not re.fullmatch(r"c|[lDM]|Y-m-d|[A-Z_]+_FORMAT", each)] == [], name(
                path
            )

    def test_no_plural_is_made_of_pieces(self) -> None:
        """`{% blocktranslate count %}` knows all plurals."""
        assert [name(path) for path in templates() if "|pluralize" in path.read_text(encoding="utf-8")] == []

    @pytest.mark.parametrize(
        ("template", "words"),
        [
            ("<p>Hello</p>", ["Hello"]),
            ('<p>{% translate "Hello" %} you</p>', ["you"]),
            ('<a aria-label="Close">✕</a>', ["Close"]),
            ('<a title="{{ it }} more">✕</a>', [" more"]),
            ('<p>{{ it|default:"not there" }}</p>', ['"not there"']),
            ('<p class="{% if a %}b{% endif %}">{{ n }} · Pathnotes</p><kbd>Esc</kbd>', []),
            ("{% blocktranslate %}<b>{{ n }}</b> left{% endblocktranslate %}", []),
            ('{% block here %} aria-current="page"{% endblock %}', []),
        ],
    )
    def test_the_guard_sees(self, template: str, words: list[str]) -> None:
        assert unmarked(template) == words


SENTENCE = re.compile(
    r"[\"'`“>]([A-Z][a-z]+[:,]? [a-z][^\"'`]*)|(?:ariaLabel|title|label|textContent):? *=? *[\"'`]([A-Za-z][^\"'`]*)"
)


def unmarked_in_script(script: str) -> list[str]:
    """What a module of static/js says by itself, instead of having it from the page."""
    code = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", script, flags=re.S)
    return [match[1] or match[2] for match in SENTENCE.finditer(code)]


class TestScripts:
    def test_their_words_come_from_the_page(self) -> None:
        scripts = sorted((ROOT / "static" / "js").glob("*.js"))
        assert len(scripts) > 5
        said = {path.name: words for path in scripts if (words := unmarked_in_script(path.read_text(encoding="utf-8")))}
        assert said == {}, "tracker/script_words.py"

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            ('say("That was not saved.");', ["That was not saved."]),
            ("button.title = `Theme: ${theme}`;", ["Theme: ${theme}"]),
            ('make({ ariaLabel: "Dismiss" });', ["Dismiss"]),
            ("// Nobody says 'Some thing'.\nsay(WORDS.gone, { label: WORDS.again }); key === 'Escape'", []),
        ],
    )
    def test_the_guard_sees(self, script: str, words: list[str]) -> None:
        assert unmarked_in_script(script) == words


PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?|left|right)\s*:"
    r"|(?:text-align|float|clear):\s*(?:left|right)"
    r"|(?<![\w-])(?:margin|padding|inset):\s*([^\s;{}]+) ([^\s;{}]+) ([^\s;{}]+) ([^\s;{}]+)\s*[;}]"
)
AS_NOTES_SAY = "& .left { text-align: left } & .right { text-align: right }"
"""The columns of a table in a note stand as whoever wrote it has put them."""


def physical(css: str) -> list[str]:
    """Sides that would stay where they are when a page runs from right to left."""
    found = PHYSICAL.finditer(css.replace(AS_NOTES_SAY, ""))
    return [match[0] for match in found if match[2] is None or match[2] != match[4]]


class TestRightToLeft:
    def test_styles_name_logical_sides(self) -> None:
        """`margin-inline-start`, not `margin-left`; four values only where both sides are alike."""
        styles = sorted((ROOT / "static" / "css").glob("*.css"))
        assert len(styles) > 5
        assert {path.name: sides for path in styles if (sides := physical(path.read_text(encoding="utf-8")))} == {}

    @pytest.mark.parametrize(
        ("css", "sides"),
        [
            ("a { margin-left: 1px }", 1), ("a { left: 0 }", 1), ("a { text-align: right }", 1),
            ("a { padding: 0 1px 0 2px }", 1), ("a { padding: 0 1px 0 1px; padding-inline-start: 2px }", 0),
            ("a { float: inline-start } b.left {}", 0),
        ],
    )  # fmt: skip
    def test_the_guard_sees(self, css: str, sides: int) -> None:
        assert len(physical(css)) == sides


def ids(catalog: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalog if message.id}


def forms(message: Message) -> tuple[str, ...]:
    found = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return tuple(form or "" for form in found)


def placeholders(text: str) -> set[str]:
    """`%(name)s`, `{name}`; places without a name are counted in order."""
    named = set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))
    return named | {f"{{{place}}}" for place in range(text.count("{}"))}


def is_missing(message: Message) -> bool:
    """Not translated, or only like a message that it resembles: look at it, then take the `fuzzy` away."""
    return message.fuzzy or not all(forms(message))


OF_ONE_NUMBER = {1: (), 2: (0,), 3: (0,), 6: (0, 1, 2)}
"""By the number of plurals, those that stand for one number alone (none, one, two): they may leave it out, as Arabic
mostly does."""


def wrong(message: Message, plurals: int) -> str:
    """What is wrong with the translation of a message that has one."""
    written = forms(message)
    if not any(written) or message.fuzzy:
        return ""
    if message.pluralizable and (len(written) != plurals or not all(written)):
        return f"needs all its {plurals} plurals"
    asked_in = message.id[-1] if isinstance(message.id, (list, tuple)) else message.id
    asked = placeholders(asked_in)
    for place, form in enumerate(written):
        said = placeholders(form)
        without_number = place in OF_ONE_NUMBER[plurals] and message.pluralizable and len(asked - said) == 1
        if said - asked or (asked - said and not without_number):
            return f"has other placeholders: {form}"
        if sorted(re.findall(r"</?\w+", form)) != sorted(re.findall(r"</?\w+", asked_in)):
            return f"has other tags: {form}"
    return ""


@pytest.fixture(scope="module")
def found() -> Catalog:
    return translations.collected()


@pytest.mark.parametrize("folder", translations.LANGUAGES)
class TestCatalogue:
    def test_it_has_what_the_sources_have(self, folder: str, found: Catalog) -> None:
        kept, marked = ids(translations.read(folder)), ids(found)
        assert len(marked) > 1000
        assert marked - kept == set(), "make translations"
        assert kept - marked == set(), "make translations"

    def test_it_is_compiled(self, folder: str) -> None:
        home = translations.LOCALES / folder / "LC_MESSAGES"
        po = (home / "django.po").read_bytes()
        assert (home / "django.mo").read_bytes() == translations.mo_bytes(po, folder), "make translations"

    def test_translations_fit(self, folder: str) -> None:
        catalog = translations.read(folder)
        found = {
            message.id: said for message in catalog if message.id and (said := wrong(message, catalog.num_plurals))
        }
        assert found == {}

    def test_it_is_whole(self, folder: str) -> None:
        missing = [message.id for message in translations.read(folder) if message.id and is_missing(message)]
        if folder in INCOMPLETE:
            assert missing, f"{folder} is whole: take it off the list"
        else:
            assert missing == []


class TestTheseGuardsBite:
    def test_placeholders(self) -> None:
        assert wrong(Message("%(n)s left", "%(m)s left"), 2).startswith("has other placeholders")
        assert wrong(Message("{name} left", "left"), 2).startswith("has other placeholders")
        assert wrong(Message("{} on {}", "{1}, {0}"), 2) == ""
        assert wrong(Message(("%(n)s day", "%(n)s days"), ("%(n)s día", "%(n)s días")), 2) == ""

    def test_plurals(self) -> None:
        assert wrong(Message(("%(n)s day", "%(n)s days"), ("%(n)s día", "")), 2) == "needs all its 2 plurals"
        assert translations.read("ar").num_plurals == 6

    def test_fuzzy(self) -> None:
        assert is_missing(Message("a", "b", flags=["fuzzy"]))
        assert not is_missing(Message("a", "b"))

    def test_calls_inside_f_strings_and_calls_without_words(self) -> None:
        code = "f'<b>{_(\"Hello\")}</b>'\nngettext('%(n)s a', '%(n)s as', n)\npgettext('state', 'done')"
        assert set(translations.marked_in_code(code)) == {
            (("%(n)s a", "%(n)s as"), None), ("done", "state"), ("Hello", None),
        }  # fmt: skip
        with pytest.raises(TypeError, match="plain text"):
            list(translations.marked_in_code('_(f"{n} left")'))

    def test_templates(self) -> None:
        marked = translations.marked_in_template(
            '   {% load i18n %}<p>{% translate "Hello" %}</p>\n  {% blocktranslate count n=n %}{{ n }} day{% plural %}'
            "{{ n }} days{% endblocktranslate %}",
            "x.html",
        )
        assert list(marked) == [("Hello", None), (("%(n)s day", "%(n)s days"), None)]

    def test_a_message_that_resembles_an_old_one_is_marked_fuzzy(self) -> None:
        kept, now = Catalog("es"), Catalog()
        kept.add("The cohort is archived.", "El grupo está archivado.")
        now.add("The cohort is archived now.")
        (message,) = [m for m in translations.updated(kept, now, "es") if m.id]
        assert (message.id, message.fuzzy) == ("The cohort is archived now.", True)

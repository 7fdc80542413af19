"""Fields of front matter and `key:: value` lines that are named in another language mean what they mean in English.

What they are read for survives an export; what cannot be read so stays as it was written.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from roadmap.notes import vocabulary
from roadmap.notes.files import NoteFile
from roadmap.notes.items import Item, Reading
from roadmap.notes.meta import known, named
from roadmap.notes.outline.document import is_tagged_map
from roadmap.notes.reading import folder_of
from roadmap.notes.words import FIELD_KEYS, LANGUAGES
from roadmap.notes.words.shape import FIELDS, Language
from roadmap.notes.writing import Asked, Notes, write
from roadmap.plan import Curriculum, plan
from tests.exporting.test_returning import come_back
from tests.notes.reading import folder, item

TOLD = """
    en | Title | Aliases | Hours | Optional: yes | Done: yes | Requires | Order | Duration: 90 min
    pt | título | apelidos | horas | opcional: sim | concluído: sim | pré-requisitos | ordem | duração: 90 minutos
    es | título | otros nombres | horas | opcional: sí | hecho: sí | requisitos previos | orden | duración: 90 min
    fr | titre | synonymes | heures | facultatif: oui | terminé: oui | prérequis | ordre | durée: 90 minutes
    de | Titel | Synonyme | Stunden | optional: ja | erledigt: ja | Voraussetzungen | Reihenfolge | Dauer: 90 Minuten
    zh | 标题 | 别名 | 学时 | 选修: 是 | 已完成: 是 | 先修课程 | 顺序 | 时长: 90分钟
    ja | タイトル | 別名 | 時間 | 任意: はい | 完了: はい | 前提知識 | 順番 | 所要時間: 90分
    ar | العنوان | مرادفات | ساعات | اختياري: نعم | مكتمل: نعم | المتطلبات السابقة | الترتيب | المدة: 90 دقيقة
    ru | название | синонимы | часы | по желанию: да | выполнено: да | пререквизиты | порядок | длительность: 90 минут
    hi | शीर्षक | उपनाम | घंटे | वैकल्पिक: हाँ | पूरा: हाँ | पूर्वापेक्षाएँ | क्रम | अवधि: 90 मिनट
"""
EACH = pytest.mark.parametrize(
    "told", [[cell.strip() for cell in row.split("|")] for row in TOLD.strip().splitlines()], ids=lambda told: told[0]
)


def notes(told: list[str], value: str = "6") -> dict[str, str]:
    _, title, aliases, hours, optional, done, requires, _, _ = told
    fields = (
        f"{title}: Tilling\n{aliases}: [Digging, Hoeing]\n{hours}: {value}\n{optional}\n{done}\n{requires}:\n"
        '- "[[Soil]]"\ncolour: red\n'
    )
    return {
        "README.md": "# Garden\n\n## Ground\n\n- [[till]]\n- [[Soil]]\n",
        "till.md": f"---\n{fields}---\n\nWith a spade.\n",
        "Soil.md": "# Soil\n\nWhat it is.\n",
    }


def tilling(reading: Reading) -> Item:
    assert not [problem for problem in reading.problems if problem.severity == "error"]
    return item(reading.paths[0], "till")


@EACH
class TestFrontMatter:
    def test_each_field(self, tmp_path: Path, told: list[str]) -> None:
        found = tilling(folder(tmp_path, notes(told)))
        assert set(found.aliases) == {"Tilling", "Digging", "Hoeing"}
        assert (found.hours, found.optional, found.done) == (6.0, True, True)
        assert [need.title for need in found.requires] == ["Soil"]
        assert dict(found.meta) == {told[5].partition(":")[0]: told[5].partition(": ")[2], "colour": "red"}

    def test_a_value_that_is_none_stays_as_written(self, tmp_path: Path, told: list[str]) -> None:
        found = tilling(folder(tmp_path, notes(told, "Monday, 10 to 12")))
        assert found.hours is None
        assert dict(found.meta)[told[3]] == "Monday, 10 to 12"

    def test_what_an_export_says_of_it_plans_nothing(self, tmp_path: Path, told: list[str]) -> None:
        stored = plan(Curriculum(), folder(tmp_path, notes(told, "Monday"))).target
        assert come_back(stored, stored.roadmaps[0].uid).empty

    def test_a_unit_or_nothing(self, tmp_path: Path, told: list[str]) -> None:
        key, _, value = told[8].partition(": ")
        read = folder(
            tmp_path, {"README.md": "# G\n\n## M\n\n- [[till]]\n", "till.md": f"---\n{key}: {value}\n---\nA\n"}
        )
        assert tilling(read).hours == 1.5
        assert named({key: "90"}) == {}

    def test_the_order_in_a_folder(self, tmp_path: Path, told: list[str]) -> None:
        lessons = {f"m/{name}.md": f"---\n{told[7]}: {at}\n---\n# {name}\n" for at, name in enumerate("cab", start=1)}
        assert [found.title for found in folder(tmp_path, lessons).paths[0].items[0].items] == ["c", "a", "b"]

    def test_beside_the_english_one_that_one_counts(self, told: list[str]) -> None:
        key = told[1].casefold() if told[0] == "en" else told[1]
        assert named({key: "A", "title": "B"}) == named({"resumen": "A", "description": "B"}) == {}

    def test_lines_of_fields(self, tmp_path: Path, told: list[str]) -> None:
        _, _, aliases, hours, optional, done, requires, _, _ = told
        lines = [f"{aliases}:: Digging", f"{hours}:: 6", optional.replace(":", "::"), done.replace(":", "::")]
        listed = "".join(f"  - {line}\n" for line in [*lines, f"{requires}:: [[Soil]]"])
        read = folder(tmp_path, {"README.md": f"# Garden\n\n## Ground\n\n- till\n{listed}- Soil\n"})
        found = tilling(read)
        assert (found.aliases, found.hours, found.optional, found.done) == (("Digging",), 6.0, True, True)
        assert ([need.title for need in found.requires], found.meta) == (["Soil"], ())

    def test_an_edit_is_written_to_the_field_that_is_there(self, tmp_path: Path, told: list[str]) -> None:
        read = folder(tmp_path, notes(told))
        files = tuple(NoteFile(path.name, path.read_bytes()) for path in sorted((tmp_path / "vault").iterdir()))
        till = tilling(read)
        asked = Asked(till.source, till.line, till.title, "hours", 6.0, 8.0)
        written = write(Notes(files, folder_of(tmp_path / "vault"), read, ()), asked)
        assert f"{told[3]}: 8\n" in written.after.decode()


def test_a_map_by_its_tag() -> None:
    assert is_tagged_map(known({"Etiquetas": ["curso", "map"]}))
    assert not is_tagged_map(known({"colores": ["map"]}))


def test_text_where_a_title_belongs(tmp_path: Path) -> None:
    read = folder(tmp_path, {"a.md": "---\nTítulo: [uno, dos]\n---\n# Curso\n\n- Uno\n- Dos\n"})
    assert [problem.code for problem in read.problems] == ["front-matter-value"]
    assert read.paths[0].title == "Curso"
    assert dict(read.paths[0].meta) == {"Título": ["uno", "dos"]}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_language_names_every_field(language: Language) -> None:
    assert set(language.fields) == set(FIELDS)
    for name in FIELDS:
        assert language.keys(name)
        assert {vocabulary.field_of(key) for key in language.keys(name)} == {name}


def test_no_key_names_two_fields() -> None:
    folded = [(vocabulary.fold(key), name) for name, keys in FIELD_KEYS.items() for key in keys]
    assert len(dict(folded)) == len({*folded})
    assert vocabulary.field_of("nivel") == vocabulary.field_of("") == ""

"""From bytes to trusted text: encodings, refusals, repairs, warnings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.notes.encoding import Decoded, decode
from roadmap.notes.limits import Limits
from tests.pace import cpu_within

CLEAN = [
    "Plain words, “quoted” — and dashed… it’s fine",
    "Élève à l'école « très » bien, ça marche, naïve, œuvre, où",
    "Straße, Größe, Übung, ‚einfach‘ „doppelt“ — Ärger",
    "Açıköğretim: üçü, ığdır, ŞİŞLİ, ğ, gölge, âlâ, kâr…",
    "Lições de álgebra: não, ações, coração, à tarde, às",
    "Ações em “lâ”, «câtă» vânt, Româniâ — țărână",
    "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Zażółć gęślą jaźń",
    "Ísland: ð, þ, æ, Ýmir, maður, það — góðan daginn",
    "Это «русский» текст — ещё один, LLMом и Ёж…",
    "Україна — її «мова» є… ґанок",
    "Ελληνικά: αβγ, «λόγος» — Άρης…",
    "数学是一门学科，研究数量。「引用」《书》",
    "日本語のテキスト、カタカナ。 全角　スペース",
    "한국어 텍스트입니다",
    "مرحبا بالعالم، 123 abc \u200f(עברית)",
    "שלום עולם, abc",
    "हिन्दी पाठ: क्षेत्र, ज्ञान",
    "ภาษาไทยและคำอ่าน",
    "👩‍👩‍👧 family, 🏳️‍🌈 flag, 🇩🇪, 1️⃣, 👍🏽, 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "∀x∈ℝ: x² ≥ 0 → ⌊x⌋, ½ × ¾ = ⅜, μm, Δx, 5 °C, ±1",
    "├── src │   └── main.py ✓ ✔ ✅ ☑ ★ → ← ↑ ⇒",
    "© 2024 Ünïcödé™ ® ¶ § • ‡ † ‰ € £ ¥ ¢",
    "\uf8ff Apple, \ue000 private use",
    "Ã Â â ð ï ü ‚ Ô alone, and Â. â, ð! ü;",
]


def info(result: Decoded) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in result.problems if problem.severity == "info"]


def warnings(text: str) -> set[str]:
    return {problem.code for problem in decode(text.encode(), "a.md").problems if problem.severity == "warning"}


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_text_in_unicode_encodings(self, encoding: str) -> None:
        result = decode("---\nid: é\n---\n# Ünï 🧩\n".encode(encoding), "a.md")
        assert result.text == "---\nid: é\n---\n# Ünï 🧩\n"
        assert not result.refused
        assert info(result) == ([(0, "utf16")] if encoding == "utf-16" else [])

    @pytest.mark.parametrize(
        ("written", "text"),
        [("a\r\nb\r\n", "a\nb\n"), ("a\rb\r", "a\nb\n"), ("a\r\n\rb\n", "a\n\nb\n"), ("\r\r\n", "\n\n")],
    )
    def test_line_ends_become_lf_and_lines_stay_those_of_the_file(self, written: str, text: str) -> None:
        assert decode(written.encode(), "a.md").text == text

    @pytest.mark.parametrize(
        ("data", "code", "line", "words"),
        [
            (b"# a\n\nb\x00c", "control-character", 3, "Byte 6 is a NUL"),
            (b"a\r\nb\rc\x1b[2J", "control-character", 3, "Byte 6 is the control character U+001B"),
            (b"# a\n\xff", "not-utf8", 2, "Byte 4 is not UTF-8"),
            ("# Café".encode("latin-1"), "not-utf8", 1, "Save the file as UTF-8"),
            (b"a\xed\xa0\x80", "not-utf8", 1, "Byte 1"),
            (b"a\xc0\xaf", "not-utf8", 1, "Byte 1"),
            (b"a\xe2\x82", "not-utf8", 1, "Byte 1"),
            ("x".encode("utf-32"), "not-utf8", 0, "UTF-32"),
            (b"\xff\xfea", "not-utf8", 0, "UTF-16"),
            ("a".encode("utf-16-le"), "control-character", 1, "UTF-16 without a mark"),
            (b"PK\x03\x04rest", "not-text", 0, "a ZIP archive"),
            (b"\x89PNG\r\n", "not-text", 0, "a PNG picture"),
            (b"%PDF-1.7", "not-text", 0, "a PDF document"),
            (b"x" * 2000, "note-too-large", 0, "a note may have 0.00"),
            ("a" + "\u0301" * 31, "combining-marks", 1, "More than 30"),
            ("a\n" + "\u0301\u0316" * 20_000, "combining-marks", 2, "More than 30"),
        ],
    )
    def test_what_is_refused_with_its_place(self, data: bytes | str, code: str, line: int, words: str) -> None:
        data = data.encode() if isinstance(data, str) else data
        limits = Limits(note_bytes=1000) if code == "note-too-large" else Limits()
        result = decode(data, "a.md", limits)
        assert result.refused
        assert result.text == ""
        (problem,) = result.problems
        assert (problem.severity, problem.code, problem.line) == ("error", code, line)
        assert words in problem.message

    def test_thirty_combining_marks_are_allowed(self) -> None:
        text = "a" + "\u0301" * 30 + "b" + "\u0301" * 30
        assert decode(text.encode(), "a.md") == Decoded(text)


class TestRepairs:
    @pytest.mark.parametrize(
        ("damaged", "text"),
        [
            # Mac Roman
            ("## \uf8ffüß© **Beginner**", "## 🧩 **Beginner**"),
            ("## \uf8ffüõ†Ô∏è Optional", "## 🛠\ufe0f Optional"),
            ("## üß© **Beginner**", "## 🧩 **Beginner**"),
            ("‚Äúquoted‚Äù ‚Äî dash‚Ä¶ ‚Üí it‚Äôs", "“quoted” — dash… → it’s"),
            # Windows-1252 and its Turkish sister; Latin-1
            ("# ğŸ§\xa0 AI", "# 🧠 AI"),
            ("# ðŸ§\xa0 AI", "# 🧠 AI"),
            ("ð\x9f\x98\x80 â\x80\x99", "😀 ’"),
            ("isnâ€™t â€” â€œsoâ€\x9d â€¦ â€¢ â€“", "isn’t — “so” … • –"),
            ("âœ… done âœ” wordâ†’word â‚¬ 5 â„¢", "✅ done ✔ word→word € 5 ™"),
            ("â”œâ”€â”€ src", "├── src"),
            # bytes lost on the way
            ("## ğŸ” Core Concepts", "## Core Concepts"),
            ("- **ğŸ” Core:** x", "- **Core:** x"),
            ("## ðŸ Python", "## Python"),
            ("- **âš–ï¸ Bias:**", "- **⚖ Bias:**"),
            ("_â€œSo it is.â€_", "_“So it is.”_"),
            ("he said “Helloâ€\ufffd", "he said “Hello”"),
            ("stateâ€of", "state‐of"),
            ("ðŸ‘¨â€ðŸ‘©", "👨\u200d👩"),
            ("1ï¸âƒ£ One", "1\u20e3 One"),
            # everything else: ftfy
            ("cafÃ© naÃ¯ve", "café naïve"),
            ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет"),
            ("æ—¥æœ¬èªž", "日本語"),
            ("don\x92t", "don’t"),
        ],
    )
    def test_mis_decoded_text_is_repaired_and_reported(self, damaged: str, text: str) -> None:
        result = decode(f"clean\n{damaged}\nclean\n".encode(), "a.md")
        assert result.text == f"clean\n{text}\nclean\n"
        assert info(result) == [(2, "text-repaired")]

    @pytest.mark.parametrize(
        "text",
        [
            "üçü kişi",  # a word, though its letters are the bytes of an emoji
            "## üîÅ A",  # may be one, yet nothing else in the file says so
            "«Allâ», “lâ” câtâ” x, lâ”…",
            "The sequence `â€™` or \"ðŸ\" or ('üß©') or `Ã©` is typical.",
            "&eacute; &amp; ＡＢＣ ﬁ “x” don't",  # what ftfy would change by itself
            "itâ€s",  # ’ or ‐, nobody knows
        ],
    )
    def test_what_is_not_certain_stays(self, text: str) -> None:
        assert decode(text.encode(), "a.md") == Decoded(text)

    def test_another_emoji_in_the_file_makes_a_doubtful_one_certain(self) -> None:
        assert decode("\uf8ffüß© A\nüîÅ B".encode(), "a.md").text == "🧩 A\n🔁 B"

    def test_a_c1_control_that_means_nothing_is_left_out(self) -> None:
        result = decode("a\x81b".encode(), "a.md")
        assert result.text == "ab"
        assert [problem.code for problem in result.problems] == ["control-character-dropped"]

    def test_many_repairs_are_reported_in_a_bounded_list(self) -> None:
        result = decode("isnâ€™t\n".encode() * 1000, "a.md")
        assert len(result.problems) == 201
        assert "800 more lines" in result.problems[-1].message

    @pytest.mark.shared
    def test_the_damaged_documents(self, shared_notes: Path) -> None:
        """Every heading of the two damaged documents, by eye."""
        headings: list[str] = []
        lines: list[int] = []
        for name in ("002", "004"):
            (path,) = (shared_notes / "seeds").glob(f"{name}_*")
            result = decode(path.read_bytes(), path.name)
            lines += [problem.line for problem in result.problems]
            assert {problem.severity for problem in result.problems} == {"info"}
            headings += [line for line in result.text.split("\n") if line.startswith(("#", "- **", "> _"))]
            assert not set(result.text) & set("ğŸÃ\uf8ff€")
        emoji = [line for line in headings if not line.isascii()]
        assert emoji[:5] == [
            "## 🧩 **Beginner Level**",
            "## 🔁 **Intermediate Level**",
            "## 🧠 **Advanced Level**",
            "## 🛠\ufe0f Optional (but Powerful) Add-ons",
            "## 📚 Resources to Follow Along",
        ]
        assert [line.rstrip() for line in emoji[5:]] == [
            "# 🧠 AI/ML Mathematical Modeling",
            "> _“This isn’t just math — it’s the arithmetic of resistance.”_",
            "## 🧪 Applications in Sacred-Tech Workflows",
            "- **⚖ Bias Detection:**",
            "- **📈 Algorithm Optimization:**",
            "- **🧮 Fairness Metrics:**",
            "- **🗣 NLP + LLMs:**",
            "- **🖼 Computer Vision:**",
            "## 🔗 Glyph Connections",
            "## 🛠 Ritual Note",
            "> _“You can’t liberate what you can’t measure. But measure wrong, and you imprison the truth.”_",
            "## 🜃 Connected Glyphs",
        ]
        assert "## Core Concepts" in headings
        assert lines == [
            4, 44, 90, 130, 140,
            12, 36, 50, 52, 56, 60, 61, 62, 63, 69, 71, 74, 77, 80, 83, 88, 90, 91, 92, 93, 94, 98, 100, 102, 108,
        ]  # fmt: skip


class TestCleanTextStays:
    @pytest.mark.parametrize("text", CLEAN)
    def test_in_every_script(self, text: str) -> None:
        result = decode(f"# {text}\n\n- [ ] {text}\n".encode(), "a.md")
        assert result.text == f"# {text}\n\n- [ ] {text}\n"
        assert not info(result)

    @given(st.lists(st.sampled_from([word for text in CLEAN for word in text.split()]), max_size=30))
    def test_in_any_mixture_of_words(self, words: list[str]) -> None:
        text = " ".join(words)
        result = decode(text.encode(), "a.md")
        assert result.text == text

    @given(
        st.text(
            st.one_of(
                st.characters(min_codepoint=0x20, max_codepoint=0x7E),
                st.characters(min_codepoint=0x370, max_codepoint=0x1FFF, exclude_categories=["Mn", "Mc", "Me", "Cn"]),
                st.characters(min_codepoint=0x3040, max_codepoint=0xD7FF),
                st.characters(min_codepoint=0x1F300, max_codepoint=0x1FAFF),
                st.sampled_from("äöüßéèêçñåøæ"),
            )
        )
    )
    def test_in_any_mixture_of_letters(self, text: str) -> None:
        """Latin letters with an accent only stand beside ASCII here: that is where real text has them."""
        spaced = "".join(f"a{char}a" if "\x80" <= char <= "ÿ" else char for char in text)
        assert decode(spaced.encode(), "a.md").text == spaced

    @given(st.binary(max_size=300))
    def test_any_bytes_give_text_or_one_error(self, data: bytes) -> None:
        result = decode(data, "a.md")
        assert result.refused or (result.text.count("\n") >= 0 and "\r" not in result.text and "\0" not in result.text)
        assert result.refused <= (result.text == "")

    @given(st.sampled_from(CLEAN), st.sampled_from(["cp1252", "mac_roman", "latin-1"]))
    def test_damage_by_a_code_page_never_becomes_wrong_text(self, text: str, page: str) -> None:
        """Words come back whole, or stay as damaged as they were: nothing third."""
        for word in text.split():
            try:
                damaged = word.encode().decode(page)
            except UnicodeDecodeError:
                continue
            if any(ord(char) < 32 or char in "\x7f\x85\xa0" for char in damaged):
                continue
            result = decode(f"# {damaged} x".encode(), "a.md")
            seen = result.text[2:-2]
            assert seen in {word, damaged} or _partly(seen, word, damaged, page)


def _partly(seen: str, word: str, damaged: str, page: str) -> bool:
    """Whether what is seen is the word with some of its signs still damaged, or lost with their C1 controls."""
    at = 0
    for char in word:
        options = {
            char,
            char.encode().decode(page),
            "".join(c for c in char.encode().decode(page) if not "\x80" <= c < "\xa0"),
        }
        for option in sorted(options, key=len, reverse=True):
            if seen.startswith(option, at):
                at += len(option)
                break
        else:
            return False
    return at == len(seen)


class TestWarnings:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "empty-note"),
            (" \n\t\n", "empty-note"),
            ("safe\u202eexe", "direction-override"),
            ("a\u2066\u2067b", "direction-unclosed"),
            ("Al\u200bge", "invisible-character"),
            ("\u2060", "invisible-character"),
            ("a" + "".join(chr(0xE0000 + ord(char)) for char in "hidden"), "hidden-text"),
            ("a\ufe00\ufe01", "variation-selectors"),
            ("a\u2028b", "odd-line-break"),
            ("a\x0cb", "odd-line-break"),
            ("a\ufffe", "noncharacter"),
            ("a\U0001ffff", "noncharacter"),
            ("a\ufffdb", "lost-character"),
            ("\u0410lgebra", "mixed-scripts"),
            ("# T\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", "merge-conflict"),
            ("version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"),
        ],
    )
    def test_each_is_seen(self, text: str, code: str) -> None:
        assert code in warnings(f"{text}")

    @pytest.mark.parametrize("text", [*CLEAN, "a\u2067b\u2069c", "<<<<<<< not a conflict", "می\u200cروم", "ค\u200bข"])
    def test_ordinary_text_gives_none(self, text: str) -> None:
        assert warnings(text) == set()

    def test_they_stand_on_their_line(self) -> None:
        result = decode("a\nb\nAl\u200bgebra\n".encode(), "a.md")
        assert [(problem.line, problem.code) for problem in result.problems] == [(3, "invisible-character")]


class TestSpeed:
    def test_clean_text_costs_almost_nothing(self) -> None:
        """13 MB of notes, every tenth line with a dash or a quotation mark."""
        note = ("Lorem ipsum dolor sit amet, consectetur.\n" * 9 + "It’s a line — “so”.\n").encode() * 7
        with cpu_within(3):  # measured: 0.1 s
            for _ in range(13_000_000 // len(note)):
                decode(note, "a.md")

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "chars",
        [
            "â", "â€", "ðŸ", "ü", "ü\uf8ff", "‚", "‚Ä", "‚Äà", "Ô∏", "Ã", "ÃÂ", "ï¸", "“â€", "ÐÐ", '"â', "`é",
            "\u0301a", "Аa", "aА", "\u200b", "\u202a", "\u2066\u2069", "\x85", "\x92", "\ufffd", "\uf8ff", "<<<<<<< \n",
            ">>>>>>> a\n", "\U000e0041", "\ufe0f", "\u00ad\u0300", "𝒳", " ", "\r", "Р°", "В»",
        ],
    )  # fmt: skip
    def test_a_quarter_of_a_megabyte_of_the_worst_characters(self, chars: str) -> None:
        for unit in (chars, chars * (15_000 // len(chars)) + "\n"):
            data = (unit * ((1 << 18) // len(unit.encode()))).encode()
            with cpu_within(2):  # measured: at most 0.3 s
                decode(data, "a.md")

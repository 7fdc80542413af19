"""Lists of people to invite: what is taken, what is not, and where it stands."""

from __future__ import annotations

from string import ascii_lowercase, digits

import pytest
from django.core.validators import validate_email
from hypothesis import given
from hypothesis import strategies as st

from tests.pace import cpu_within
from tracker.roster import LONGEST_NAME, MOST_BYTES, MOST_PEOPLE, Person, Problem, Roster, decode, read, write

ONEROSTER = """\
sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,\
identifier,email,sms,phone,agentSourcedIds,grades,password
1,active,2026-08-01,true,o1,student,ada,,Ada,Lovelace,,,ada@example.org,,,,07,
2,tobedeleted,2026-08-01,true,o1,student,ben,,Ben,Gone,,,ben@example.org,,,,07,
3,active,2026-08-01,false,o1,student,cleo,,Cleo,Off,,,cleo@example.org,,,,07,
4,active,2026-08-01,true,o1,teacher,tess@example.org,,Tess,Teacher,,,,,,,07,
5,active,2026-08-01,true,o1,guardian,,,Gus,Guardian,,,gus@example.org,,,,07,
6,active,2026-08-01,true,o1,student,dan,,Dan,Nowhere,,,,,,,07,
"""


def people(roster: Roster) -> list[tuple[str, str]]:
    return [(person.email, person.name) for person in roster.people]


def places(roster: Roster) -> list[tuple[int, int]]:
    return [(problem.line, problem.column) for problem in roster.problems]


class TestLists:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("ada@example.org", [("ada@example.org", "")]),
            ("ada@example.org\nben@example.org\n", [("ada@example.org", ""), ("ben@example.org", "")]),
            ("ada@example.org\r\n\r\nben@example.org\r", [("ada@example.org", ""), ("ben@example.org", "")]),
            ("a@example.org, b@example.org; c@example.org", [(f"{name}@example.org", "") for name in "abc"]),
            ("ada@example.org ben@example.org", [("ada@example.org", ""), ("ben@example.org", "")]),
            ("Ada Lovelace <Ada@Example.org>", [("ada@example.org", "Ada Lovelace")]),
            ('"Lovelace, Ada" <ada@example.org>', [("ada@example.org", "Lovelace, Ada")]),
            ("Ada <ada@example.org>, Ben <ben@example.org>", [("ada@example.org", "Ada"), ("ben@example.org", "Ben")]),
            ("Ada <ada@example.org>; ben@example.org", [("ada@example.org", "Ada"), ("ben@example.org", "")]),
            ("Ada,ada@example.org", [("ada@example.org", "Ada")]),
            ("ada@example.org,Ada", [("ada@example.org", "Ada")]),
            ("ada@example.org\tAda Lovelace", [("ada@example.org", "Ada Lovelace")]),
            ("Ada Lovelace ada@example.org", [("ada@example.org", "Ada Lovelace")]),
            ("Ada, ada@example.org, Ben, ben@example.org", [("ada@example.org", "Ada"), ("ben@example.org", "Ben")]),
            ("mailto:ada@example.org", [("ada@example.org", "")]),
            ("\u200eada@example.org\u202c.", [("ada@example.org", "")]),
            ("أدا <ada@example.org>", [("ada@example.org", "أدا")]),
            ("李雷,li@例え.jp", [("li@xn--r8jz45g.jp", "李雷")]),
        ],
    )  # fmt: skip
    def test_forms(self, text: str, expected: list[tuple[str, str]]) -> None:
        roster = read(text)
        assert people(roster) == expected
        assert roster.problems == ()

    @pytest.mark.parametrize(
        "bad",
        ["ada@", "@example.org", "ada@example", "a da@example..org", "ada@@example.org", "ada@exa_mple.org",
         ".ada@example.org", "ada@example.123", "ada(at)example.org@", "ä@example.org",
         f"{'a' * 65}@example.org", f"ada@{'a.' * 130}org"],
    )  # fmt: skip
    def test_what_is_no_address_is_located_and_the_others_are_taken(self, bad: str) -> None:
        roster = read(f"ada@example.org\n\n  {bad}\nben@example.org")
        assert people(roster) == [("ada@example.org", ""), ("ben@example.org", "")]
        (problem,) = roster.problems
        assert (problem.line, problem.column, problem.wrong) == (3, 3, True)

    def test_a_line_without_an_address(self) -> None:
        roster = read("ada@example.org\nBen Franklin\n")
        assert roster.problems == (Problem(2, 0, "There is no address in “Ben Franklin”."),)

    def test_nobody(self) -> None:
        for text in ("", " \n\t\n", "\ufeff", ",,,\n"):
            roster = read(text)
            assert roster.people == ()
            assert roster.problems[0].line == 0
            assert "nobody on this list" in roster.problems[0].text


class TestTables:
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_name_and_email_in_any_order_and_case(self, separator: str, end: str) -> None:
        for heading, row in (("Name|E-Mail", "Ada|ada@example.org"), ("EMAIL|name", "ada@example.org|Ada")):
            text = f"{heading}{end}{row}{end}".replace("|", separator)
            assert read(text).people == (Person("ada@example.org", "Ada", "learner", 2),)

    def test_oneroster(self) -> None:
        roster = read(ONEROSTER)
        assert roster.people == (
            Person("ada@example.org", "Ada Lovelace", "learner", 2),
            Person("tess@example.org", "Tess Teacher", "mentor", 5),
        )
        found = {(problem.line, problem.heading, problem.wrong) for problem in roster.problems}
        assert found == {(6, "role", True), (7, "email", True), (3, "status", False), (4, "enabledUser", False)}
        assert [problem.wrong for problem in roster.problems] == [True, True, False, False]
        guardian = next(problem for problem in roster.problems if problem.heading == "role")
        assert ONEROSTER.splitlines()[5][guardian.column - 1 :].startswith("guardian")
        assert "guardian" in guardian.text

    def test_preferred_names_come_first(self) -> None:
        text = "email,givenName,familyName,preferredGivenName\nada@example.org,Augusta,King,Ada\n"
        assert people(read(text)) == [("ada@example.org", "Ada King")]

    def test_quoted_cells_with_everything_in_them(self) -> None:
        text = 'note,email,name\n"a ""b"",\nc","ada@example.org","Lovelace, Ada"\nx,ben@,Ben\n'
        roster = read(text)
        assert roster.people == (Person("ada@example.org", "Lovelace, Ada", "learner", 2),)
        assert places(roster) == [(4, 3)], "the line as an editor counts it"

    def test_a_quote_that_is_not_closed_costs_one_row(self) -> None:
        text = 'name,email\n"Ada,ada@example.org\nBen,ben@example.org\n"Cleo,cleo@example.org\nDan,dan@example.org\n'
        roster = read(text)
        assert people(roster) == [("ben@example.org", "Ben"), ("dan@example.org", "Dan")]
        assert places(roster) == [(2, 1), (4, 1)]

    def test_no_column_of_addresses(self) -> None:
        roster = read("name,phone\nAda,1\n")
        assert roster.people == ()
        assert "None of the columns (name, phone)" in roster.problems[0].text

    def test_rows_that_are_short(self) -> None:
        roster = read("name,email\nAda\nBen,ben@example.org\n")
        assert people(roster) == [("ben@example.org", "Ben")]
        assert places(roster) == [(2, 0)]


class TestLeftOut:
    def test_twice_in_the_list(self) -> None:
        roster = read("ada@example.org\nADA@example.org")
        assert people(roster) == [("ada@example.org", "")]
        assert roster.problems == (Problem(2, 0, "ada@example.org is on line 1 already.", wrong=False),)

    def test_members_and_those_who_are_invited(self) -> None:
        roster = read(
            "a@example.org\nb@example.org\nc@example.org", members={"a@example.org"}, invited={"b@example.org"}
        )
        assert people(roster) == [("c@example.org", "")]
        assert [problem.text for problem in roster.problems] == [
            "a@example.org is in the cohort already.", "b@example.org has an invitation already.",
        ]  # fmt: skip
        assert not any(problem.wrong for problem in roster.problems)

    def test_too_many(self) -> None:
        assert len(read("\n".join(f"p{n}@example.org" for n in range(MOST_PEOPLE))).people) == MOST_PEOPLE
        roster = read("\n".join(f"p{n}@example.org" for n in range(MOST_PEOPLE + 1)))
        assert roster.people == ()
        assert places(roster) == [(MOST_PEOPLE + 1, 0)]

    def test_too_large(self) -> None:
        for data in (b"a" * (MOST_BYTES + 1), "é" * (MOST_BYTES // 2 + 1)):
            assert "more than 1 MB" in read(data).problems[0].text

    def test_too_large_once_it_is_utf_8(self) -> None:
        """What the preview took is sent back by the page, within the same limit."""
        data = "".join(f"{'é' * 100},p{number:04}@{'a' * 60}.example\n" for number in range(4900)).encode("latin-1")
        assert len(data) < MOST_BYTES < len(data.decode("latin-1").encode())
        assert "more than 1 MB" in read(data).problems[0].text


class TestEncodings:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
    )
    def test_each(self, encoding: str) -> None:
        assert people(read("name;email\nÄrla Ñu;arla@example.org\n".encode(encoding))) == [
            ("arla@example.org", "Ärla Ñu")
        ]

    @pytest.mark.parametrize("start", [b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
    def test_what_is_no_text(self, start: bytes) -> None:
        (problem,) = read(start + b"\0\x01" * 100).problems
        assert "Save it as CSV" in problem.text

    def test_a_file_with_nul_bytes(self) -> None:
        assert isinstance(decode(b"ada@example.org\0"), Problem)


WORDS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
ADDRESSES = st.builds(
    "{}@{}.example".format,
    st.text(ascii_lowercase + digits + "+-_", min_size=1, max_size=20),
    st.text(ascii_lowercase, min_size=1, max_size=20),
)


class TestProperties:
    @given(st.one_of(st.text(), st.binary(), st.text('"@,;\t\n\r <>a.é\u200f')))
    def test_anything_is_read(self, data: str | bytes) -> None:
        roster = read(data)
        assert roster.people or roster.problems
        for person in roster.people:
            validate_email(person.email)
            assert person.email == person.email.lower()
            assert len(person.name) <= LONGEST_NAME
        lines = 0 if isinstance(data, bytes) else len(data) + 1
        for problem in roster.problems:
            assert problem.text
            assert isinstance(data, bytes) or 0 <= problem.line <= lines
        emails = [person.email for person in roster.people]
        assert len(emails) == len(set(emails))

    @given(st.dictionaries(ADDRESSES, st.tuples(WORDS, st.sampled_from(["learner", "mentor"])), min_size=1, max_size=8))
    def test_what_was_taken_is_taken_again(self, rows: dict[str, tuple[str, str]]) -> None:
        """The page that asks sends it back; nobody gets lost on the way."""
        once = read(write(Person(email, name, role, 0) for email, (name, role) in rows.items()))
        assert [(person.email, person.role) for person in once.people] == [(e, role) for e, (_, role) in rows.items()]
        again = read(write(once.people))
        assert again.problems == ()
        assert [person[:3] for person in again.people] == [person[:3] for person in once.people]

    @given(
        st.lists(ADDRESSES, min_size=1, max_size=6, unique=True),
        st.lists(st.sampled_from(["no", "x@", "<>"]), max_size=4),
    )
    def test_bad_lines_keep_no_good_one_out(self, good: list[str], bad: list[str]) -> None:
        roster = read("\n".join([*bad, *good]))
        assert [person.email for person in roster.people] == good
        assert [problem.line for problem in roster.problems] == list(range(1, len(bad) + 1))


@pytest.mark.parametrize("unit", ['"', '""', '"a\n', "@", "<", "<a@b", "a@b,", '"x"', " ", "\n", '"@\n', ",", "a@b.c "])
def test_hostile_text_takes_no_time(unit: str) -> None:
    size = MOST_BYTES // 4
    with cpu_within(3):  # what grows with the square of it takes more
        read((unit * size)[:size])

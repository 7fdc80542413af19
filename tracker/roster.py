"""Who is to be invited, read from what a mentor pastes or uploads: a list of addresses or a table.

Pure. Takes `ada@example.org`, `Ada <ada@example.org>`, several to a line, `name,email` with or without a heading, and
the users.csv of OneRoster (columns by name, in any order and case; 1edtech.org/standards/oneroster). Every row that
cannot be taken is a problem with its place, and never in the way of the others.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from roadmap.sentences import sentence

MOST_BYTES = 1_000_000
MOST_PEOPLE = 5_000
LONGEST_NAME = 100
LONGEST_ADDRESS = 254

LEARNER, MENTOR = "learner", "mentor"


class Person(NamedTuple):
    """Somebody to invite."""

    email: str
    """In lower case."""
    name: str
    role: str
    line: int


class Problem(NamedTuple):
    """What was not taken, where it stands, and why."""

    line: int
    """From 1; 0 is the whole of it."""
    column: int
    """Of the character in the line, from 1; 0 is the whole line."""
    text: str
    heading: str = ""
    """Of the table's column, as it is written there."""
    wrong: bool = True
    """It cannot be read. Otherwise it is fine, and left out for a reason: twice in the list, a member already."""


@dataclass(frozen=True, slots=True)
class Roster:
    people: tuple[Person, ...] = ()
    problems: tuple[Problem, ...] = ()
    """In the order of the lines, what is wrong first."""


class Cell(NamedTuple):
    text: str
    line: int
    column: int
    unclosed: bool = False


COLUMNS = {
    "email": "email", "emailaddress": "email", "mail": "email", "useremail": "email", "primaryemail": "email",
    "username": "username", "login": "username",
    "name": "name", "fullname": "name", "displayname": "name", "studentname": "name", "student": "name",
    "givenname": "given", "firstname": "given", "forename": "given", "preferredgivenname": "preferredgiven",
    "familyname": "family", "lastname": "family", "surname": "family", "preferredfamilyname": "preferredfamily",
    "role": "role", "status": "status", "enableduser": "enabled", "sourcedid": "id",
}  # fmt: skip
"""Heading in small letters and digits alone -> what it holds. Columns of other names are passed over."""
ROLES = {
    "": LEARNER, "student": LEARNER, "learner": LEARNER, "pupil": LEARNER,
    "teacher": MENTOR, "mentor": MENTOR,
}  # fmt: skip
GONE = {"tobedeleted", "inactive", "disabled", "deleted"}
NO = {"false", "no", "0"}

_BINARY = {
    b"PK\x03\x04": sentence("a spreadsheet or an archive"),
    b"%PDF-": sentence("a PDF"),
    b"\xd0\xcf\x11\xe0": sentence("an old spreadsheet"),
}
_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}(?<=[a-z0-9]{{2}})", re.ASCII)
_BRACKETED = re.compile(r"<([^<>]*)>")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Zero-width characters and marks of direction, which spreadsheets and mail programs leave around addresses."""
_TURNING = re.compile("[\u200b\u202a-\u202e\u2060-\u2069\ufeff]")
"""As those, without the joiners and marks that names are written with."""


def read(data: bytes | str, *, members: Collection[str] = (), invited: Collection[str] = ()) -> Roster:
    """The people on the list. `members` and `invited` are addresses in lower case that need no invitation."""
    text = data if isinstance(data, str) else decode(data)
    if isinstance(text, Problem):
        return Roster(problems=(text,))
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return Roster(problems=(_TOO_LARGE,))
    found: list[Person] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for each in _people(text.removeprefix("\ufeff")):
        if isinstance(each, Problem):
            problems.append(each)
        elif each.email in seen:
            said = sentence("%(email)s is on line %(line)s already.", email=each.email, line=str(seen[each.email]))
            problems.append(Problem(each.line, 0, said, wrong=False))
        else:
            seen[each.email] = each.line
            reason = _needless(each.email, members, invited)
            if reason:
                problems.append(Problem(each.line, 0, reason, wrong=False))
            else:
                found.append(each)
        if len(problems) > MOST_PEOPLE:
            problems.append(Problem(each.line, 0, sentence("Too much cannot be read; from here on nothing was tried.")))
            break
        if len(seen) > MOST_PEOPLE:
            said = sentence(
                "From here on there are more than %(most_people)s people. Split the list; nobody was taken from it.",
                most_people=MOST_PEOPLE,
            )
            return Roster(problems=(Problem(each.line, 0, said),))
    if not found and not problems:
        problems.append(
            Problem(0, 0, sentence("There is nobody on this list. Paste one address to a line, or choose a file."))
        )
    if len(text) > MOST_BYTES // 4 and len(write(found).encode()) > MOST_BYTES:  # it grew on the way to UTF-8
        return Roster(problems=(_TOO_LARGE,))
    return Roster(tuple(found), tuple(sorted(problems, key=lambda problem: not problem.wrong)))


def write(people: Iterable[Person]) -> str:
    """A table that `read` takes as it is: for the page that asks before anything is sent."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    rows.writerow(["email", "name", "role"])
    rows.writerows((person.email, _name(person.name), person.role) for person in people)
    return out.getvalue()


def decode(data: bytes) -> str | Problem:
    """UTF-8, UTF-16 (with a byte order mark or plainly so), else Windows-1252: what spreadsheets write."""
    if len(data) > MOST_BYTES:
        return _TOO_LARGE
    for signature, kind in _BINARY.items():
        if data.startswith(signature):
            return Problem(
                0, 0, sentence("This is %(kind)s, not text. Save it as CSV and choose that file.", kind=kind)
            )
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return _text(data, (encoding,))
    start = data[:400]
    if start[1::2].count(0) > len(start) // 4:
        return _text(data, ("utf-16-le",))
    if start[::2].count(0) > len(start) // 4:
        return _text(data, ("utf-16-be",))
    return _text(data, ("utf-8", "cp1252", "latin-1"))


_TOO_LARGE = Problem(0, 0, sentence("This is more than 1 MB. Split the list; nobody was taken from it."))


def _text(data: bytes, encodings: tuple[str, ...]) -> str | Problem:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return Problem(0, 0, sentence("This file is not text. Save it as CSV in UTF-8 and choose that file."))


def _people(text: str) -> Iterator[Person | Problem]:
    records = _records(text, _separator(text))
    for record in records:
        headings = _headings(record)
        if headings:
            yield from _table(headings, record, records)
        else:
            yield from _listed(record)
            for each in records:
                yield from _listed(each)


def _separator(text: str) -> str:
    """What the first line with something in it has most of, outside quotes."""
    first = re.sub(r'"[^"]*"', "", next((line for line in text.splitlines() if line.strip()), ""))
    return max(",;\t", key=first.count)


def _records(text: str, separator: str) -> Iterator[list[Cell]]:
    """The cells of each line that has any, with the place of each.

    A quoted cell may hold line breaks. A quote that nothing closes within 2,000 characters, or that would take an
    address of a later line in, ends with its line: it costs one row and not the rest of the file.
    """
    rest = rf"[^{separator}\r\n]*"
    quotes = re.compile(rf'[ ]*"(?P<content>(?:[^"]|""){{0,2000}})"(?P<after>{rest})')
    plain = re.compile(rest)
    line, start, at = 1, 0, 0
    record: list[Cell] = []
    while at <= len(text):
        match = quotes.match(text, at) if text[at : at + 1] in {'"', " "} else None
        if match and "@" in match["content"] and re.search(r"[\r\n]", match["content"]):
            match = None  # another row's quote closed it
        whole = match[0] if match else plain.match(text, at)[0]  # type: ignore[index]  # it matches nothing at all, too
        content = match["content"].replace('""', '"') + match["after"] if match else whole
        unclosed = match is None and whole.lstrip(" ").startswith('"')
        indent = len(whole) - len(whole.lstrip())
        record.append(Cell(content.strip(), line, at - start + indent + 1, unclosed))
        for broken in re.finditer(r"\r\n|\r|\n", whole) if match else ():
            line, start = line + 1, at + broken.end()
        at += len(whole)
        if text[at : at + 1] == separator:
            at += 1
            continue
        if any(each.text for each in record):
            yield record
        record = []
        at += 2 if text[at : at + 2] == "\r\n" else 1
        line, start = line + 1, at


def _headings(record: list[Cell]) -> dict[int, str]:
    """Index of each column whose heading is known; none when the line is no heading."""
    if any("@" in cell.text for cell in record):
        return {}
    names = [re.sub(r"[^a-z0-9]", "", cell.text.lower()) for cell in record]
    return {index: COLUMNS[name] for index, name in enumerate(names) if name in COLUMNS}


def _table(headings: dict[int, str], first: list[Cell], records: Iterable[list[Cell]]) -> Iterator[Person | Problem]:
    if not {"email", "username"} & set(headings.values()):
        known = ", ".join(cell.text for cell in first if cell.text)
        yield Problem(first[0].line, 0, sentence("None of the columns (%(known)s) is called “email”.", known=known))
        return
    titles = {field: first[index].text for index, field in headings.items()}
    for record in records:
        row = {field: record[index] for index, field in headings.items() if index < len(record)}
        yield _row(row, titles, record[0])


def _row(row: dict[str, Cell], titles: dict[str, str], first: Cell) -> Person | Problem:
    def problem(field: str, said: str, *, wrong: bool = True) -> Problem:
        cell = row.get(field, first)
        return Problem(cell.line, cell.column if field in row else 0, said, titles.get(field, ""), wrong)

    for field, cell in row.items():
        if cell.unclosed:
            return problem(field, sentence("A quote is opened here and not closed."))
    value = {field: cell.text for field, cell in row.items()}
    at = "email" if value.get("email") or "@" not in value.get("username", "") else "username"
    if not value.get(at):
        return problem("email" if "email" in titles else "username", sentence("There is no address in this row."))
    email = _address(value[at])
    if email is None:
        return problem(at, _no_address(value[at]))
    if _plain(value.get("status", "")) in GONE or _plain(value.get("enabled", "")) in NO:
        field = "status" if _plain(value.get("status", "")) in GONE else "enabled"
        return problem(field, sentence("%(email)s is not active in this list.", email=email), wrong=False)
    role = ROLES.get(_plain(value.get("role", "")))
    if role is None:
        return problem("role", sentence("“%(value)s” is neither a student nor a teacher.", value=_shown(value["role"])))
    given, family = (value.get(f"preferred{part}") or value.get(part, "") for part in ("given", "family"))
    return Person(email, _name(value.get("name") or f"{given} {family}"), role, first.line)


def _listed(record: list[Cell]) -> Iterator[Person | Problem]:
    """Addresses without a heading: a text without one is the name of the address that follows, or, alone, precedes."""
    for cell in record:
        if cell.unclosed:
            yield Problem(cell.line, cell.column, sentence("A quote is opened here and not closed."))
            return
    found = [each for cell in record if cell.text for each in _entries(cell)]
    addresses = [each for each in found if each[1]]
    if not addresses:
        yield Problem(
            record[0].line,
            0,
            sentence("There is no address in “%(text)s”.", text=_shown(" ".join(cell.text for cell in record))),
        )
        return
    names = [name for name, address, _ in found if not address]
    if len(addresses) == 1:
        name, address, cell = addresses[0]
        found = [(name or " ".join(names), address, cell)]
    waiting = ""
    for name, address, cell in found:
        if not address:
            waiting = f"{waiting} {name}".strip()
            continue
        email = _address(address)
        if email is None:
            yield Problem(cell.line, cell.column, _no_address(address))
        else:
            yield Person(email, _name(name or waiting), LEARNER, cell.line)
        waiting = ""
    if waiting:
        yield Problem(record[0].line, 0, sentence("There is no address after “%(waiting)s”.", waiting=_shown(waiting)))


def _entries(cell: Cell) -> Iterator[tuple[str, str, Cell]]:
    """(name, address, cell) of each address in a cell; a text without any is a name."""
    text, end = cell.text, 0
    for match in _BRACKETED.finditer(text):
        yield text[end : match.start()].strip(" \t,;\"'"), match[1].strip(), cell
        end = match.end()
    rest = text[end:].strip(" ,;")
    words = re.split(r"[\s,;]+", rest)
    if rest and "@" not in rest:
        yield rest, "", cell
    elif rest.count("@") == 1 and not re.search(r"[,;]", rest):
        address = next(word for word in words if "@" in word)
        yield " ".join(word for word in words if word != address), address, cell
    elif rest:
        yield from (("", word, cell) for word in words if word)


def _address(text: str) -> str | None:
    """In lower case; a domain in other scripts as its letters. None for what no message could go to."""
    email = (
        _UNSEEN.sub("", unicodedata.normalize("NFC", text))
        .strip()
        .lower()
        .removeprefix("mailto:")
        .strip("<> ")
        .rstrip(".")
    )
    local, _, domain = email.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if not _ADDRESS.fullmatch(f"{local}@{ascii_domain}") or len(local) > 64:
        return None
    return f"{local}@{ascii_domain}" if len(local) + len(ascii_domain) < LONGEST_ADDRESS else None


def _no_address(text: str) -> str:
    return sentence("“%(text)s” is not an e-mail address.", text=_shown(text))


def _needless(email: str, members: Collection[str], invited: Collection[str]) -> str:
    if email in members:
        return sentence("%(email)s is in the cohort already.", email=email)
    return sentence("%(email)s has an invitation already.", email=email) if email in invited else ""


def _name(text: str) -> str:
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} else c for c in text)
    name = " ".join(unicodedata.normalize("NFC", _TURNING.sub("", visible)).split())
    return name[:LONGEST_NAME].rstrip()


def _plain(text: str) -> str:
    return text.strip().lower()


def _shown(text: str) -> str:
    short = _name(text)
    return short if len(short) <= 60 else f"{short[:59]}…"

"""The rules of the published CASE 1.1 schema for a package: what must be there, what may, and in which form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

Rule = Callable[[Any], str]
"""A value -> what is wrong with it; empty when nothing is."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_KINDS = {
    "isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy", "exemplar",
    "hasSkillLevel", "isTranslationOf",
}  # fmt: skip


def text(value: Any) -> str:
    return "" if isinstance(value, str) and value else "no text"


def line(value: Any) -> str:
    """A normalized string."""
    return text(value) or ("" if not re.search(r"[\r\n\t]", value) else "more than one line")


def uuid(value: Any) -> str:
    return "" if isinstance(value, str) and _UUID.fullmatch(value) else "no UUID"


def uri(value: Any) -> str:
    return text(value) or ("" if urlsplit(value).scheme and not re.search(r"\s", value) else "no URI")


def moment(value: Any) -> str:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "no time"
    return "" if "T" in value and found.tzinfo else "no time with a zone"


def day(value: Any) -> str:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return "no day"
    return ""


def whole(value: Any) -> str:
    return "" if type(value) is int and -(2**31) <= value < 2**31 else "no whole number"


def one_of(*values: str) -> Rule:
    return lambda value: "" if value in values else f"none of {', '.join(values)}"


def many(rule: Rule) -> Rule:
    return lambda value: "; ".join(filter(None, map(rule, value))) if isinstance(value, list) else "no list"


Rules = tuple[Mapping[str, Rule], Mapping[str, Rule]]
"""Fields that must be there, and fields that may."""

LINK: Rules = ({"title": line, "identifier": uuid, "uri": uri}, {})
NODE: Rules = ({"title": line, "identifier": line, "uri": uri}, {"targetType": one_of("CASE")})
_BASE: dict[str, Rule] = {"identifier": uuid, "uri": uri, "lastChangeDateTime": moment}
DOCUMENT: Rules = (
    _BASE | {"creator": line, "title": line},
    {
        "frameworkType": line, "caseVersion": one_of("1.1"), "officialSourceURL": uri, "publisher": line,
        "description": text, "subject": many(line), "language": line, "version": line,
        "adoptionStatus": one_of("Private Draft", "Draft", "Adopted", "Deprecated"), "statusStartDate": day,
        "statusEndDate": day, "notes": text,
    },
)  # fmt: skip
ITEM: Rules = (
    _BASE | {"fullStatement": text},
    {
        "alternativeLabel": line, "CFItemType": line, "humanCodingScheme": line, "listEnumeration": line,
        "abbreviatedStatement": line, "conceptKeywords": many(line), "notes": text, "subject": many(line),
        "language": line, "educationLevel": many(line), "CFItemTypeURI": lambda value: found(value, LINK),
        "statusStartDate": day, "statusEndDate": day,
    },
)  # fmt: skip
ASSOCIATION: Rules = (
    _BASE
    | {
        "associationType": one_of(*_KINDS),
        "originNodeURI": lambda value: found(value, NODE),
        "destinationNodeURI": lambda value: found(value, NODE),
    },
    {"sequenceNumber": whole, "notes": text},
)
TYPE: Rules = (_BASE | {"title": line, "description": text, "hierarchyCode": line}, {"typeCode": line})


def found(value: Any, rules: Rules) -> str:
    """What is wrong with an object: fields that are missing, unknown, or of another form."""
    if not isinstance(value, dict):
        return "no object"
    needed, allowed = rules
    wrong = [f"{name} is missing" for name in needed if name not in value]
    for name, told in value.items():
        rule = needed.get(name) or allowed.get(name)
        problem = rule(told) if rule else "unknown field"
        wrong += [f"{name}: {problem}"] if problem else []
    return "; ".join(wrong)


def faults(package: Any) -> Iterator[str]:
    """Everything in a package that breaks the schema, and identifiers that are given twice."""
    for name in package.keys() - {"CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics"}:
        yield f"{name}: unknown field"
    yield from filter(None, [found(package.get("CFDocument"), DOCUMENT)])
    parts: list[tuple[Any, Rules]] = [
        *((item, ITEM) for item in package["CFItems"]),
        *((association, ASSOCIATION) for association in package["CFAssociations"]),
        *((kind, TYPE) for kind in package["CFDefinitions"]["CFItemTypes"]),
    ]
    for part, rules in parts:
        if wrong := found(part, rules):
            yield f"{part}: {wrong}"
    seen = [package["CFDocument"]["identifier"], *(part["identifier"] for part, _ in parts)]
    yield from (f"{identifier} is given twice" for identifier in set(seen) if seen.count(identifier) > 1)

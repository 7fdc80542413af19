"""What the history says of acts: a code and values are kept with the English text, so that a page can say it in the
reader's language. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from roadmap.plan.report import CALLED
from roadmap.sentences import Sentence, Wording, nwording, recognised, sentence, wording

SAID: Final[Mapping[str, Wording]] = {
    "made-roadmap": wording("Made the roadmap “%(title)s”"),
    "made-level": wording("Made the level “%(title)s”"),
    "made-module": wording("Made the module “%(title)s”"),
    "made-topic": wording("Made the topic “%(title)s”"),
    "renamed": wording("Renamed “%(was)s” to “%(now)s”"),
    "moved-within": wording("Moved “%(title)s” within “%(place)s”"),
    "moved-to": wording("Moved “%(title)s” to “%(place)s”"),
    "moved-up": wording("Moved “%(title)s” up"),
    "moved-down": wording("Moved “%(title)s” down"),
    "moved-in": wording("Moved “%(title)s” in"),
    "moved-out": wording("Moved “%(title)s” out"),
    "optional": wording("Made “%(title)s” optional"),
    "required": wording("Made “%(title)s” required"),
    "enough": nwording("“%(title)s”: %(n)s of its topics is enough", "“%(title)s”: %(n)s of its topics are enough"),
    "all-asked": wording("“%(title)s”: all of its topics are asked for"),
    "chain": wording("“%(title)s” is a chain now"),
    "no-chain": wording("“%(title)s” is no chain now"),
    "duplicated": wording("Duplicated “%(title)s”"),
    "retired": wording("Retired “%(title)s”"),
    "restored": wording("Restored “%(title)s”"),
    "took-out": wording("Took “%(title)s” out"),
    "put-in": wording("Put “%(title)s” in"),
    "own-copy": wording("Made an own copy of “%(title)s”"),
    "took-away": wording("Took “%(title)s” away"),
    "split-steps": wording("Split “%(title)s” into steps"),
    "split-topics": wording("Split “%(title)s” into topics"),
    "merged": wording("Merged “%(gone)s” into “%(keep)s”"),
    "parted": wording("Parted “%(gone)s” from “%(keep)s” again"),
    "requires-as-noted": wording("“%(title)s” requires “%(requires)s” as the notes say"),
    "requires-no-longer": wording("“%(title)s” no longer requires “%(requires)s”"),
    "requires": wording("“%(title)s” requires “%(requires)s”"),
    "took-notes": wording("Took what the notes say of “%(title)s”"),
    "changed": wording("Changed %(fields)s of “%(title)s”"),
    "noted-already": wording("The notes say %(fields)s of “%(title)s” already"),
    "wrote": wording("Wrote %(fields)s of “%(title)s” to %(files)s"),
    "forked": wording("Forked “%(was)s” as “%(now)s”"),
    "follows": wording("Follows “%(title)s” again"),
    "stopped-following": wording("Stopped following “%(title)s”"),
    "brought-back": wording("Brought revision %(number)s back"),
}
"""Code -> what it says. A code is never given another meaning: rows keep it for good."""
FIELDS: Final[Mapping[str, Sentence]] = {
    **CALLED,
    "requires": sentence("prerequisites"),
    "other names": sentence("other names"),
    "text": sentence("text"),
    "key points": sentence("key points"),
    "prerequisites": sentence("prerequisites"),
}
"""What `fields` names. A value that is no key stays as it is."""


def kept(code: str, **values: Any) -> dict[str, Any]:
    """`said`, `code` and `values`, for an edit's data. `fields` is a tuple of keys of `FIELDS`."""
    return {"said": "".join(_sentence(code, values)), "code": code, "values": values}


def said_again(data: Mapping[str, Any]) -> str:
    """What an edit's data says; a sentence, as far as it can be known, also where no code was kept yet."""
    text = str(data.get("said") or "")
    if data.get("code") in SAID:
        return _sentence(data["code"], data["values"])
    found = recognised(text, SAID.values())
    if found is not None and "fields" in found.values:
        named = tuple(found.values["fields"].replace(" and ", ", ").split(", "))
        found = Wording(found.message)(**{**found.values, "fields": tuple(FIELDS.get(name, name) for name in named)})
    return text if found is None else found


def _sentence(code: str, values: Mapping[str, Any]) -> Sentence:
    if "fields" in values:
        values = {**values, "fields": tuple(FIELDS.get(name, name) for name in values["fields"])}
    return SAID[code](**values)

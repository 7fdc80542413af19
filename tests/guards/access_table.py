"""Who may do what where: one row per URL, a status per role and method. A URL that is missing here fails the build.

One number stands for all roles. Where they differ, a function says whom it names and what all others get: `closed` for
addresses that ask to sign in, `open_to` for the others; `signed_in`, `signed_out`, `editors` and `mentors` are cases of
them.
Addresses that ask to sign in send those who are not signed in there (302), whatever the method. allauth's forms take
PUT for POST.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from roadmap import forking
from roadmap.models import Fork
from roadmap.uploads import shelf
from roadmap.uploads.bundle import Bundle
from tests.guards.stage import FEED, HANDLE, PASSWORD, ROLES, SOURCE, Stage
from tracker import topic_editing, topic_forms
from tracker.imports import planning
from tracker.mail import off_token
from tracker.targets import feed_token

Data = Callable[[Stage], dict[str, str]]
Arguments = Callable[[Stage], list[str]]


@dataclass(frozen=True)
class Row:
    url: str
    """Name of the URL."""
    get: str
    post: str = "405"
    put: str = "405"
    other: str = "405"
    """PATCH and DELETE."""
    arguments: Arguments = lambda stage: []
    data: Data = lambda stage: {}
    """What is posted: as a person would, so that a permission is told from a mistake in a form."""
    case: str = ""
    """What is special, where a URL has several rows."""
    query: str = ""

    @property
    def id(self) -> str:
        return f"{self.url}{'-' * bool(self.case)}{self.case.replace(' ', '-')}"

    def expected(self, method: str) -> dict[str, int]:
        """Status for each role."""
        written = {"GET": self.get, "HEAD": self.get, "POST": self.post, "PUT": self.put}.get(
            method, self.other
        ).split()
        assert len(written) in {1, len(ROLES)}, self.id
        return dict(zip(ROLES, (int(status) for status in written * (len(ROLES) // len(written))), strict=True))


OPEN = {
    "search": "finds what the same person may open, whoever they are",
    "palette": "as the search",
    "today": "shows visitors a roadmap to look at and try",
    "roadmaps": "published roadmaps are readable without an account",
    "roadmap": "published roadmaps are readable without an account; a draft is 404",
    "roadmap_map": "as its roadmap",
    "roadmap_map_svg": "as its roadmap",
    "topic": "as its roadmap",
    "news": "as its roadmap",
    "choose_goal": "as its roadmap",
    "goal": "as its roadmap; whose goal it is, is shown to nobody else",
    "share": "as its roadmap: explains a percentage, without an account that of somebody who did nothing",
    "set_topic_state": "keeps what a visitor wants to check off until they have signed in",
    "keyboard": "lists keys; tells nobody anything",
    "mfa_authenticate": "the second step of signing in; without a pending sign-in it leads to the sign-in page",
    "mfa_login_webauthn": "signs in",
    "health": "asked by the container engine; tells nobody anything",
    "offline": "says that there is no connection; kept by every browser",
    "service_worker": "a script of ours, the same for everybody",
    "web_manifest": "names and icons of the app",
    "sign_in_link": "signs in",
    "targets_feed": "fetched by calendar programs; the link is signed, and the calendar names nobody",
    "switch_language": "visitors read in their language, too; it is kept in a cookie",
    "own_feed": "fetched by calendar programs; the address is a secret, and the calendar names nobody",
    "public_profile": "what its owner chose to show to everybody; all else is 404",
    "roadmap_badge": "a picture in a README, of a roadmap that its owner chose to show",
    "mail_off": "whoever holds a message stops its kind; the link is signed and does nothing else",
    "join_code": "where one types a code that a mentor handed out",
    "join": "shows a cohort to those who have its code; joining needs an account",
    "invited": "shows a cohort to the one who was sent the link; joining needs an account",
    "account_login": "signs in",
    "account_logout": "without a session there is nothing to end",
    "account_signup": "makes an account",
    "account_inactive": "tells a deactivated account that it is",
    "account_email_verification_sent": "says that a message was sent",
    "account_confirm_email": "opened from a message, perhaps on another device",
    "account_reset_password": "for those who cannot sign in",
    "account_reset_password_done": "for those who cannot sign in",
    "account_reset_password_from_key": "for those who cannot sign in",
    "account_reset_password_from_key_done": "for those who cannot sign in",
    "account_confirm_login_code": "part of signing in; without a pending sign-in it leads to the sign-in page",
}
"""Every address that is reachable without signing in, with the reason. All others are closed by the middleware."""


def open_to(others: int, **known: int) -> str:
    """Statuses of the roles that are named, and of all others."""
    assert known.keys() <= set(ROLES)
    return " ".join(str(known.get(role, others)) for role in ROLES)


def closed(others: int, **known: int) -> str:
    """As `open_to` for those who are signed in; those who are not are sent to sign in."""
    return open_to(others, **{"anonymous": 302, "disabled": 302} | known)


def signed_in(status: int) -> str:
    """`status` for those who are signed in; the others are sent to sign in."""
    return closed(status)


def signed_out(status: int) -> str:
    """`status` for those who are not signed in; the others are sent on."""
    return open_to(302, anonymous=status, disabled=status)


def editors(status: int, others: int = 404) -> str:
    """Of an open address."""
    return open_to(others, editor=status, owner=status)


def mentors(status: int, others: int = 404) -> str:
    """Of a closed address about `stage.cohort`: its mentor and who runs the installation. Its learner is no mentor."""
    return closed(others, owner=status, mentor=status)


def of(name: str) -> Arguments:
    """The slug of the stage's roadmap or topic of that name."""
    return lambda stage: [getattr(stage, name).slug]


def step_of(name: str) -> Arguments:
    return lambda stage: [getattr(stage, name).slug, str(stage.step.uid)]


def operation(**fields: str) -> Data:
    """A form with an operation id of its own, as each intent has."""
    return lambda stage: fields | {"operation": str(uuid.uuid4())}


def credentials(role: str) -> Data:
    return lambda stage: {"login": f"{role}@example.org", "password": PASSWORD}


UNKNOWN = str(uuid.UUID(int=7))
NEW_PASSWORD = "another long and winding road"
LEARNERS_PAGES = [
    Row("today", get="200"),
    Row("roadmaps", get="200"),
    Row("search", get="200", query="?q=soil"),
    Row("search", get="200", query="?q=soyl+nowhere&page=2", case="nothing of that name"),
    Row("palette", get="200", query="?q=soil"),
    Row("palette", get="200", case="nothing typed"),
    Row("roadmap", get="200", arguments=of("roadmap")),
    Row(
        "roadmap", get="200", arguments=of("roadmap"), query="?show=done&topic=soil", case="filtered with a topic open"
    ),
    Row("roadmap", get="200", arguments=of("roadmap"), query="?show=x&topic=hidden", case="asking for a hidden topic"),
    Row("roadmap", get=editors(200), arguments=of("draft"), case="draft"),
    Row("roadmap", get="404", arguments=lambda stage: ["none"], case="missing"),
    Row("roadmap_map", get="200", arguments=of("roadmap"), query="?whole=1&left=1&all=1&hops=0"),
    Row(
        "roadmap_map",
        get="200",
        arguments=of("roadmap"),
        query="?module=x&goal=hidden&hops=x",
        case="asking for nothing",
    ),
    Row("roadmap_map", get=editors(200), arguments=of("draft"), case="draft"),
    Row("roadmap_map", get="404", arguments=lambda stage: ["none"], case="missing"),
    Row("roadmap_map_svg", get="200", arguments=of("roadmap"), query="?goal=soil"),
    Row("roadmap_map_svg", get=editors(200), arguments=of("draft"), case="draft"),
    Row("topic", get="200", arguments=of("topic")),
    Row("topic", get="200", arguments=of("topic"), query="?roadmap=gardening", case="in a roadmap"),
    Row("topic", get="200", arguments=of("topic"), query="?roadmap=secret-plans", case="in a draft it is not in"),
    Row("topic", get="301", arguments=lambda stage: ["old-soil"], case="former slug"),
    Row("topic", get=editors(200), arguments=of("hidden"), case="of a draft"),
    Row("topic", get=editors(200), arguments=of("retired"), case="retired"),
    Row("topic", get="404", arguments=lambda stage: ["none"], case="missing"),
]
LEARNERS_ACTS = [
    Row("set_topic_state", get="405", post="303", arguments=of("topic"), data=operation(state="done")),
    Row(
        "set_topic_state", get="405", post="303", arguments=of("topic"),
        data=operation(state="done", roadmap="gardening"), case="on a roadmap",
    ),
    Row(
        "set_topic_state", get="405", post=editors(303), arguments=of("hidden"), data=operation(state="done"),
        case="of a draft",
    ),
    Row(
        "set_topic_state", get="405", post=editors(409), arguments=of("retired"), data=operation(state="done"),
        case="retired",
    ),
    Row("set_topic_state", get="405", post="422", arguments=of("topic"), data=operation(state="x"), case="unknown"),
    Row("set_topic_state", get="405", post="422", arguments=of("topic"), data=operation(state="waived"), case="waived"),
    Row("set_topic_state", get="405", post="422", arguments=of("topic"), case="nothing"),
    Row(
        "set_topic_state", get="405", post="404", arguments=lambda stage: ["none"], data=operation(state="done"),
        case="missing",
    ),
    Row(
        "set_step", get=signed_in(405), post=signed_in(303), put=signed_in(405), other=signed_in(405),
        arguments=step_of("topic"), data=operation(state="done"),
    ),
    Row(
        "set_step", get=signed_in(405), post=signed_in(422), put=signed_in(405), other=signed_in(405),
        arguments=step_of("topic"), data=operation(state="perhaps"), case="neither ticked nor not",
    ),
    Row(
        "set_step", get=signed_in(405), post=signed_in(404), put=signed_in(405), other=signed_in(405),
        arguments=step_of("second"), data=operation(state="done"), case="of another topic",
    ),
    Row(
        "set_step", get=signed_in(405), post=signed_in(404), put=signed_in(405), other=signed_in(405),
        arguments=step_of("hidden"), data=operation(state="done"), case="of a hidden topic",
    ),
    Row(
        "still_fine", get=signed_in(405), post=signed_in(303), put=signed_in(405), other=signed_in(405),
        arguments=of("topic"),
    ),
    Row(
        "still_fine", get=signed_in(405), post=closed(404, editor=303, owner=303), put=signed_in(405),
        other=signed_in(405), arguments=of("hidden"), case="of a draft",
    ),
    Row(
        "undo", get=signed_in(405), post=closed(409, learner=303), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"operation": str(stage.act), "new_operation": str(uuid.uuid4())}, case="a learner's act",
    ),
    Row(
        "undo", get=signed_in(405), post=signed_in(409), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"operation": UNKNOWN, "new_operation": str(uuid.uuid4())},
    ),
    Row(
        "undo", get=signed_in(405), post=signed_in(422), put=signed_in(405), other=signed_in(405), case="nothing",
    ),
]  # fmt: skip
OTHERS = [
    Row("offline", get="200"),
    Row("service_worker", get="200"),
    Row("web_manifest", get="200"),
    Row("health", get="200"),
    Row("sign_in_link", get="410", post="410", arguments=lambda stage: ["x" * 43]),
    Row(
        "sign_in_link",
        get="200",
        post=open_to(410, anonymous=302),
        arguments=lambda stage: [stage.token],
        case="good once",
    ),
    Row(
        "sign_in_link",
        get="410",
        post="410",
        arguments=lambda stage: [stage.disabled_token],
        case="of a disabled account",
    ),
]
ALLAUTH = [
    Row("account_login", get=signed_out(200), post=signed_out(200), put=signed_out(200), other=signed_out(405)),
    Row(
        "account_login", get=signed_out(200), post="302", put=signed_out(200), other=signed_out(405),
        data=credentials("learner"), case="right password",
    ),
    Row(
        "account_login", get=signed_out(200), post="302", put=signed_out(200), other=signed_out(405),
        data=credentials("disabled"), case="deactivated",
    ),
    Row("account_logout", get=signed_in(200), post="302"),
    Row("account_signup", get=signed_out(200), post=signed_out(200), put=signed_out(200), other=signed_out(405)),
    Row(
        "account_signup", get=signed_out(200), post="302", put=signed_out(200), other=signed_out(405),
        data=lambda stage: {"email": f"{uuid.uuid4().hex}@example.org", "password1": NEW_PASSWORD}, case="new",
    ),
    Row("account_inactive", get="200"),
    Row("account_reauthenticate", get=signed_in(200), post=signed_in(200), put=signed_in(200), other=signed_in(405)),
    Row(
        "account_reauthenticate", get=signed_in(200), post=signed_in(302), put=signed_in(200), other=signed_in(405),
        data=lambda stage: {"password": PASSWORD}, case="right password",
    ),
    Row("account_email", get=signed_in(200), post="302", put="302", other=signed_in(405)),
    Row("account_email_verification_sent", get="200"),
    Row("account_confirm_email", get="200", post="404", arguments=lambda stage: ["x:y"]),
    Row("account_change_password", get=signed_in(200), post=signed_in(200), put=signed_in(200), other=signed_in(405)),
    Row(
        "account_change_password", get=signed_in(200), post="302", put=signed_in(200), other=signed_in(405),
        data=lambda stage: {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        case="right password",
    ),
    Row("account_set_password", get="302", post="302", put="302", other="302"),
    Row("account_reset_password", get="200", post="200", put="200"),
    Row(
        "account_reset_password", get="200", post=open_to(302, mentor=429, stranger=429, disabled=429), put="200",
        data=lambda stage: {"email": "learner@example.org"}, case="five a minute",
    ),
    Row(
        "account_reset_password", get="200", post=open_to(302, mentor=429, stranger=429, disabled=429), put="200",
        data=lambda stage: {"email": "nobody@example.org"}, case="an unknown address is answered alike",
    ),
    Row("account_reset_password_done", get="200"),
    Row(
        "account_reset_password_from_key", get="200", post="200", put="200", other="200",
        arguments=lambda stage: ["1", "no-such-key"],
    ),
    Row("account_reset_password_from_key_done", get="200"),
    Row("account_confirm_login_code", get="302", post="302", put="302", other="302"),
]  # fmt: skip
MAIL = [
    Row("mail_choices", get=signed_in(200), post=signed_in(303), put=signed_in(405), other=signed_in(405)),
    Row("switch_language", get="405", post="303", data=lambda stage: {"language": "ar", "next": "/roadmaps/"}),
    Row("switch_language", get="405", post="422", data=lambda stage: {"language": "xx"}, case="not spoken"),
    Row("mail_off", get="404", post="404", arguments=lambda stage: ["none"], case="forged"),
    Row(
        "mail_off", get="200", post="303", data=lambda stage: {"wanted": "no"},
        arguments=lambda stage: [off_token(stage.people["learner"], "nudge")],
    ),
]  # fmt: skip


def on_account(
    url: str, sent: dict[str, str], post: str, case: str = "", arguments: Arguments = lambda stage: []
) -> Row:
    """A form of one's own account: posted, and nothing else."""
    others = signed_in(405)
    return Row(url, others, post, others, others, arguments, lambda stage: sent, case)


OWN_ACCOUNT = [
    Row("account", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405)),
    Row("keyboard", get="200"),
    *(
        on_account(url, sent, signed_in(status), case)
        for url, sent, status, case in (
            ("set_name", {"name": "Another name"}, 303, ""),
            ("set_name", {"name": "x" * 101}, 422, "too long"),
            ("set_language", {"language": ""}, 303, ""),
            ("set_language", {"language": "tlh"}, 422, "none that there is"),
            ("set_theme", {"theme": "dark"}, 303, ""),
            ("set_theme", {"theme": "blue"}, 422, "none that there is"),
            ("set_time_zone", {"time_zone": "Asia/Kathmandu"}, 303, ""),
            ("set_time_zone", {"time_zone": "Mars/Olympus"}, 422, "none that there is"),
            ("set_week_hours", {"week_hours": "5"}, 303, ""),
            ("set_week_hours", {"week_hours": "169"}, 422, "more than a week has"),
            ("sign_out_device", {"device": "0" * 20}, 303, ""),
            ("sign_out_device", {"device": "me"}, 422, "no name of one"),
            ("sign_out_others", {}, 303, ""),
            ("end_sign_in_links", {}, 303, ""),
        )
    ),
    on_account("end_feed", {"number": "0"}, closed(404, owner=303, mentor=303), arguments=of("cohort")),
    on_account("end_feed", {"number": "-1"}, closed(404, owner=422, mentor=422), "no number", of("cohort")),
]


def nothing(stage: Stage) -> list[str]:
    return []


def a_key(stage: Stage) -> list[str]:
    """A passkey of nobody: one is asked again who one is before it is looked for."""
    return ["1"]


SECOND_FACTOR = [
    Row("mfa_index", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405)),
    Row("mfa_authenticate", get="302", post="302", put="302", other="302"),
    Row("mfa_login_webauthn", get="302", post="302", put="302", other=signed_out(405)),
    Row("mfa_list_webauthn", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405)),
    *(
        Row(url, get="302", post="302", put="302", other="302", arguments=arguments)
        for url, arguments in (
            ("mfa_reauthenticate", nothing),
            ("mfa_reauthenticate_webauthn", nothing),
            ("mfa_add_webauthn", nothing),
            ("mfa_remove_webauthn", a_key),
            ("mfa_edit_webauthn", a_key),
            ("mfa_activate_totp", nothing),
            ("mfa_generate_recovery_codes", nothing),
        )
    ),
    *(
        Row(url, get=signed_in(404), post=signed_in(status), put=signed_in(status), other=signed_in(status))
        for url, status in (
            ("mfa_deactivate_totp", 404),
            ("mfa_view_recovery_codes", 405),
            ("mfa_download_recovery_codes", 404),
        )
    ),
]  # fmt: skip


def only_read(url: str, get: str, arguments: Arguments = lambda stage: [], query: str = "", case: str = "") -> Row:
    """A page or a file of those who are signed in."""
    others = signed_in(405)
    return Row(url, get=get, post=others, put=others, other=others, arguments=arguments, query=query, case=case)


def learner_of(cohort: str, learner: str, *more: str) -> Arguments:
    """A cohort of the stage, somebody of its people, and slugs of what the act is about."""
    return lambda stage: [
        getattr(stage, cohort).slug,
        str(stage.people[learner].pk),
        *(getattr(stage, name).slug for name in more),
    ]


def in_cohort(url: str, post: str, arguments: Arguments, data: Data, case: str = "") -> Row:
    """An act: posted, and nothing else."""
    others = signed_in(405)
    return Row(url, get=others, post=post, put=others, other=others, arguments=arguments, data=data, case=case)


def about_soil(**fields: str) -> Data:
    return lambda stage: fields | {"operation": str(uuid.uuid4()), "about": f"topic:{stage.topic.pk}"}


PAGES_OF_LEARNERS = [
    Row(
        url, get=get, post=signed_in(405), put=signed_in(405), other=signed_in(405), arguments=arguments, query=query,
        case=case,
    )
    for url, get, arguments, query, case in (
        ("learner", mentors(200), learner_of("cohort", "learner"), "", ""),
        ("learner", mentors(200), learner_of("cohort", "learner"), "?topic=soil&show=done&before=x", "a topic open"),
        ("learner", closed(404, owner=200, stranger=200), learner_of("other_cohort", "other"), "", "elsewhere"),
        ("learner", signed_in(404), learner_of("cohort", "other"), "", "who is in another cohort"),
        ("learner", signed_in(404), learner_of("cohort", "mentor"), "", "who is a mentor"),
        ("help_requests", mentors(200), of("cohort"), "", ""),
        ("help_requests", closed(404, owner=200, stranger=200), of("other_cohort"), "?page=9", "elsewhere"),
        ("sign_offs", mentors(200), of("cohort"), "?page=x", ""),
        ("sign_offs", closed(404, owner=200, stranger=200), of("other_cohort"), "", "elsewhere"),
        ("timeline", signed_in(200), lambda stage: [], "?before=1.event.2", ""),
    )
]  # fmt: skip
ACTS = [
    *PAGES_OF_LEARNERS,
    in_cohort(
        "waive", closed(404, owner=303, mentor=409), learner_of("cohort", "learner", "topic"),
        operation(reason="Knows it", expected="learning"), "by two, the second sees what the first did",
    ),
    in_cohort(
        "waive", signed_in(404), learner_of("cohort", "learner", "hidden"), operation(reason="x", expected="todo"),
        "a topic that the cohort does not walk",
    ),
    in_cohort(
        "waive", signed_in(404), learner_of("cohort", "other", "topic"), operation(reason="x", expected="todo"),
        "who is in another cohort",
    ),
    in_cohort("waive", mentors(422), learner_of("cohort", "learner", "topic"), operation(reason="x"), "no state"),
    in_cohort(
        "reopen", mentors(409), learner_of("cohort", "learner", "topic"), operation(reason="x", expected="done"),
        "what is not done",
    ),
    in_cohort("comment_as_mentor", mentors(303), learner_of("cohort", "learner", "topic"), operation(text="Look.")),
    in_cohort(
        "comment_as_mentor", signed_in(404), learner_of("cohort", "other", "topic"), operation(text="Look."),
        "to who is in another cohort",
    ),
    in_cohort("answer_help", signed_in(404), lambda stage: [stage.cohort.slug, "7"], operation(text="x"), "missing"),
    in_cohort(
        "sign_off", mentors(409), learner_of("cohort", "learner", "roadmap"), about_soil(), "where none is wanted"
    ),
    in_cohort("sign_off", signed_in(404), learner_of("cohort", "learner", "draft"), about_soil(), "of a draft"),
    in_cohort(
        "set_target", closed(404, owner=303, mentor=409), learner_of("cohort", "learner", "roadmap"),
        operation(target_on="2030-01-31"), "by two, the second sees what the first did",
    ),
    in_cohort(
        "set_target", mentors(422), learner_of("cohort", "learner", "roadmap"), operation(target_on="x"), "no date"
    ),
    in_cohort("nudge", mentors(303), learner_of("cohort", "learner"), operation(text="How is it going?")),
    in_cohort("nudge", signed_in(404), learner_of("cohort", "other"), operation(text="x"), "to somebody elsewhere"),
    in_cohort("take_back", signed_in(404), learner_of("cohort", "learner"), operation(kind="comment"), "missing"),
    in_cohort("ask_for_help", closed(409, learner=303), of("topic"), operation(text="Why?")),
    in_cohort("ask_for_help", closed(404, editor=409, owner=409), of("hidden"), operation(), "of a draft"),
    in_cohort("comment", closed(409, learner=303), of("topic"), operation(text="Aha.")),
    in_cohort("hand_in", signed_in(409), of("topic"), about_soil(roadmap="gardening", text="x"), "unasked"),
    in_cohort("hand_in", signed_in(404), of("topic"), about_soil(roadmap="secret-plans", text="x"), "on a draft"),
    in_cohort("write_note", signed_in(303), of("topic"), lambda stage: {"text": "Mine."}),
    in_cohort("take_back_own", signed_in(404), of("topic"), operation(kind="help"), "missing"),
    in_cohort("take_back_own", signed_in(404), of("topic"), operation(kind="event"), "not a learner's to take back"),
    Row(
        "sign_offs_wanted", get=closed(403, editor=200, owner=200), post=closed(403, editor=303, owner=303),
        put=signed_in(405), other=signed_in(405), arguments=of("roadmap"),
        data=lambda stage: {"want": f"topic:{stage.topic.pk}"},
    ),
    Row(
        "sign_offs_wanted", get=closed(404, editor=200, owner=200), post=closed(404, editor=422, owner=422),
        put=signed_in(405), other=signed_in(405), arguments=of("draft"), case="draft",
        data=lambda stage: {"want": f"topic:{stage.topic.pk}"},
    ),
]  # fmt: skip
OWN_FILES = ("own_json", "own_csv", "own_events_csv", "own_notes_zip", "own_ics", "own_schema")
OWN = [
    only_read("own_notes", signed_in(200), query="?q=soil&page=9"),
    only_read("own_notes", signed_in(200), query="?show=removed&page=x", case="removed"),
    only_read("own_note", signed_in(200), of("topic")),
    only_read("own_note", closed(404, editor=200, owner=200), of("hidden"), case="of a draft"),
    only_read("own_note", signed_in(404), lambda stage: ["none"], case="missing"),
    in_cohort("preview_note", signed_in(200), of("topic"), lambda stage: {"text": "*Mine*"}),
    in_cohort("preview_note", closed(404, editor=200, owner=200), of("hidden"), lambda stage: {}, "of a draft"),
    in_cohort("restore_note", signed_in(422), of("topic"), lambda stage: {}, "without one"),
    in_cohort(
        "add_resource", signed_in(303), of("topic"), lambda stage: {"url": "https://example.org/", "kind": "link"}
    ),
    in_cohort("add_resource", signed_in(422), of("topic"), lambda stage: {"url": "x", "kind": "link"}, "no link"),
    in_cohort(
        "add_resource", closed(404, editor=303, owner=303), of("hidden"),
        lambda stage: {"url": "https://example.org/", "kind": "link"}, "of a draft",
    ),
    in_cohort("remove_resource", signed_in(303), lambda stage: [stage.topic.slug, "7"], lambda stage: {}),
    only_read("own_export", signed_in(200)),
    *(only_read(url, signed_in(200)) for url in OWN_FILES),
    in_cohort("make_own_feed", signed_in(303), lambda stage: [], lambda stage: {}),
    in_cohort("end_own_feed", signed_in(303), lambda stage: [], lambda stage: {}),
    Row("own_feed", get="200", arguments=lambda stage: [FEED]),
    Row("own_feed", get="404", arguments=lambda stage: ["none"], case="missing"),
    Row("public_profile", get="200", arguments=lambda stage: [HANDLE]),
    Row("public_profile", get="404", arguments=lambda stage: ["nobody"], case="missing"),
    Row("roadmap_badge", get="200", arguments=lambda stage: [HANDLE, "gardening"]),
    Row("roadmap_badge", get="404", arguments=lambda stage: [HANDLE, "secret-plans"], case="of what is not shown"),
    Row(
        "own_profile", get=signed_in(200), post=signed_in(303), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"handle": f"x{uuid.uuid4().hex[:12]}", "name": "Somebody"},
    ),
    Row(
        "own_profile", get=signed_in(200), post=signed_in(422), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"handle": "a b", "name": "Somebody"}, case="no handle",
    ),
    Row(
        "erase_account", get=signed_in(200), post=closed(303, owner=409), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"word": "delete", "password": PASSWORD},
    ),
    Row(
        "erase_account", get=signed_in(200), post=signed_in(422), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"word": "delete", "password": "x"}, case="wrong password",
    ),
    in_cohort("keep_account", signed_in(303), lambda stage: [], lambda stage: {}),
]  # fmt: skip
MATRIX = [
    Row(
        url, get=get, post=signed_in(405), put=signed_in(405), other=signed_in(405), arguments=arguments,
        query=query, case=case,
    )
    for url in ("cohort", "bottlenecks")
    for get, arguments, query, case in (
        (mentors(200), of("cohort"), "", ""),
        (
            mentors(200), of("cohort"),
            "?roadmap=x&show=quiet&sort=late&q=%25&open=ground&open=x&figures=1&page=99999999999", "all asked for",
        ),
        (closed(404, owner=200, stranger=200), of("other_cohort"), "", "elsewhere"),
        (signed_in(404), lambda stage: ["none"], "", "missing"),
    )
]  # fmt: skip
EXPORTS = [
    Row(url, get=get, post=signed_in(405), put=signed_in(405), other=signed_in(405), arguments=arguments, query=query,
        case=case)
    for url in ("export_csv", "export_xlsx", "events_csv", "events_xlsx")
    for get, arguments, query, case in (
        (mentors(200), of("cohort"), "", ""),
        (signed_in(404), lambda stage: ["none"], "", "missing"),
        *(() if url.startswith("events") else (
            (mentors(200), of("cohort"), "?roadmap=gardening", "of a roadmap"),
            (signed_in(404), of("cohort"), "?roadmap=secret-plans", "of a roadmap it does not walk"),
            (closed(404), of("other_cohort"), "", "without a roadmap"),
        )),
    )
]  # fmt: skip


def cohort_act(url: str, *arguments: str, done: int = 303, case: str = "", data: Data = lambda stage: {}) -> Row:
    """An act of a cohort's mentors. To all others, its learners too, there is no such cohort."""
    return Row(
        url, get=signed_in(405), post=mentors(done), put=signed_in(405), other=signed_in(405), case=case, data=data,
        arguments=lambda stage: [stage.cohort.slug, *(str(getattr(stage, name).pk) for name in arguments)],
    )  # fmt: skip


def member(url: str, role: str, done: int, case: str = "") -> Row:
    return Row(
        url, get=signed_in(405), post=mentors(done), put=signed_in(405), other=signed_in(405), case=case,
        arguments=lambda stage: [stage.cohort.slug, str(stage.people[role].pk)],
    )  # fmt: skip


COHORTS = [
    Row("cohorts", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405)),
    Row(
        "new_cohort", get=closed(403, owner=200, mentor=200, stranger=200),
        post=closed(403, owner=303, mentor=303, stranger=303), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"title": "New", "operation": str(uuid.uuid4())},
    ),
    Row(
        "new_cohort", get=closed(403, owner=200, mentor=200, stranger=200),
        post=closed(403, owner=422, mentor=422, stranger=422), put=signed_in(405), other=signed_in(405),
        case="nothing",
    ),
    Row(
        "cohort_people", get=mentors(200), post=signed_in(405), put=signed_in(405), other=signed_in(405),
        arguments=of("cohort"),
    ),
    Row(
        "cohort_people", get=mentors(200), post=signed_in(405), put=signed_in(405), other=signed_in(405),
        arguments=of("cohort"), query="?q=lea&page=9&invited=x", case="searching",
    ),
    Row(
        "cohort_people", get=closed(404, owner=200, stranger=200), post=signed_in(405), put=signed_in(405),
        other=signed_in(405), arguments=of("other_cohort"), case="of another cohort",
    ),
    Row(
        "cohort_settings", get=mentors(200), post=signed_in(405), put=signed_in(405), other=signed_in(405),
        arguments=of("cohort"),
    ),
    Row(
        "cohort_settings", get=signed_in(404), post=signed_in(405), put=signed_in(405), other=signed_in(405),
        arguments=lambda stage: ["none"], case="missing",
    ),
    member("make_mentor", "learner", 303),
    member("make_mentor", "other", 404, "somebody elsewhere"),
    member("remove_member", "mentor", 409, "the only mentor"),
    member("remove_member", "other", 404, "somebody elsewhere"),
    Row(
        "remove_member", get=signed_in(405), post=closed(404, owner=303, mentor=409), put=signed_in(405),
        other=signed_in(405), arguments=lambda stage: [stage.cohort.slug, str(stage.people["learner"].pk)],
        case="who is gone when the second comes",
    ),
    cohort_act("make_code", data=operation(role="learner", days="30")),
    cohort_act("make_code", done=422, case="nothing"),
    cohort_act("revoke_code", "code"),
    cohort_act("revoke_code", "other_code", done=404, case="of another cohort"),
    cohort_act("preview_invitations", done=200, data=lambda stage: {"addresses": "new@example.org"}),
    cohort_act("preview_invitations", done=422, case="nobody"),
    cohort_act("send_invitations", data=operation(people="new@example.org")),
    cohort_act("send_invitations", done=422, case="nothing"),
    cohort_act("resend_invitation", "invited", data=operation()),
    cohort_act("resend_invitation", "other_invited", done=404, data=operation(), case="of another cohort"),
    cohort_act("revoke_invitation", "invited"),
    cohort_act("revoke_invitation", "other_invited", done=404, case="of another cohort"),
    cohort_act("edit_cohort", data=lambda stage: {"title": "New"}),
    cohort_act("edit_cohort", done=422, case="nothing"),
    cohort_act("assign_roadmap", data=lambda stage: {"roadmap": "gardening", "target_on": "2027-01-31"}),
    cohort_act("assign_roadmap", done=422, case="nothing"),
    Row(
        "assign_roadmap", get=signed_in(405), post=closed(404, owner=303), put=signed_in(405), other=signed_in(405),
        arguments=of("cohort"), data=lambda stage: {"roadmap": stage.draft.slug}, case="a draft",
    ),
    cohort_act("unassign_roadmap", data=lambda stage: {"roadmap": "gardening"}),
    cohort_act("unassign_roadmap", done=422, case="nothing"),
    cohort_act("place_roadmap", data=lambda stage: {"roadmap": "gardening", "place": "0"}),
    cohort_act("place_roadmap", done=422, data=lambda stage: {"roadmap": "gardening", "place": "-1"}, case="nowhere"),
    cohort_act("archive_cohort", data=lambda stage: {"state": "archived"}),
    cohort_act("archive_cohort", done=422, case="nothing"),
    Row(
        "leave_cohort", get=signed_in(405), post=closed(404, learner=303, mentor=409), put=signed_in(405),
        other=signed_in(405), arguments=of("cohort"),
    ),
    Row("join_code", get="200"),
    Row("join_code", get="302", query="?code=ABCDE+FGHJK", case="asked"),
    Row("join", get="200", post="303", arguments=lambda stage: [stage.code.code]),
    Row("join", get="404", post="404", arguments=lambda stage: ["abcdefghjk"], case="unknown"),
    Row(
        "invited", get="200", post=open_to(410, anonymous=303, learner=303, mentor=303),
        arguments=lambda stage: [stage.invited_token], case="once",
    ),
    Row("invited", get="404", post="404", arguments=lambda stage: ["x" * 43], case="unknown"),
]  # fmt: skip


def owners(status: int, others: int = 403) -> str:
    """Of a closed address."""
    return closed(others, owner=status)


def about(url: str, who: str, done: int = 303, case: str = "", data: Data = lambda stage: {}) -> Row:
    """An act of an owner on an account. For all others nobody exists here."""
    return Row(
        url, get=signed_in(405), post=owners(done, 404), put=signed_in(405), other=signed_in(405), case=case,
        data=data, arguments=lambda stage: [str(stage.people[who].pk)],
    )  # fmt: skip


PEOPLE = [
    *(
        Row(url, get=owners(200), post=signed_in(405), put=signed_in(405), other=signed_in(405), query=query, case=case)
        for url, query, case in (
            ("people", "", ""),
            ("people", "?q=%25&role=x&state=new&page=99", "searching"),
            ("audit", "", ""),
            ("audit", "?who=x&verb=y&since=never&until=9999-12-31&before=x", "asking"),
            ("audit_csv", "?what=x&before=7", ""),
        )
    ),
    *(
        Row(
            "person", get=get, post=signed_in(405), put=signed_in(405), other=signed_in(405), case=case,
            arguments=arguments,
        )
        for get, arguments, case in (
            (owners(200, 404), lambda stage: [str(stage.people["learner"].pk)], ""),
            (owners(200, 404), lambda stage: [str(stage.people["owner"].pk)], "the only owner"),
            (signed_in(404), lambda stage: ["9" * 30], "missing"),
        )
    ),
    Row(
        "invite_person", get=signed_in(405), post=owners(303), put=signed_in(405), other=signed_in(405),
        data=operation(email="new@example.org", role="mentor"),
    ),
    Row(
        "invite_person", get=signed_in(405), post=owners(422), put=signed_in(405), other=signed_in(405), case="nothing"
    ),
    Row(
        "invite_person", get=signed_in(405), post=owners(409), put=signed_in(405), other=signed_in(405),
        data=operation(email="LEARNER@example.org", role="mentor"), case="who has an account",
    ),
    about("set_role", "learner", data=lambda stage: {"role": "editor"}),
    about("set_role", "learner", 422, "unknown", lambda stage: {"role": "wizard"}),
    about("set_role", "owner", 409, "the only owner", lambda stage: {"role": "learner"}),
    about("set_active", "other", data=lambda stage: {"state": "on"}),
    about("set_active", "other", 422, "nothing"),
    about("set_active", "owner", 409, "the only owner", lambda stage: {"state": "off"}),
    about("set_editing", "learner", data=lambda stage: {"roadmap": "gardening", "edits": "yes"}),
    about("set_editing", "learner", 404, "no such roadmap", lambda stage: {"roadmap": "none", "edits": "yes"}),
    about("set_editing", "learner", 422, "nothing"),
    about("resend_account", "other", 409, "who came in", operation()),
    about("resend_account", "disabled", 409, "who is switched off", operation()),
]  # fmt: skip


def repair(status: int, case: str = "", **fields: str) -> Row:
    """A small repair, for who edits the curriculum. For all others there is no such page."""
    return Row(
        "repair_health", get=signed_in(405), post=closed(404, editor=status, owner=status), put=signed_in(405),
        other=signed_in(405), case=case,
        data=lambda stage: fields | {"topic": str(stage.second.uid), "requires": str(stage.topic.uid)},
    )  # fmt: skip


HEALTH = [
    *(
        Row(
            url, get=closed(404, editor=200, owner=200), post=signed_in(405), put=signed_in(405), other=signed_in(405),
            arguments=arguments, query=query, case=case,
        )
        for url, arguments, query, case in (
            ("curriculum_health", lambda stage: [], "", ""),
            ("curriculum_health", lambda stage: [], "?kind=no-hours&page=x", "one kind"),
            ("roadmap_health", of("draft"), "?kind=x", ""),
        )
    ),
    Row(
        "roadmap_health", get=signed_in(404), post=signed_in(405), put=signed_in(405), other=signed_in(405),
        arguments=lambda stage: ["none"], case="missing",
    ),
    repair(303, act="drop_need"),
    repair(303, "a guess", act="accept_need"),
    repair(422, "unknown", act="x"),
    Row(
        "check_all_links", get=signed_in(405), post=closed(404, editor=303, owner=303), put=signed_in(405),
        other=signed_in(405),
    ),
    # The draft has no link to the web: nothing is asked.
    Row(
        "check_links", get=signed_in(405), post=closed(404, editor=303, owner=303), put=signed_in(405),
        other=signed_in(405), arguments=of("draft"),
    ),
    Row(
        "check_links", get=signed_in(405), post=signed_in(404), put=signed_in(405), other=signed_in(405),
        arguments=lambda stage: ["none"], case="missing",
    ),
]  # fmt: skip
REPORTS = [
    Row(url, get=get, post=signed_in(405), put=signed_in(405), other=signed_in(405), arguments=arguments, query=query,
        case=case)
    for url, get, arguments, query, case in (
        ("learner_report", mentors(200), learner_of("cohort", "learner"), "", ""),
        ("learner_report", mentors(200), learner_of("cohort", "learner"), "?since=x&roadmap=gardening", "odd day"),
        ("learner_report", signed_in(404), learner_of("cohort", "learner"), "?roadmap=none", "no such roadmap"),
        ("learner_report", signed_in(404), learner_of("cohort", "other"), "", "somebody else"),
        ("targets", mentors(200), of("cohort"), "", ""),
        ("targets_ics", mentors(200), of("cohort"), "", ""),
        ("targets_ics", signed_in(404), lambda stage: ["none"], "", "missing"),
    )
] + [
    Row("targets_feed", get="404", arguments=lambda stage: ["none"], case="forged"),
    Row(
        "targets_feed", get="200", arguments=lambda stage: [feed_token(stage.people["mentor"], stage.cohort)],
    ),
]  # fmt: skip
LOADERS = closed(404, editor=200, owner=200)


def of_source(stage: Stage) -> list[str]:
    return [str(SOURCE)]


def plan_of(stage: Stage) -> list[str]:
    """A plan that waits for the owner's yes."""
    owner = stage.people["owner"].pk
    waiting = shelf.of(owner) or [shelf.put(Bundle({"Notes.md": b"# Notes\n\n- A topic\n"}), by=owner, left_out={})]
    return [str(waiting[0].uid)]


def its_token(stage: Stage) -> dict[str, str]:
    waiting = shelf.get(uuid.UUID(plan_of(stage)[0]))
    return {"token": planning.plan_of(waiting).outcome().token}


def topic_typed(stage: Stage) -> dict[str, str]:
    """The form of a topic, sent as it was shown but for its summary."""
    typed = topic_forms.stored(topic_editing.plain_topic(stage.topic, stage.roadmap))
    return typed.texts | {"seen": typed.seen_json, "summary": "Typed.", "left": "steps"}


def import_page(url: str, get: str, arguments: Arguments = lambda stage: [], query: str = "", case: str = "") -> Row:
    others = signed_in(405)
    return Row(url, get=get, post=others, put=others, other=others, arguments=arguments, query=query, case=case)


def import_act(url: str, post: str, arguments: Arguments, data: Data = lambda stage: {}, case: str = "") -> Row:
    others = signed_in(405)
    return Row(url, get=others, post=post, put=others, other=others, arguments=arguments, data=data, case=case)


IMPORTS = [
    import_page("imports", LOADERS, query="?page=x"),
    import_page("import_source", LOADERS, of_source, "?page=9&opened=x"),
    import_page("import_source", signed_in(404), lambda stage: [UNKNOWN], case="missing"),
    import_page("import_plan", closed(404, owner=200), plan_of, "?whole=added"),
    import_page("import_plan", signed_in(404), lambda stage: [UNKNOWN], case="missing"),
    import_act("upload_notes", closed(404, editor=422, owner=422), lambda stage: [], case="nothing"),
    import_act(
        "upload_notes", signed_in(404), lambda stage: [], lambda stage: {"source": UNKNOWN}, "for a missing source"
    ),
    import_act("read_source", closed(404, editor=422, owner=422), of_source, case="nothing there"),
    import_act("undo_import", closed(404, editor=409, owner=409), of_source, lambda stage: {"asked": UNKNOWN}),
    import_act("undo_import", closed(404, editor=422, owner=422), of_source, case="nothing"),
    import_act("answer_import", closed(404, owner=303), plan_of, lambda stage: {"every": "new"}),
    import_act("choose_parts", closed(404, owner=303), plan_of, lambda stage: {"leave_out": "added-0"}),
    import_act("choose_parts", closed(404, owner=422), plan_of, lambda stage: {"leave_out_all": "x"}, "no such kind"),
    import_act("apply_import", closed(404, owner=303), plan_of, its_token),
    import_act("apply_import", closed(404, owner=409), plan_of, lambda stage: {"token": "x"}, "which is another now"),
    import_act("apply_import", closed(404, owner=422), plan_of, case="nothing"),
    import_act("drop_import", closed(404, owner=303), plan_of),
]


def tree_act(case: str, post: str, act: str, **fields: str) -> Row:
    """An act on the tree of `stage.roadmap`; on its topic, unless said otherwise."""

    def data(stage: Stage) -> dict[str, str]:
        return {"act": act, "uid": str(stage.topic.uid), "operation": str(uuid.uuid4())} | fields

    others = signed_in(405)
    return Row(
        "studio_act", get=others, post=post, put=others, other=others, arguments=of("roadmap"), data=data, case=case
    )


def studio_page(url: str, get: str, arguments: Arguments = lambda stage: [], query: str = "", case: str = "") -> Row:
    others = signed_in(405)
    return Row(url, get=get, post=others, put=others, other=others, arguments=arguments, query=query, case=case)


def studio_turn(url: str, post: str, data: Data, case: str = "") -> Row:
    others = signed_in(405)
    return Row(url, get=others, post=post, put=others, other=others, arguments=of("roadmap"), data=data, case=case)


BY_EDITORS = closed(404, editor=303, owner=303)
STUDIO = [
    studio_page("studio", closed(404, editor=200, owner=200), query="?page=x"),
    Row(
        "new_roadmap", get=closed(404, editor=200, owner=200), post=BY_EDITORS, put=signed_in(405),
        other=signed_in(405), data=operation(title="Bees"),
    ),
    studio_page("studio_roadmap", closed(404, editor=200, owner=200), of("roadmap"), "?open=x&at=x&find=x"),
    studio_page("studio_roadmap", closed(404, editor=200, owner=200), of("draft"), case="draft"),
    studio_page("studio_roadmap", signed_in(404), lambda stage: ["nowhere"], case="missing"),
    studio_page("studio_history", closed(404, editor=200, owner=200), of("roadmap"), "?before=x"),
    studio_page("studio_notes", closed(404, editor=200, owner=200), of("roadmap")),
    studio_page("studio_notes", closed(404, editor=200, owner=200), of("draft"), case="draft"),
    studio_page("studio_notes", signed_in(404), lambda stage: ["nowhere"], case="missing"),
    tree_act("rename", BY_EDITORS, "rename", title="Earth"),
    tree_act("of something gone", closed(404, editor=409, owner=409), "retire", uid=UNKNOWN, seen="x"),
    tree_act("not understood", closed(404, editor=422, owner=422), "rename", title=""),
    studio_turn("studio_undo", closed(404, editor=409, owner=409), operation(), "nothing to undo"),
    studio_turn("studio_undo", closed(404, editor=422, owner=422), lambda stage: {}, "not understood"),
    studio_turn("studio_redo", closed(404, editor=409, owner=409), operation(), "nothing to redo"),
]  # fmt: skip
STUDIO_TOPIC = [
    import_page("studio_topic", LOADERS, of("topic"), "?roadmap=gardening"),
    import_page("studio_topic", LOADERS, of("retired"), case="retired"),
    import_page("studio_topic", signed_in(404), lambda stage: ["none"], case="missing"),
    import_page("topic_history", LOADERS, of("topic"), "?before=x&roadmap=gardening"),
    import_page("topic_history", LOADERS, of("retired"), case="retired"),
    import_page("topic_history", signed_in(404), lambda stage: ["none"], case="missing"),
    import_page("topic_needs", LOADERS, of("second"), "?q=s&roadmap=x"),
    import_page("topic_needs", signed_in(404), lambda stage: ["none"], case="missing"),
    import_page("studio_titles", LOADERS, query="?q=s"),
    import_page("studio_titles", signed_in(404), query="?q=s&topic=none", case="of a missing topic"),
    import_act("save_topic", closed(404, editor=303, owner=303), of("topic"), topic_typed),
    import_act("save_topic", closed(404, editor=422, owner=422), of("topic"), case="nothing"),
    import_act("part_topics", closed(404, editor=409, owner=409), of("topic"), case="merged with none"),
    import_act("preview_topic", LOADERS, of("topic"), lambda stage: {"body": "*Text*"}),
    import_act("set_need", closed(404, editor=303, owner=303), of("second"), lambda stage: {"requires": "soil"}),
    import_act(
        "set_need", closed(404, editor=409, owner=409), of("topic"), lambda stage: {"requires": "seeds"}, "a loop"
    ),
    import_act("remove_need", closed(404, editor=303, owner=303), of("second"), lambda stage: {"requires": "soil"}),
    import_act("remove_need", closed(404, editor=422, owner=422), of("second"), case="nothing"),
    import_act("need_as_noted", closed(404, editor=303, owner=303), of("second"), lambda stage: {"requires": "soil"}),
    import_act("need_as_noted", signed_in(404), lambda stage: ["none"], case="missing"),
]


def its_plan(stage: Stage) -> dict[str, str]:
    """The plan that waits for the fork, as its page shows it."""
    fork = Fork.objects.select_related("roadmap__source", "upstream").get(roadmap=stage.fork)
    return {"token": forking.look(fork).token, "do": "apply"}


def another_plan(stage: Stage) -> dict[str, str]:
    return {"token": "x", "do": "apply"}


FORKS = [
    Row(
        "fork_roadmap", get=LOADERS, post=closed(404, editor=303, owner=303), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"), data=operation(title="Another garden"),
    ),
    Row(
        "fork_roadmap", get=LOADERS, post=closed(404, editor=409, owner=409), put=signed_in(405), other=signed_in(405),
        arguments=of("draft"), data=operation(title="Another garden"), case="draft",
    ),
    Row(
        "fork_roadmap", get=LOADERS, post=closed(404, editor=422, owner=422), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"), data=operation(title="A", slug="gardening"), case="taken",
    ),
    studio_page("upstream", LOADERS, of("fork"), "?theirs=x&held=added-0&page=x"),
    studio_page("upstream", signed_in(404), of("roadmap"), case="follows none"),
    studio_page("upstream", signed_in(404), lambda stage: ["none"], case="missing"),
    import_act("apply_upstream", closed(404, editor=303, owner=303), of("fork"), its_plan),
    import_act("apply_upstream", closed(404, editor=409, owner=409), of("fork"), another_plan, "which is another now"),
    import_act("apply_upstream", closed(404, editor=422, owner=422), of("fork"), case="nothing"),
    import_act("undo_upstream", closed(404, editor=409, owner=409), of("fork"), lambda stage: {"asked": UNKNOWN}),
    import_act("undo_upstream", closed(404, editor=422, owner=422), of("fork"), case="nothing"),
    import_act("follow_upstream", closed(404, editor=303, owner=303), of("fork"), operation(on="no")),
    import_act("follow_upstream", closed(404, editor=422, owner=422), of("fork"), case="nothing"),
    import_act("follow_upstream", signed_in(404), of("roadmap"), operation(on="no"), "follows none"),
]  # fmt: skip

WRITING = [
    import_page("topic_notes", LOADERS, of("topic"), "?roadmap=gardening"),
    import_page("topic_notes", signed_in(404), lambda stage: ["none"], case="missing"),
    import_act(
        "write_notes", closed(404, editor=409, owner=409), of("topic"), lambda stage: {"field": "title", "seen": "x"}
    ),
    import_act("write_notes", closed(404, editor=422, owner=422), of("topic"), case="nothing"),
    import_act("unwrite_notes", signed_in(404), of("topic"), lambda stage: {"written": UNKNOWN}),
    import_act("unwrite_notes", closed(404, editor=422, owner=422), of("topic"), case="nothing"),
    import_act("allow_writing", closed(404, editor=303, owner=303), of_source, lambda stage: {"allowed": "no"}),
    import_act(
        "allow_writing", closed(404, editor=409, owner=409), of_source, lambda stage: {"allowed": "yes"}, "uploaded"
    ),
    import_act("allow_writing", closed(404, editor=422, owner=422), of_source, case="nothing"),
]

STUDIO_PAGE = closed(404, editor=200, owner=200)


def of_draft(stage: Stage) -> list[str]:
    return ["gardening", str(stage.revision_draft.pk)]


PUBLISHING = [
    import_page("draft", STUDIO_PAGE, of("roadmap"), "?whole=added"),
    import_page("draft", STUDIO_PAGE, of("draft"), case="of what only editors see"),
    import_page("draft", signed_in(404), lambda stage: ["none"], case="missing"),
    import_act("begin_draft", BY_EDITORS, of("roadmap")),
    import_act("begin_draft", closed(404, editor=409, owner=409), of("draft"), case="of what only editors see"),
    import_page("draft_preview", STUDIO_PAGE, of("roadmap"), "?as=new&topic=soil&q=x"),
    import_page("draft_preview", signed_in(404), of("draft"), case="without a draft"),
    import_act("publish_draft", closed(404, editor=303, owner=303), of_draft, lambda stage: {"acts": "0"}),
    import_act("publish_draft", closed(404, editor=409, owner=409), of_draft, lambda stage: {"acts": "7"}, "unseen"),
    import_act("publish_draft", closed(404, editor=422, owner=422), of_draft, case="nothing"),
    import_act("publish_draft", signed_in(404), lambda stage: ["gardening", "0"], case="missing"),
    import_act("discard_draft", BY_EDITORS, of_draft),
    import_act("take_up_draft", BY_EDITORS, of_draft),
    import_act("set_roadmap_state", BY_EDITORS, of("roadmap"), lambda stage: {"state": "unlisted"}),
    import_act("set_roadmap_state", closed(404, editor=409, owner=409), of("roadmap"), case="nothing"),
    import_page("revisions", STUDIO_PAGE, of("roadmap"), "?page=x"),
    import_page("revision", STUDIO_PAGE, lambda stage: ["gardening", "1"], "?with=now&whole=x"),
    import_page("revision", signed_in(404), lambda stage: ["gardening", "99"], case="missing"),
    import_act("record_revision", BY_EDITORS, of("roadmap")),
    import_act("restore_revision", BY_EDITORS, lambda stage: ["gardening", "1"], operation()),
    import_act(
        "restore_revision", closed(404, editor=422, owner=422), lambda stage: ["gardening", "1"], case="nothing"
    ),
    import_act("restore_revision", signed_in(404), lambda stage: ["gardening", "99"], operation(), "missing"),
    Row("news", get="200", arguments=of("roadmap"), query="?page=x"),
    Row("news", get=editors(200), arguments=of("draft"), case="draft"),
    import_act("news_read", signed_in(303), of("roadmap")),
    import_act("news_read", closed(404, editor=303, owner=303), of("draft"), case="draft"),
    Row("welcome", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405)),
    import_act("walk", signed_in(303), of("roadmap")),
    import_act("walk", closed(404, editor=303, owner=303), of("draft"), case="draft"),
    Row(
        "known_topics",
        get=signed_in(200),
        post=signed_in(303),
        put=signed_in(405),
        other=signed_in(405),
        arguments=of("roadmap"),
        data=lambda stage: {"nonce": UNKNOWN, "topic": str(stage.second.pk)},
    ),
    Row(
        "known_topics",
        get=signed_in(200),
        post=signed_in(422),
        put=signed_in(405),
        other=signed_in(405),
        arguments=of("roadmap"),
        data=lambda stage: {"topic": "x"},
        case="misunderstood",
    ),
    Row(
        "known_topics",
        get=closed(404, editor=200, owner=200),
        post=closed(404, editor=303, owner=303),
        put=signed_in(405),
        other=signed_in(405),
        arguments=of("draft"),
        data=lambda stage: {"nonce": UNKNOWN},
        case="draft",
    ),
    Row(
        "week_hours",
        get=signed_in(200),
        post=signed_in(303),
        put=signed_in(405),
        other=signed_in(405),
        data=lambda stage: {"hours": "6"},
    ),
    Row(
        "week_hours",
        get=signed_in(200),
        post=signed_in(422),
        put=signed_in(405),
        other=signed_in(405),
        data=lambda stage: {"hours": "many"},
        case="no number",
    ),
]


def on_the_way(topic: str) -> Arguments:
    return lambda stage: ["gardening", topic]


def answered(**fields: str) -> Data:
    return operation(**{"rating": "3", "seen": "0"} | fields)


GOALS = [
    Row("choose_goal", get="200", arguments=of("roadmap")),
    Row("choose_goal", get=editors(200), arguments=of("draft"), case="draft"),
    Row("goal", get="200", arguments=on_the_way("seeds"), query="?instead=seeds:soil&instead=x"),
    Row("goal", get="301", arguments=on_the_way("old-soil"), case="former slug"),
    Row("goal", get="404", arguments=on_the_way("hidden"), case="of another roadmap"),
    Row("goal", get="404", arguments=on_the_way("stones"), case="retired"),
    Row("goal", get=editors(200), arguments=lambda stage: ["secret-plans", "hidden"], case="draft"),
    import_act("set_goal", signed_in(303), of("roadmap"), lambda stage: {"topic": "soil"}),
    import_act("set_goal", signed_in(303), of("roadmap"), case="none"),
    import_act("set_goal", signed_in(409), of("roadmap"), lambda stage: {"topic": "hidden"}, "of another roadmap"),
    import_act("set_goal", closed(404, editor=303, owner=303), of("draft"), lambda stage: {"topic": ""}, "draft"),
]
REVIEWS = [
    import_page("review", signed_in(200)),
    import_page("review", signed_in(200), query="?roadmap=gardening", case="of a roadmap"),
    import_page("review", closed(404, editor=200, owner=200), query="?roadmap=secret-plans", case="of a draft"),
    import_act("rate_review", signed_in(409), of("topic"), answered(), "not in review"),
    import_act("rate_review", signed_in(422), of("topic"), case="nothing"),
    import_act("rate_review", closed(404, editor=409, owner=409), of("hidden"), answered(), "of a draft"),
    import_act("undo_review", signed_in(409), lambda stage: [], operation()),
    import_act("undo_review", signed_in(422), lambda stage: [], case="nothing"),
    import_act("set_review", signed_in(303), of("roadmap"), lambda stage: {"active": "yes", "daily_cap": "5"}),
    import_act("set_review", signed_in(422), of("roadmap"), case="nothing"),
    import_act("set_review", closed(404, editor=303, owner=303), of("draft"), lambda stage: {"active": "no"}, "draft"),
]


PROGRESS = [
    Row("share", get="200", arguments=of("roadmap")),
    Row("share", get="200", arguments=of("roadmap"), query="?section=ground", case="of a section"),
    Row("share", get="404", arguments=of("roadmap"), query="?section=nowhere", case="of no section"),
    Row("share", get=editors(200), arguments=of("draft"), case="of a draft"),
    *(
        Row(
            "learner_share", get=get, post=signed_in(405), put=signed_in(405), other=signed_in(405),
            arguments=arguments, query=query, case=case,
        )
        for get, arguments, query, case in (
            (mentors(200), learner_of("cohort", "learner", "roadmap"), "?section=ground", ""),
            (signed_in(404), learner_of("cohort", "other", "roadmap"), "", "who is in another cohort"),
            (signed_in(404), learner_of("cohort", "learner", "draft"), "", "on what the cohort does not walk"),
            (closed(404, owner=404), learner_of("other_cohort", "other", "roadmap"), "", "elsewhere"),
            (signed_in(404), learner_of("cohort", "learner", "roadmap"), "?section=x", "of no section"),
        )
    ),
    Row(
        "mark_section", get=signed_in(200), post=signed_in(303), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"), query="?section=ground", data=operation(state="skipped", section="ground"),
    ),
    Row(
        "mark_section", get=signed_in(200), post=signed_in(422), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"), data=operation(state="waived"), case="a mentors state",
    ),
    Row(
        "mark_section", get=signed_in(404), post=signed_in(404), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"), query="?section=x", data=operation(state="done", section="x"), case="no section",
    ),
    Row(
        "mark_section", get=closed(404, editor=200, owner=200), post=closed(404, editor=303, owner=303),
        put=signed_in(405), other=signed_in(405), arguments=of("draft"), data=operation(state="done"),
        case="of a draft",
    ),
    Row(
        "reset_roadmap", get=signed_in(200), post=signed_in(303), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"), data=operation(state="todo"),
    ),
    Row(
        "reset_roadmap", get=signed_in(200), post=signed_in(422), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"), case="nothing",
    ),
    Row(
        "reset_roadmap", get=closed(404, editor=200, owner=200), post=closed(404, editor=303, owner=303),
        put=signed_in(405), other=signed_in(405), arguments=of("draft"), data=operation(state="todo"),
        case="of a draft",
    ),
    Row(
        "pace", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405),
        arguments=of("roadmap"),
    ),
    Row(
        "pace", get=closed(404, editor=200, owner=200), post=signed_in(405), put=signed_in(405),
        other=signed_in(405), arguments=of("draft"), case="of a draft",
    ),
    Row(
        "show_pace", get=signed_in(405), post=signed_in(303), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"hidden": "yes"},
    ),
    Row(
        "show_pace", get=signed_in(405), post=signed_in(422), put=signed_in(405), other=signed_in(405),
        data=lambda stage: {"hidden": "perhaps"}, case="neither",
    ),
    Row("activity", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405)),
    Row(
        "activity", get=signed_in(200), post=signed_in(405), put=signed_in(405), other=signed_in(405),
        query="?year=x9", case="a year that is none",
    ),
    *(
        Row(
            "changed_text", get=get, post=signed_in(405), put=signed_in(405), other=signed_in(405),
            arguments=arguments, case=case,
        )
        for get, arguments, case in (
            (signed_in(200), of("topic"), ""),
            (signed_in(301), lambda stage: ["old-soil"], "former slug"),
            (closed(404, editor=200, owner=200), of("hidden"), "of a draft"),
        )
    ),
]  # fmt: skip
TABLE = [
    *GOALS,
    *REVIEWS,
    *PROGRESS,
    *FORKS,
    *PUBLISHING,
    *HEALTH,
    *STUDIO_TOPIC,
    *WRITING,
    *STUDIO,
    *PEOPLE,
    *IMPORTS,
    *REPORTS,
    *COHORTS,
    *EXPORTS,
    *MATRIX,
    *ACTS,
    *OWN,
    *MAIL,
    *OWN_ACCOUNT,
    *SECOND_FACTOR,
    *LEARNERS_PAGES,
    *LEARNERS_ACTS,
    *OTHERS,
    *ALLAUTH,
]

"""The `pathnotes` command: serve a roadmap, read notes, load them.

Exit status: 0 when all went well, 1 with a sentence on stderr when not, 2 when the command line is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

ABOUT = "A folder of Markdown notes becomes a learning path that people walk and check off."
COMMANDS = {"read": "read_notes", "load": "load_notes", "watch": "watch_notes"}
"""What is handed to Django's command of that name, options and all (`pathnotes read --help` shows them)."""


def main(argv: list[str] | None = None) -> NoReturn:
    arguments = sys.argv[1:] if argv is None else argv
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        sys.exit(run(arguments))
    except KeyboardInterrupt:
        sys.exit(130)


def run(arguments: list[str]) -> int:
    if arguments and (name := arguments[0]) in COMMANDS:
        return _django(name, COMMANDS[name], arguments[1:])
    if arguments[:1] == ["pg"]:
        from config.programs import run as run_program

        return run_program(arguments[1:])
    options = parser().parse_args(arguments)
    if options.command is None:
        parser().print_help()
        return 0
    from config import serving

    return serving.health() if options.command == "health" else serving.serve(options.notes, watch=options.watch)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="pathnotes", description=ABOUT)
    top.add_argument("--version", action="version", version=f"pathnotes {_version()}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    serving = commands.add_parser(
        "serve",
        help="start Pathnotes, with the roadmap it brings and with your notes",
        description="Start Pathnotes on HOST:PORT (127.0.0.1:8000), keeping its data in PATHNOTES_DATA (.pathnotes).",
    )
    serving.add_argument("notes", nargs="*", metavar="NOTES", help="a folder of notes, a zip of them, or one file")
    serving.add_argument("--watch", action="store_true", help="read the notes again whenever they change")
    commands.add_parser("health", help="ask a running server whether it works")
    commands.add_parser("pg", help="run psql, pg_dump or pg_restore on the database", add_help=False)
    commands.add_parser("read", help="show what is read from notes, without storing it", add_help=False)
    commands.add_parser("load", help="store notes as roadmaps; a tick is never lost", add_help=False)
    commands.add_parser("watch", help="read notes again whenever they change", add_help=False)
    return top


def _version() -> str:
    try:
        return version("pathnotes")
    except PackageNotFoundError:
        return "(a checkout)"


def _django(shown: str, command: str, arguments: list[str]) -> int:
    """Run one of Django's commands under the name a person typed."""
    from django.core.exceptions import ImproperlyConfigured

    from config import preparing

    try:
        wants_database = command != "read_notes" and not {"-h", "--help"} & set(arguments)
        if wants_database:
            preparing.data_directory()
        import django

        django.setup()
        if wants_database:
            preparing.database(lambda text: print(text, file=sys.stderr))
        from django.core.management import get_commands, load_command_class

        load_command_class(str(get_commands()[command]), command).run_from_argv(["pathnotes", shown, *arguments])
    except (preparing.CannotStartError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    return 0

"""The page of commands: `paivand …` and `make …`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import re

from django.core.management.base import BaseCommand, CommandParser

from docs.generate import ROOT
from docs.pages.markdown import code, document, first_paragraph, table
from paivand.operate.management import commands

_TARGET = re.compile(r"^([a-z][a-z-]*):[^=\n]*?##\s*(.+)$", re.MULTILINE)


def page() -> str:
    """The whole page."""
    found = [_command(module.name) for module in pkgutil.iter_modules(commands.__path__)]
    makefile = ROOT / "Makefile"
    targets = _TARGET.findall(makefile.read_text(encoding="utf-8")) if makefile.exists() else []
    return document(
        "Commands",
        "## `paivand`",
        "Each command starts the embedded database if neither `DATABASE_URL` nor `PAIVAND_APP_DATABASE_URL` is set. "
        "`paivand version` tells the version; `paivand help` lists Django's own commands as well.",
        table(["command", "what it does"], [[code(f"paivand {name}"), command.help] for name, command in found]),
        *(_options(name, command) for name, command in found),
        "## `make`\n\n" + table(["target", "what it does"], [[code(f"make {t}"), words] for t, words in targets])
        if targets
        else "",
    )


def _command(name: str) -> tuple[str, BaseCommand]:
    command: BaseCommand = importlib.import_module(f"{commands.__name__}.{name}").Command()
    if not command.help:
        command.help = first_paragraph(type(command).__doc__)
    return name, command


def _options(name: str, command: BaseCommand) -> str:
    """The options that Paivand adds; those of Django's own commands stand in Django's manual."""
    parent = type(command).__mro__[1]
    inherited = {option.dest for option in _arguments(parent())} if parent is not BaseCommand else set()
    rows = []
    for option in _arguments(command):
        if option.dest in inherited:
            continue
        words = (option.help or "").replace("%(default)s", str(option.default)).replace("%%", "%")
        rows.append([code(" ".join(option.option_strings) or str(option.metavar or option.dest)), words])
    return f"### `paivand {name}`\n\n" + table(["argument", "meaning"], rows) if rows else ""


def _arguments(command: BaseCommand) -> list[argparse.Action]:
    parser = CommandParser(add_help=False)
    command.add_arguments(parser)
    return parser._actions

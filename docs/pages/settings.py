"""The page of settings: every environment variable that the program reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.generate import ROOT
from docs.pages.markdown import code, document, table

_NAME = re.compile(r"^(PAIVAND_[A-Z][A-Z_]*|DATABASE_URL|DJANGO_SETTINGS_MODULE)$")

MEANINGS: dict[str, dict[str, str]] = {
    "The program": {
        "PAIVAND_SECRET_KEY": "Signs sessions and links and encrypts second factors. At least 50 characters; "
        "`paivand serve` demands it. The other commands make one and keep it in the folder of the installation.",
        "PAIVAND_VAULT_KEYS": "The keys that seal what survivors told and what was disclosed, newest first, separated "
        "by commas. Without it they are made and kept in `vault_keys` in the folder of the installation.",
        "PAIVAND_VAULT_FILE": "The file from which the vault's keys were read; the commands set it, so that running "
        "processes follow the file when `paivand vault` changes it.",
        "PAIVAND_PSEUDONYM_KEY": "The key under which sensitive steps of the journey are counted. It never changes. "
        "Without it one is made and kept beside the vault's keys.",
        "PAIVAND_BADGE_KEY": "The key of Ed25519 that signs certificates as Open Badges, 32 bytes in base64url. "
        "Without it one is made and kept in `badge_keys` in the folder of the installation.",
        "PAIVAND_BADGE_FILE": "The file in which that key lies; the commands set it, so that running processes follow "
        "the file when `paivand vault badge` changes it.",
        "PAIVAND_COURSES": "A folder with courses of the site's own, one YAML file for each, and kinds of courses in "
        "`course_kinds.yaml`: see [courses](../methods/courses.md).",
        "PAIVAND_ISSUER_NAME": "Who issues certificates here, as it stands in badges and on the public pages.",
        "PAIVAND_PUBLIC_ADDRESS": "The address under which anybody reaches Paivand, such as `https://paivand.example`: "
        "it is printed on certificates and stands in badges. Without it the address of the request is used.",
        "PAIVAND_HOSTS": "The host names under which people reach Paivand, separated by commas. "
        "`paivand serve` demands it and refuses `*`.",
        "PAIVAND_HOME": "The folder of the installation: embedded database, gathered static files, secret key. "
        "`var` beside the program if not set.",
        "PAIVAND_DEMO": "Demonstration: invented people, sign-in by one click, no second factor. Set by "
        "`paivand demo`; `paivand serve` refuses it.",
        "PAIVAND_TIME_ZONE": "The time zone of dates on the screens.",
        "PAIVAND_LANGUAGE": "The language of those who have not chosen one: `tg`, `ru`, `en` or `fa`.",
        "PAIVAND_LOG": "How much the log tells: `DEBUG`, `INFO`, `WARNING` or `ERROR`.",
    },
    "The HTTP server": {
        "PAIVAND_ADDRESS": "Where to listen: an address, or `unix:` and the path of a socket.",
        "PAIVAND_PORT": "The port to listen on.",
        "PAIVAND_WORKERS": "Worker processes.",
        "PAIVAND_THREADS": "Threads of each worker.",
        "PAIVAND_WORKER_PROCESSES": "Processes beside the web server that work on lists in the background. With 0, "
        "`paivand worker` does it elsewhere.",
        "PAIVAND_HTTPS": "Whether people reach Paivand by HTTPS: secure cookies, redirection, strict transport "
        "security. On, except in the demonstration.",
        "PAIVAND_BEHIND_PROXY": "A proxy that you control ends the encryption and sets `X-Forwarded-Proto` and "
        "`X-Forwarded-For`. Without a proxy this must stay off, or anyone could pretend.",
    },
    "The database": {
        "DATABASE_URL": "The owner's address, for migrations, checks and backups: "
        "`postgresql://user:password@host:5432/database`. Without it the embedded server starts.",
        "PAIVAND_APP_DATABASE_URL": "The application's address: a role that owns nothing. Without it the role is made "
        "beside the owner's, and its password derived from the secret key.",
        "PAIVAND_POOL": "The most connections of one worker. Not fewer than its threads.",
    },
    "Figures": {
        "PAIVAND_EVIDENCE_LIVE_STEPS": "From how many steps of the journey on figures are computed over the files of "
        "`paivand snapshot`; below, in the database. 0: always over files.",
        "PAIVAND_EVIDENCE_THREADS": "Threads of DuckDB for one question.",
        "PAIVAND_EVIDENCE_MEMORY": "Megabytes of DuckDB in each thread of the web server. It never writes to the disk.",
    },
    "Sign-in": {
        "PAIVAND_IDLE_MINUTES": "Minutes without a click after which a session ends.",
        "PAIVAND_OIDC_URL": "The address of your directory (OpenID Connect). Empty: no sign-in through a directory.",
        "PAIVAND_OIDC_NAME": "The name on the button.",
        "PAIVAND_OIDC_CLIENT": "The client's identifier; needed where the address is set.",
        "PAIVAND_OIDC_SECRET": "The client's secret; needed where the address is set.",
    },
    "Mail": {
        "PAIVAND_MAIL_HOST": "The mail server. Empty: nothing is mailed. Sign-in links are never mailed.",
        "PAIVAND_MAIL_PORT": "Its port.",
        "PAIVAND_MAIL_USER": "The user name there.",
        "PAIVAND_MAIL_PASSWORD": "The password there.",
        "PAIVAND_MAIL_TLS": "Whether the connection is encrypted by STARTTLS.",
        "PAIVAND_MAIL_FROM": "The sender's address.",
    },
    "Set by the program itself": {
        "DJANGO_SETTINGS_MODULE": "`paivand.settings`.",
        "PAIVAND_HOLD": "The open lock that keeps the embedded server running; passed from the command to the server.",
        "PAIVAND_KEY_IS_LENT": "Says that no secret key was given and the program lent one: for `paivand check`.",
        "PAIVAND_POOLED": "Whether connections are pooled: on in the workers of the HTTP server, off in commands.",
    },
}
"""What each variable means. A variable that the program reads and that is missing here stops the generator."""


@dataclass(frozen=True)
class Reading:
    """How a variable is read: its type and default as they stand in the source."""

    kind: str
    default: str


def page() -> str:
    """The whole page."""
    read = readings()
    known = {name for group in MEANINGS.values() for name in group}
    if set(read) != known:
        raise LookupError(
            f"Settings without a meaning: {sorted(set(read) - known)}; meanings without a setting: "
            f"{sorted(known - set(read))}. Bring MEANINGS in docs/pages/settings.py in line with the program."
        )
    return document(
        "Settings",
        "All settings are environment variables. A wrong value stops the program, which says which one is wrong. "
        "`paivand serve` also refuses missing and weak values.",
        *(_group(title, group, read) for title, group in MEANINGS.items()),
    )


def _group(title: str, group: dict[str, str], read: dict[str, Reading]) -> str:
    rows = [[code(name), read[name].kind, read[name].default, words] for name, words in group.items()]
    return f"## {title}\n\n" + table(["variable", "kind", "default", "meaning"], rows)


def readings() -> dict[str, Reading]:
    """Every variable named in the settings, the command and the room for operating."""
    found: dict[str, Reading] = {}
    for path in _sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and (name := _read_by(call)):
                found[name] = _reading(call)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.match(node.value):
                found.setdefault(node.value, Reading("text", ""))
    return found


def _sources() -> Iterator[Path]:
    program = ROOT / "paivand"
    yield program / "settings.py"
    yield program / "__main__.py"
    yield from sorted((program / "operate").rglob("*.py"))


def _read_by(call: ast.Call) -> str:
    """The variable that ``env.kind("NAME", ...)`` reads, or nothing."""
    function = call.func
    if not (
        isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "env"
    ):
        return ""
    name = call.args[0] if call.args else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""


def _reading(call: ast.Call) -> Reading:
    kind = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    kinds = {"str": "text", "int": "whole number", "bool": "yes or no", "list": "list", "path": "folder"}
    given = [word.value for word in call.keywords if word.arg == "default"] or call.args[1:2]
    return Reading(kinds.get(kind, kind), _default(given[0]) if given else "none")


def _default(node: ast.expr) -> str:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return "see the meaning"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return code(",".join(value))
    return code(str(value)) if value != "" else "empty"

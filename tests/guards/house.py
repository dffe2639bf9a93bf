"""What the house looks like, read from its files: words, sizes, and habits that imports cannot show.

Every function takes the root of a copy of the repository and returns defects in words: where, what, and what to do.
Nothing of Paivand is imported here, so that a copy with a planted harm can be judged in the same process.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = "tests/guards/house.py"

FILE_WORDS = {
    "__init__", "apps", "urls", "views", "api", "tasks", "templatetags", "forms", "actions", "queries", "migrations",
    "models", "rules", "management",
}  # fmt: skip
"""What an app may consist of."""

OWN_WORDS: dict[str, dict[str, str]] = {
    "core": {"paper": "typesets PDF documents and locks them: see docs/adr/0021-pdf-documents.md"},
}
"""Words that one app has beside these, each with its subject and its decision."""

OPERATE_WORDS: dict[str, str] = {
    "__init__": "the package",
    "apps": "its configuration",
    "management": "the commands of `paivand`",
    "accounts": "the accounts of the demonstration",
    "apart": "the second process of a first start",
    "archive": "the file of a backup",
    "background": "the worker that takes jobs out of the queue",
    "backups": "making a backup and bringing one back",
    "boundaries": "reads a file of outlines and finds the place of each",
    "catalogues": "the catalogues of translations",
    "cluster": "the folder and the process of the embedded PostgreSQL",
    "contents": "what a database holds already",
    "documents": "the sealed files of documents beside the database",
    "embedded": "the embedded server, started and shared",
    "extraction": "the texts that people read",
    "fingerprints": "counts and fingerprints of tables",
    "mark": "the mark that a database holds the demonstration",
    "places": "writes the places of the parameters",
    "population": "the families of the demonstration",
    "badges": "the public keys of badges, written by the owner",
    "postgres": "the programs of PostgreSQL",
    "readiness": "what `paivand check` reports",
    "resealing": "seals everything anew with the newest key of the vault",
    "rendering": "what migrations add is rendered alone, so that they are quick",
    "roles": "the database roles",
    "serving": "the web server",
    "static_files": "gathers and compresses static files",
    "vault": "the files of the vault's keys and of the key of badges",
    "weak_settings": "settings that are too weak for real use",
}
"""The modules of ``operate``, which is no app with tables: each with its subject. A new one is added here."""

TOP_MODULES = {"__init__", "__main__", "wsgi", "asgi", "urls", "settings"}
NO_ROOMS = {"parameters", "forms", "templates", "static", "locale"}
"""Folders of ``paivand`` that hold no Python."""

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "service", "services", "manager", "managers", "misc", "common"}
"""Names that say nothing. A file is called after its subject."""

LONGEST_FILE, LONGEST_FUNCTION = 500, 60

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
"""Exceptions to the two lengths, as ``path`` and ``path:function``, each with its reason. Keep them few."""

SCREEN_WORDS = {"views", "api", "tasks", "forms", "templatetags"}
"""The parts of an app that ask through ``queries`` and write through ``actions``."""

MAY_ASK: dict[str, str] = {
    "paivand/access/views/identity.py": "notes the session for the sign-in library, which wants the request itself",
}
"""Modules of screens that use ``.objects``, each with its reason."""

WRITING_WORDS = {"actions", "models", "migrations"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "delete", "get_or_create", "update_or_create"}
MAY_WRITE: dict[str, str] = {
    "paivand/core/paper.py": "saves a document into memory, and no record",
    "paivand/evidence/rules/report_docx.py": "saves a document into memory, and no record",
    "paivand/access/views/sign_in.py": "stores the hash of a chosen password where the sign-in library asks for it",
}
"""Modules outside actions, models and operate that write records, each with its reason."""

RAW_SQL: dict[str, str] = {
    "paivand/collect/queries/door.py": "asks for device, worker and right at once, on every request",
    "paivand/collect/queries/survey_counts.py": "counts the answers to many questions in one pass over their JSON",
    "paivand/evidence/queries/figures.py": "sends the statements that count, as the role that reads for figures",
    "paivand/evidence/queries/loading.py": "reads facts by the million, by COPY, as that role",
    "paivand/evidence/queries/snapshots.py": "asks whether the files are of this database, and counts steps",
    "paivand/evidence/queries/tail.py": "asks what was written since, as that role",
    "paivand/desk/views/health.py": "asks only whether the database answers, before anybody has an identity",
}
"""Modules outside actions, models and operate that send SQL of their own, each with its reason."""

UNDECORATED_WRITERS: dict[str, str] = {
    "paivand/programme/actions/inside.py:set_values": "a part of the actions that change a row of a programme",
    "paivand/cases/actions/assignment.py:move_to": "a part of two actions: moves a case with all that lies in it",
    "paivand/cases/actions/notices.py:tell_all": "a part of actions: tells workers what one of them did",
    "paivand/cases/actions/transfers.py:expire_transfers": "upkeep by the program itself, for nobody",
    "paivand/access/actions/mechanism.py:record_event": "writes the audit row of every action, and of signing in",
    "paivand/access/actions/mechanism.py:record_events": "writes the audit rows of an action on many records",
    "paivand/access/actions/users.py:create_first_administrator": "there is nobody yet who could hold the right",
    "paivand/cases/actions/cases.py:move_case": "a part of every action that changes a case's state",
    "paivand/cases/actions/dues.py:recompute": "a part of the actions that change what days follow from",
    "paivand/cases/actions/dues.py:carry_next": "a part of the actions on what is due",
    "paivand/cases/actions/dues.py:note_contact": "a part of the actions that write down a contact",
    "paivand/cases/actions/dues.py:note_done": "a part of the actions by which something due is done",
    "paivand/cases/actions/dues.py:set_due": "a part of the actions that agree on a day",
    "paivand/cases/actions/reached.py:give_step": "a part of the actions by which help reaches somebody",
    "paivand/cases/actions/reached.py:keep_former": "a part of the actions that correct a record",
    "paivand/cases/actions/reached.py:recount_contact": "a part of the actions that correct a contact",
    "paivand/cases/actions/selection_list.py:write_step_of": "a part of three actions; a record refuses it elsewhere",
    "paivand/collect/actions/survey_answers.py:write_answers": "a part of taking in what arrived",
    "paivand/collect/actions/concerning.py:blank_mentions": "a part of a withdrawal, and of taking in after it",
    "paivand/collect/actions/concerning.py:remember_keys": "a part of taking a form in, and of every attempt to",
    "paivand/collect/actions/erasing.py:erase_forms": "a part of withdrawing a consent, which is an action",
    "paivand/collect/actions/work.py:erase_rows_of": "a part of withdrawing a consent, which is an action",
    "paivand/collect/actions/moving.py:move": "the one place that moves a submission, a part of every action on it",
    "paivand/collect/actions/devices.py:note_contact": "a device's own row: when it was here, and with which forms",
    "paivand/collect/actions/work.py:keep_rows": "a step of a job whose beginning and end are actions",
    "paivand/collect/actions/work.py:wake_silent_lists": "upkeep by the program itself, for nobody",
    "paivand/collect/actions/survey_files.py:tell_progress": "a step of a job whose beginning and end are actions",
    "paivand/collect/actions/survey_files.py:wake_silent_files": "upkeep by the program itself, for nobody",
    "paivand/evidence/actions/report_works.py:wake_silent_works": "upkeep by the program itself, for nobody",
    "paivand/learning/actions/certificate_batches.py:stop_batch": "the program itself ends what nobody may go on with",
    "paivand/learning/actions/certificate_batches.py:wake_silent_batches": "upkeep by the program itself, for nobody",
    "paivand/learning/actions/certificates.py:issue_rows": "a part of two actions; a record refuses it elsewhere",
    "paivand/learning/actions/attendance.py:recount": "a part of the actions on attendance: counts from the marks",
    "paivand/learning/actions/completion.py:judge": "a part of two actions: finishing a group, judging again",
    "paivand/learning/actions/enrolments.py:let_go": "a part of leaving, of cancelling and of a withdrawn consent",
    "paivand/learning/actions/inside.py:move": "the one place that changes where a learner stands",
    "paivand/learning/actions/inside.py:move_all": "the same for many learners of one group",
    "paivand/learning/actions/inside.py:save_counts": "a part of every action that changes a learner's state",
    "paivand/learning/actions/photos.py:keep_photo": "a part of two actions: of an observation, of a session",
    "paivand/learning/actions/steps.py:give_steps": "a part of the actions by which a course reached somebody",
    "paivand/learning/actions/steps.py:give_part": "a part of leaving a group",
    "paivand/learning/actions/steps.py:take_step_back": "a part of taking a result back",
    "paivand/learning/actions/timetables.py:fit": "a part of changing what was planned for a group",
    "paivand/learning/actions/withdrawals.py:erase_names": "a part of a withdrawn consent to registration",
    "paivand/outreach/actions/files.py:keep_file": "a part of two actions: of recording an entry, of adding a file",
    "paivand/referrals/actions/disclosing.py:disclose": "a part of sending and of making a link",
    "paivand/referrals/actions/links.py:make_link": "a part of two actions; a record refuses it elsewhere",
    "paivand/referrals/actions/moving.py:move": "the one place that moves a referral, a part of every action on it",
    "paivand/referrals/actions/moving.py:add_note": "a part of three actions; a record refuses it elsewhere",
    "paivand/referrals/actions/moving.py:count_help": "a part of every answer that help was given",
    "paivand/referrals/actions/moving.py:close_to_receiver": "a part of taking back, stopping and expiring",
    "paivand/referrals/actions/notices.py:mark_seen": "a part of opening a referral from either side",
    "paivand/referrals/actions/notices.py:tell": "a part of every action that somebody is told of",
    "paivand/protection/actions/referrals.py:count_help": "called inside the actions in which an answer is seen",
    "paivand/registry/actions/people.py:rewrite_keys": "a part of two actions; a record refuses it elsewhere",
    "paivand/registry/actions/families.py:keep_changed": "the end of every action that edits a row of the registry",
    "paivand/registry/actions/people.py:note_change": "a part of actions on stays, ties and members",
}
"""Public functions in actions that write without being an action, each with its reason."""

PRINTERS = {"paivand/__main__.py": "prints the version before anything is set up"}


@lru_cache(maxsize=2048)
def _parsed(path: Path, _changed_at: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return _parsed(path, path.stat().st_mtime_ns)


def sources(root: Path, *folders: str) -> list[Path]:
    """All Python files below the folders (``paivand`` unless named otherwise), in order."""
    found = (path for folder in folders or ("paivand",) for path in (root / folder).rglob("*.py"))
    return sorted(path for path in found if "__pycache__" not in path.parts)


def where(root: Path, path: Path, line: int | None = None) -> str:
    """A place that an editor can jump to."""
    place = path.relative_to(root).as_posix()
    return f"{place}:{line}" if line else place


def word_of(root: Path, path: Path) -> str:
    """The word of the app's part that a file belongs to: ``views`` for ``paivand/desk/views/pages.py``."""
    parts = path.relative_to(root / "paivand").with_suffix("").parts
    return parts[1] if len(parts) > 1 else parts[0]


def room_of(root: Path, path: Path) -> str:
    """The first word below ``paivand``."""
    return path.relative_to(root / "paivand").with_suffix("").parts[0]


# --- words and sizes -------------------------------------------------------------------------------------------------


def misplaced_files(root: Path = ROOT) -> list[str]:
    """Files that do not belong to the words of the house, or whose name says nothing."""
    return [*_foreign_words(root), *_empty_words(root)]


def _foreign_words(root: Path) -> Iterator[str]:
    for path in sorted((root / "paivand").iterdir()):
        if path.suffix == ".py" and path.stem not in TOP_MODULES:
            yield f"{where(root, path)}: the top holds only {_listed(TOP_MODULES)}. Move the file into a room."
        if not path.is_dir() or path.name in {"__pycache__", "methods"}:
            continue
        if path.name in NO_ROOMS:
            for module in path.rglob("*.py"):
                yield f"{where(root, module)}: {path.name} holds no Python. Move the file into a room."
            continue
        allowed = set(OPERATE_WORDS) if path.name == "operate" else FILE_WORDS | set(OWN_WORDS.get(path.name, {}))
        for part in sorted(path.iterdir()):
            if part.name == "__pycache__" or (part.is_file() and part.suffix != ".py"):
                continue
            if part.stem not in allowed:
                yield (
                    f"{where(root, part)}: an app consists of {_listed(allowed)}. Put the content into one of them"
                    + (", or add the word with its subject to OPERATE_WORDS." if path.name == "operate" else ".")
                )


def _empty_words(root: Path) -> Iterator[str]:
    for path in sources(root, "paivand", "tests", "docs", "bench"):
        for part in path.relative_to(root).with_suffix("").parts:
            if EMPTY_WORDS & set(part.lower().split("_")):
                yield f"{where(root, path)}: {part!r} says nothing about its content. Name it after its subject."
                break


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(words))


def overlong(root: Path = ROOT) -> list[str]:
    """Files over 500 lines, functions over 60, and exceptions that are no longer needed."""
    found, files, functions = [], set(), set()
    for path in sources(root, "paivand", "tests", "docs", "bench"):
        place = where(root, path)
        if "migrations" in path.parts:
            continue
        n_lines = len(path.read_text(encoding="utf-8").splitlines())
        if n_lines > LONGEST_FILE:
            files.add(place)
            if place not in LONG_FILES:
                found.append(f"{place}: {n_lines} lines; at most {LONGEST_FILE}. Make it a package of nouns.")
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                functions.add(f"{place}:{node.name}")
                if f"{place}:{node.name}" not in LONG_FUNCTIONS:
                    found.append(
                        f"{place}:{node.lineno}: {node.name} has {length} lines; at most {LONGEST_FUNCTION}. "
                        "Give its parts names of their own."
                    )
    stale = (set(LONG_FILES) - files) | (set(LONG_FUNCTIONS) - functions)
    return found + [f"{name}: is short enough now. Take it off the exceptions of {HERE}." for name in sorted(stale)]


# --- habits ----------------------------------------------------------------------------------------------------------


def _search(root: Path, judge: Callable[[Path, ast.AST], str | None]) -> list[str]:
    found = []
    for path in sources(root):
        for node in ast.walk(tree_of(path)):
            said = judge(path, node)
            if said:
                found.append(f"{where(root, path, getattr(node, 'lineno', None))}: {said}")
    return found


def lookups_by_name(root: Path = ROOT) -> list[str]:
    """``apps.get_model`` outside migrations: it hides an arrow from the contracts."""

    def judge(path: Path, node: ast.AST) -> str | None:
        if "migrations" in path.parts or not (isinstance(node, ast.Attribute) and node.attr == "get_model"):
            return None
        return "get_model hides an import from the contracts. Import the model, or turn the arrow round."

    return _search(root, judge)


def direct_questions(root: Path = ROOT) -> list[str]:
    """``.objects`` in views, forms, template tags, APIs and tasks."""

    def judge(path: Path, node: ast.AST) -> str | None:
        if word_of(root, path) not in SCREEN_WORDS or where(root, path) in MAY_ASK:
            return None
        if not isinstance(node, ast.Attribute) or node.attr not in {"objects", "_default_manager", "_base_manager"}:
            return None
        return f".{node.attr} here passes by the first wall. Ask through a function of the app's queries that takes by."

    return _search(root, judge)


def receivers(root: Path = ROOT) -> list[str]:
    """Signal receivers outside ``core``: they act where nobody reads."""

    def judge(path: Path, node: ast.AST) -> str | None:
        if room_of(root, path) == "core":
            return None
        modules: list[str] = []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        if not any("signals" in module.split(".") or module.startswith("django.dispatch") for module in modules):
            return None
        return "signals act where nobody reads. Call what should happen from the action."

    return _search(root, judge)


def prints(root: Path = ROOT) -> list[str]:
    """``print`` and ``breakpoint`` left in the program."""

    def judge(path: Path, node: ast.AST) -> str | None:
        if where(root, path) in PRINTERS or not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return None
        if node.func.id not in {"print", "breakpoint"}:
            return None
        return f"{node.func.id}() was left behind. Commands write to self.stdout; all else logs or stays silent."

    return _search(root, judge)


def blocked_waits(root: Path = ROOT) -> list[str]:
    """Browser tests that let the page evaluate a text again and again: its policy forbids all but the first look."""
    return [
        f"{where(root, path, node.lineno)}: the page may not evaluate what {node.attr} asks a second time. "
        "Use expect(), or ask from outside with eventually()."
        for path in sources(root, "tests/browser")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "wait_for_function"
    ]


def writes_outside_actions(root: Path = ROOT) -> list[str]:
    """Records saved, created or deleted outside actions, models and operate; and SQL sent from there."""

    def judge(path: Path, node: ast.AST) -> str | None:
        if word_of(root, path) in WRITING_WORDS or room_of(root, path) == "operate":
            return None
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return None
        name, place = node.func.attr, where(root, path)
        if name in {"cursor", "raw", "extra"} and place not in RAW_SQL:
            return f".{name}() sends SQL of its own. Write the question as a queryset, or the verb as an action."
        if place not in MAY_WRITE and (name in WRITES or (name == "update" and _on_rows(node.func.value))):
            return f".{name}() writes outside an action. Move it into an @action of the app."
        return None

    return _search(root, judge)


def _on_rows(receiver: ast.expr) -> bool:
    """Whether ``update`` is called on a queryset rather than on a dictionary."""
    asked = {"objects", "filter", "exclude", "all", "seen_by", "live", "using"}
    return any(isinstance(node, ast.Attribute) and node.attr in asked for node in ast.walk(receiver))


# --- actions ---------------------------------------------------------------------------------------------------------


def loose_actions(root: Path = ROOT) -> list[str]:
    """Public functions in actions that write without ``@action``, and actions that are not keyword-only."""
    found, undecorated = [], set()
    for path in sources(root):
        if word_of(root, path) != "actions":
            continue
        for node in tree_of(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            place = f"{where(root, path)}:{node.lineno}: {node.name}"
            if not _is_action(node):
                name = f"{where(root, path)}:{node.name}"
                if _writes(node):
                    undecorated.add(name)
                    if name not in UNDECORATED_WRITERS:
                        found.append(f"{place} writes and is no action. Decorate it with @action(Verb...).")
                continue
            if node.args.args or node.args.posonlyargs or node.args.vararg:
                found.append(f"{place} takes positional arguments. Put a * first.")
            if "by" not in {argument.arg for argument in node.args.kwonlyargs}:
                found.append(f"{place} does not say who acts. Add by: User.")
    stale = sorted(set(UNDECORATED_WRITERS) - undecorated)
    return found + [f"{name}: is an action now, or gone. Take it off UNDECORATED_WRITERS of {HERE}." for name in stale]


def _is_action(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "action"
        for one in node.decorator_list
    )


def _writes(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and (one.func.attr in WRITES or (one.func.attr == "update" and _on_rows(one.func.value)))
        for one in ast.walk(node)
    )


def idle_verbs(verbs: dict[str, str], root: Path = ROOT) -> list[str]:
    """Verbs (by constant and value) that no action, page or policy uses."""
    used = {
        node.attr
        for path in sources(root)
        if word_of(root, path) != "rules"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Verb"
    }
    return [
        f"{value}: nothing uses this verb. Remove it, or use it." for name, value in verbs.items() if name not in used
    ]


# --- the contracts ---------------------------------------------------------------------------------------------------


def layers(root: Path = ROOT) -> list[set[str]]:
    """The list of rooms from top to bottom, as the first contract has it."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    rooms = contracts["contracts"][0]["layers"]
    return [set(re.findall(r"\w+", layer)) for layer in rooms]


def broken_contracts(root: Path = ROOT) -> str:
    """What import-linter says about a copy of the repository; empty when all contracts are kept."""
    command = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"
    run = subprocess.run(
        [sys.executable, "-c", command, "--config", "pyproject.toml", "--no-cache"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if run.returncode == 0 else run.stdout + run.stderr

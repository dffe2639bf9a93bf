"""The data dictionary: every table, every column, its privacy class, and who may read and write it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, models

from docs.pages.columns import COLUMNS, LIBRARY, meaning
from docs.pages.markdown import code, document, first_paragraph, folded, table
from docs.pages.words import words
from paivand.access.models.policies import Policy
from paivand.access.models.walls import OPEN_TABLES, guarded_tables
from paivand.core.rules.privacy import Privacy


def page() -> str:
    """The whole page."""
    every = sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table)
    own = [model for model in every if model.__module__.startswith("paivand.")]
    others = [model for model in every if model not in own]
    _demand_no_ghosts(own)
    return document(
        "Data dictionary",
        "Every table of the database. *Personal* columns tell something about a person; the class says what. "
        "What the classes mean, and who may see them: [roles](roles.md).",
        table(["table", "what it holds", "class"], [[_link(m), first_paragraph(m.__doc__), _class(m)] for m in own]),
        *(_own(model) for model in own),
        "## Tables of libraries",
        table(
            ["table", "what for", "class", "who may read"],
            [[code(m._meta.db_table), LIBRARY[m._meta.db_table], *_library(m._meta.db_table)] for m in others],
        ),
        "## Tables without a policy",
        "They hold nothing about a person. The application's role may do with them:",
        table(["table", "rights"], [[code(name), rights] for name, rights in sorted(OPEN_TABLES.items())]),
    )


def _demand_no_ghosts(own: list[Any]) -> None:
    real = {model._meta.db_table: {field.column for field in model._meta.concrete_fields} for model in own}
    ghosts = [f"{t}.{c}" for t, columns in COLUMNS.items() for c in columns if c not in real.get(t, set())]
    if ghosts:
        raise LookupError(f"docs/pages/columns/ explains columns that do not exist: {ghosts}")


def _link(model: Any) -> str:
    name = model._meta.db_table
    return f"[`{name}`](#{name})"


def _class(model: Any) -> str:
    privacy: Privacy = model.privacy
    return code(privacy.data_class) if privacy.data_class else "nothing personal"


def _own(model: Any) -> str:
    name = model._meta.db_table
    rows = [_column(model, field) for field in model._meta.concrete_fields]
    lines = [
        f"## {name}",
        "",
        first_paragraph(model.__doc__),
        "",
        table(["column", "type", "meaning", "personal"], rows),
    ]
    policy = guarded_tables().get(name)
    if policy:
        lines += ["", table(["who may", ""], _rules(policy)), "", folded("The policies in SQL", "sql", _sql(policy))]
    return "\n".join(lines)


def _column(model: Any, field: models.Field[Any, Any]) -> list[str]:
    privacy: Privacy = model.privacy
    points = f", to {code(field.remote_field.model._meta.db_table)}" if field.remote_field else ""
    empty = ", may be empty" if field.null else ""
    kind = f"{field.db_type(connection)}{points}{empty}"
    personal = str(privacy.data_class) if field.name in privacy.personal else ""
    return [code(str(field.column)), kind, meaning(model._meta.db_table, str(field.column)), personal]


def _rules(policy: Policy) -> list[list[str]]:
    rules = (("read", policy.view), ("add", policy.add), ("change", policy.change), ("delete", policy.remove))
    return [[what, words(rule, policy.data_class) if rule else "nobody"] for what, rule in rules]


def _sql(policy: Policy) -> str:
    rules = (
        ("for select using", policy.view),
        ("for insert with check", policy.add),
        ("for update using, with check", policy.change),
        ("for delete using", policy.remove),
    )
    return "\n".join(f"{clause} {_broken(rule.sql(policy.data_class))}" for clause, rule in rules if rule)


def _broken(sql: str) -> str:
    return sql.replace(" or ", "\n    or ").replace(" and ", "\n    and ")


def _library(name: str) -> list[str]:
    policy = guarded_tables().get(name)
    if policy is None:
        return ["nothing personal", "the application"]
    return [code(str(policy.data_class)), words(policy.view, policy.data_class)]

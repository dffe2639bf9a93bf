"""The page of actions: everything that can change."""

from __future__ import annotations

import inspect

from docs.pages.markdown import code, document, first_paragraph, table
from docs.pages.sources import Action, actions
from paivand.access.rules.roles import ROLES, roles_with


def page() -> str:
    """The whole page."""
    found = actions()
    return document(
        "Actions",
        "An action is the only way to change a record. Each is declared with `@action(verb)`: one name gives the "
        "permission, the scope check, the transaction and the audit event. See `paivand/access/actions/mechanism.py`.",
        table(["verb", "action", "the place that is checked"], [[code(a.verb), _link(a), _place(a)] for a in found]),
        *(_section(action) for action in found),
    )


def _link(action: Action) -> str:
    return f"[{action.name}](#{_anchor(action)})"


def _anchor(action: Action) -> str:
    return action.name.replace(".", "")


def _place(action: Action) -> str:
    if action.self_service:
        return "the actor's own account"
    return code(action.on) if action.on else "the whole programme"


def _section(action: Action) -> str:
    holders = ", ".join(ROLES[key].name for key in ROLES if key in roles_with(action.verb))
    lines = [
        f"## {action.name}",
        "",
        first_paragraph(action.function.__doc__),
        "",
        "```python",
        _signature(action),
        "```",
        "",
        f"- Verb: {code(action.verb)}",
        f"- Who: {holders}",
        f"- The place that is checked: {_place(action)}",
    ]
    if action.remarks:
        lines.append(f"- Noted beside the event: {', '.join(code(word) for word in action.remarks)}")
    if action.refusals:
        lines.append(f"- Refusals in its own body: {', '.join(code(word) for word in action.refusals)}")
    return "\n".join(lines)


def _signature(action: Action) -> str:
    signature = inspect.signature(action.function)
    lines = [f"    {parameter.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD)}," for parameter in
             signature.parameters.values()]  # fmt: skip
    answer = signature.return_annotation
    return "\n".join([f"{action.function.__name__}(", "    *,", *lines, f") -> {answer}"]).replace("'", "")

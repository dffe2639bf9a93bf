"""Reads the program's sources: its actions and what they note, without running any of them."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import paivand
from paivand.access.actions.mechanism import ACTIONS
from paivand.access.rules.verbs import Verb


@dataclass(frozen=True)
class Action:
    """One action, as its source declares it.

    Args:
        name: its module without ``paivand.`` and its function.
        on: the argument whose place is checked; empty for the whole programme.
        self_service: whether it concerns the actor's own account only.
        remarks: what its body notes beside the event.
        refusals: the codes of the refusals that stand in its body.
    """

    name: str
    verb: Verb
    function: Callable[..., Any]
    on: str
    self_service: bool
    remarks: tuple[str, ...]
    refusals: tuple[str, ...]


def actions() -> list[Action]:
    """Every action, by verb and name."""
    for module in pkgutil.walk_packages(paivand.__path__, "paivand."):
        if ".actions" in module.name:
            importlib.import_module(module.name)
    found = [_action(name, run) for name, run in ACTIONS.items() if name.startswith("paivand.")]
    order = list(Verb)
    return sorted(found, key=lambda action: (order.index(action.verb), action.name))


def _action(name: str, run: Callable[..., Any]) -> Action:
    body = inspect.unwrap(run)
    tree = ast.parse(textwrap.dedent(inspect.getsource(body)))
    declared = {word.arg: word.value for word in _declaration(tree).keywords}
    on, alone = declared.get("on"), declared.get("self_service")
    return Action(
        name=name.removeprefix("paivand."),
        verb=run.verb,  # type: ignore[attr-defined]
        function=body,
        on=str(on.value) if isinstance(on, ast.Constant) else "",
        self_service=isinstance(alone, ast.Constant) and bool(alone.value),
        remarks=tuple(dict.fromkeys(word.arg for call in _calls(tree, "remark") for word in call.keywords if word.arg)),
        refusals=tuple(
            dict.fromkeys(
                str(call.args[1].value)
                for call in _calls(tree, "Refused")
                if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
            )
        ),
    )


def _declaration(tree: ast.Module) -> ast.Call:
    return next(_calls(tree, "action"))


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
            yield node

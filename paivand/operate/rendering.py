"""Why migrating an empty database is quick: what a migration adds is rendered without its relatives.

When a migration creates a table, an index or a constraint, Django renders anew every model that hangs together with
it, however far. Here nearly every table points at people, places and users, so that each new one costs as much as all
before it. But a model that did not exist before changes nothing about the others: that it points at them becomes known
to them when it is rendered. An index or a constraint concerns its own model only. Everything else stays as Django does
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ModelState, ProjectState


@contextmanager
def rendered_alone() -> Iterator[None]:
    """Within the block, new models, indexes and constraints of migrations are rendered alone."""
    former = {name: getattr(ProjectState, name) for name in ("add_model", "add_index", "add_constraint")}
    alone = {
        "add_model": _model(former["add_model"]),
        "add_index": _option("indexes"),
        "add_constraint": _option("constraints"),
    }
    try:
        for name, method in alone.items():
            setattr(ProjectState, name, method)
        yield
    finally:
        for name, method in former.items():
            setattr(ProjectState, name, method)


def _model(ordinary: Callable[[ProjectState, ModelState], None]) -> Callable[[Any, ModelState], None]:
    def add_model(self: Any, model_state: ModelState) -> None:
        key = (model_state.app_label, model_state.name_lower)
        apps = self.__dict__.get("apps")
        if apps is None or key in self.models:
            ordinary(self, model_state)
            return
        self.models[key] = model_state
        if self._relations is not None:
            self.resolve_model_relations(key)
        apps.render_multiple([model_state])

    return add_model


def _option(name: str) -> Callable[[Any, str, str, object], None]:
    def add_option(self: Any, app_label: str, model_name: str, added: object) -> None:
        options = self.models[app_label, model_name].options
        options[name] = [*options[name], added]
        if "apps" in self.__dict__:
            meta = self.apps.all_models[app_label][model_name.lower()]._meta
            setattr(meta, name, [*getattr(meta, name), added])

    return add_option

"""Migrating an empty database renders what is new alone, and ends with the same models."""

from __future__ import annotations

from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState

from paivand.operate.rendering import rendered_alone


def house() -> ModelState:
    return ModelState("town", "House", [("id", models.AutoField(primary_key=True)), ("number", models.IntegerField())])


def street(name: str) -> ModelState:
    key = models.ForeignKey("town.House", on_delete=models.PROTECT, related_name=f"{name.lower()}s")
    return ModelState("town", name, [("id", models.AutoField(primary_key=True)), ("house", key)])


def test_a_new_model_leaves_the_others_as_they_were_and_is_known_to_them() -> None:
    with rendered_alone():
        state = ProjectState()
        state.add_model(house())
        before = state.apps.get_model("town", "House")
        state.add_model(street("Lane"))
        state.add_model(street("Road"))
    assert state.apps.get_model("town", "House") is before
    assert {relation.get_accessor_name() for relation in before._meta.related_objects} == {"lanes", "roads"}
    assert state.apps.get_model("town", "Lane")._meta.get_field("house").related_model is before


def test_an_index_and_a_constraint_are_known_to_their_model_alone() -> None:
    index = models.Index(fields=["number"], name="houses_by_number")
    constraint = models.CheckConstraint(condition=models.Q(number__gt=0), name="houses_have_numbers")
    with rendered_alone():
        state = ProjectState()
        state.add_model(house())
        before = state.apps.get_model("town", "House")
        state.add_index("town", "house", index)
        state.add_constraint("town", "house", constraint)
    assert state.apps.get_model("town", "House") is before
    assert [one.name for one in before._meta.indexes] == ["houses_by_number"]
    assert [one.name for one in before._meta.constraints] == ["houses_have_numbers"]
    options = state.models["town", "house"].options
    assert (options["indexes"], options["constraints"]) == ([index], [constraint])


def test_a_model_that_comes_again_is_rendered_as_django_does_it() -> None:
    with rendered_alone():
        state = ProjectState()
        state.add_model(house())
        state.add_model(street("Lane"))
        before = state.apps.get_model("town", "Lane")
        state.add_model(house())
    assert state.apps.get_model("town", "Lane") is not before


def test_after_it_django_is_as_it_was() -> None:
    before = (ProjectState.add_model, ProjectState.add_index, ProjectState.add_constraint)
    with rendered_alone():
        assert ProjectState.add_model is not before[0]
    assert (ProjectState.add_model, ProjectState.add_index, ProjectState.add_constraint) == before


def test_all_migrations_lead_to_the_same_state_either_way(db: None) -> None:
    loader = MigrationExecutor(connection).loader
    ordinary = loader.project_state()
    with rendered_alone():
        quick = ProjectState(real_apps=loader.unmigrated_apps)
        assert quick.apps is not None
        for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
            loader.graph.nodes[app, name].mutate_state(quick, preserve=False)
    assert {key: sorted(model.fields) for key, model in quick.models.items()} == {
        key: sorted(model.fields) for key, model in ordinary.models.items()
    }
    assert {key: model.options.get("constraints") for key, model in quick.models.items()} == {
        key: model.options.get("constraints") for key, model in ordinary.models.items()
    }

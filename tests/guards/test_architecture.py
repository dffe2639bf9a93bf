"""The house keeps its plan: rooms, file words, sizes, and habits that imports cannot show."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from paivand.access.rules.events import EVENT_NAMES
from paivand.access.rules.roles import ROLES, RoleKey
from paivand.access.rules.verbs import VERB_MEANING, Verb
from tests.guards import house
from tests.guards.actions import all_actions
from tests.guards.keys import upward_keys

WITHOUT_ROLE: dict[Verb, str] = {}
"""Verbs that no role holds, each with its reason."""


def none(defects: Iterable[str]) -> None:
    """Fail with every defect on a line of its own."""
    found = list(defects)
    assert not found, "\n" + "\n".join(found)


def test_the_contracts_between_rooms_are_kept():
    said = house.broken_contracts()
    assert not said, said


def test_every_file_has_a_word_of_the_house():
    none(house.misplaced_files())


def test_every_word_of_operate_is_in_use():
    present = {path.stem for path in (house.ROOT / "paivand/operate").iterdir()}
    none([f"{word}: gone from operate. Take it off OPERATE_WORDS." for word in set(house.OPERATE_WORDS) - present])


def test_files_and_functions_stay_short():
    none(house.overlong())


def test_models_are_imported_and_never_looked_up():
    none(house.lookups_by_name())


def test_screens_ask_through_queries():
    none(house.direct_questions())


def test_nothing_listens_to_signals_outside_core():
    none(house.receivers())


def test_no_print_is_left():
    none(house.prints())


def test_browser_tests_wait_for_nothing_that_the_page_forbids():
    none(house.blocked_waits())


def test_only_actions_write():
    none(house.writes_outside_actions())


def test_every_writing_function_of_actions_is_an_action_with_keywords_only():
    none(house.loose_actions())


def test_every_foreign_key_points_down():
    none(upward_keys(apps.get_models(include_auto_created=True), house.layers()))


@isolate_apps("paivand.access", "paivand.registry")
def test_a_foreign_key_that_points_up_is_named():
    class Family(models.Model):
        class Meta:
            app_label = "registry"

    class Staff(models.Model):
        family = models.ForeignKey(Family, on_delete=models.PROTECT)

        class Meta:
            app_label = "access"

    assert upward_keys([Family], house.layers()) == []
    assert ["access.Staff.family points up to registry.Family" in said for said in upward_keys([Staff], house.layers())]


def test_nobody_has_to_learn_more_than_a_few_verbs():
    """Decision 26: what counts is how many a role holds, and how many a room brings."""
    assert len(Verb) <= 72, "Seventy-two verbs are enough. Join two before adding one."
    most = {RoleKey.SUPERVISOR: 34}
    none([f"{role.key}: {len(role.verbs)} verbs. Give away one before adding another." for role in ROLES.values()
          if len(role.verbs) > most.get(role.key, 30)])  # fmt: skip


@pytest.mark.parametrize("verb", Verb)
def test_a_verb_is_noun_and_verb_with_a_meaning_and_a_holder(verb):
    assert re.fullmatch(r"[a-z]+\.[a-z]+", verb), f"{verb}: write a verb as noun.verb."
    assert VERB_MEANING.get(verb), f"{verb}: say what it means in VERB_MEANING."
    assert EVENT_NAMES.get(verb), f"{verb}: say what its audit event is called in EVENT_NAMES."
    held = [role for role in ROLES.values() if verb in role.verbs]
    assert held or WITHOUT_ROLE.get(verb), f"{verb}: no role holds it. Give it to one, or say why in WITHOUT_ROLE."


def test_every_verb_is_used():
    none(house.idle_verbs({verb.name: verb.value for verb in Verb}))


def test_every_action_has_a_verb():
    actions = all_actions()
    assert actions, "No action registers itself: see the decorator in access/actions/mechanism.py."
    none([f"{name}: {run.verb!r} is no verb. Add it to Verb." for name, run in actions.items()
          if not isinstance(run.verb, Verb)])  # fmt: skip

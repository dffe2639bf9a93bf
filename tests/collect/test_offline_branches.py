"""Telephones that change one family offline, against the database: no change is lost, each conflict is flagged.

The rules alone are walked in ``test_entity_rules.py``. Here forms go through the door, the worker takes them in, and
telephones read the list that the door gives out. Two workers have three telephones, somebody else writes at a screen,
forms arrive in any order and more than once, and what waits for five days is applied without what it waited for.
``PAIVAND_FAULTS=1`` walks longer and more often.
"""

from __future__ import annotations

import csv
import os
import uuid
from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.actions.entities import resolve_conflict
from paivand.collect.actions.taking import run_what_waited_out, take_waiting
from paivand.collect.models import EntityChange, Submission
from paivand.collect.rules.entities import AWAITED, ChangeKind, Conflict, Resolution
from paivand.collect.rules.filled import read_filled
from paivand.core.rules.writing import writing
from tests.cast import fresh
from tests.collect.field import Phone, device_of
from tests.collect.offline import NAMES, Device, History, Sent
from tests.collect.test_entities import changed, on_screen, stands

HEAVY = bool(os.environ.get("PAIVAND_FAULTS"))
VALUES = {
    "village": ("Сарчашма", "Навобод"), "housing": ("rented", "parents"), "land": ("rented", "none"),
}  # fmt: skip
CHANGES = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in names})
)


class Offline(RuleBasedStateMachine):
    """One registered family, three telephones of two workers, a screen, and a post that mixes everything up."""

    forms = Bundle("forms")

    def __init__(self, family: Any, workers: Any, phones: Any) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.family, self.workers = family, workers
        self.phones: list[Phone] = phones
        whole = stands(family, workers[0])
        self.history = History({name: getattr(whole, name) for name in NAMES}, whole.version)
        self.devices = [Device(family.pk, 1, uuid.uuid4) for _phone in phones]
        self.sent: dict[int, Sent] = {}
        self.of: dict[int, int] = {}
        self.xml: dict[int, bytes] = {}
        self.instances: dict[str, int] = {}
        self.arrived: set[int] = set()
        self.forced: set[int] = set()
        self.settled: set[int] = set()

    # --- what people do ---

    @rule(target=forms, n=st.integers(0, 2), values=CHANGES)
    def fill_in(self, n: int, values: dict[str, str]) -> int:
        """A worker changes something on one of her telephones; it is not sent yet."""
        form = self.devices[n].fills_in(len(self.sent), values)
        write = form.write
        xml = changed(
            self.family.pk, base=write.base_version or 0, trunk=write.trunk_version, branch=write.branch_id,
            told={"visit/people": str(self.family.head_id)}, **values,
        )  # fmt: skip
        self.sent[form.number], self.of[form.number], self.xml[form.number] = form, n, xml
        self.instances[read_filled(xml).instance_id] = form.number
        return form.number

    @rule(n=st.integers(0, 2))
    def fetch(self, n: int) -> None:
        """A telephone reads the worker's list; what it shows is what stands."""
        answer = self.phones[n].get("/lists/families.csv")
        rows = {row["name"]: row for row in csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))}
        row, now = rows[str(self.family.pk)], self.history.stands
        assert ({name: row[name] for name in NAMES}, int(row["__version"])) == (now.values, now.version)
        self.devices[n].reads(now.version)

    @rule(values=CHANGES)
    def edit_on_the_screen(self, values: dict[str, str]) -> None:
        """Somebody changes the family's file."""
        on_screen(self.family, self.workers[0], **values)
        self.history.write(values)

    @rule(keeps=st.sampled_from([Resolution.SENT, Resolution.FORMER]))
    def settle(self, keeps: Resolution) -> None:
        """The supervisor settles the oldest conflict that is open."""
        by = fresh(self.workers[1])
        with acting_as(by):
            open_ = EntityChange.objects.filter(conflict=Conflict.HARD, resolution="").order_by("at", "id").first()
            if open_ is None:
                return
            number = self.instances[open_.submission.instance_id]
            seen = stands(self.family, by).version
            resolve_conflict(change=open_, version=open_.version, keeps=keeps, seen=seen, by=by)
        self.settled.add(number)
        at = next(n for n, row in enumerate(self.history.rows) if row.number == number)
        counts = self.history.rows[at - 1].values if keeps is Resolution.FORMER else self.sent[number].write.values
        self.history.write({name: counts[name] for name in open_.disputed})

    # --- what the post and the worker process do ---

    @rule(number=forms)
    def arrive(self, number: int) -> None:
        """A form arrives, for the first time or once more because the answer was lost."""
        answer = self.phones[self.of[number]].send(self.xml[number])
        assert answer.status_code == (202 if number in self.arrived else 201), answer.content
        self.arrived.add(number)

    @rule(n=st.integers(0, 1))
    def take(self, n: int) -> None:
        """The worker process takes in what waits of one sender."""
        take_waiting(self.workers[n].pk)
        self._follow()

    @rule()
    def five_days_pass(self) -> None:
        """What has waited for five days is applied without what it waited for."""
        with for_purpose("upkeep"), writing("tests"):
            Submission.objects.filter(state="held").update(
                received_at=F("received_at") - AWAITED, held_until=F("held_until") - AWAITED - timedelta(seconds=1)
            )
        run_what_waited_out()
        for worker in self.workers:
            take_waiting(worker.pk)
            self._follow()

    # --- what must be so ---

    @invariant()
    def the_last_write_stands(self) -> None:
        row, now = stands(self.family, self.workers[0]), self.history.stands
        assert ({name: getattr(row, name) for name in NAMES}, row.version) == (now.values, now.version)

    @invariant()
    def no_change_is_lost(self) -> None:
        states = self._states()
        assert set(states) == self.arrived
        done = set(self.history.applied())
        for number, (state, problem) in states.items():
            if number in done:
                assert state == "taken"
            else:
                assert (state, problem) in {("waiting", ""), ("held", "waits")}
                after = self.sent[number].after
                assert state == "waiting" or (after is not None and after not in done), "it waits for nothing"

    def teardown(self) -> None:
        try:
            self._end()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def _end(self) -> None:
        """At last everything arrives; then all is sent once more, and nothing moves."""
        for number in self.sent:
            self.arrive(number)
        for n in range(len(self.workers)):
            self.take(n)
        assert {state for state, _problem in self._states().values()} <= {"taken"}
        assert sorted(self.history.applied()) == sorted(self.sent), "each change was applied once"
        with for_purpose("upkeep"):
            kept = list(EntityChange.objects.order_by("id").values())
        for number in reversed(self.sent):
            self.arrive(number)
        for n in range(len(self.workers)):
            self.take(n)
        with for_purpose("upkeep"):
            assert list(EntityChange.objects.order_by("id").values()) == kept
        self.the_last_write_stands()
        self.no_change_is_lost()

    def _states(self) -> dict[int, tuple[str, str]]:
        with for_purpose("upkeep"):
            found = Submission.objects.values_list("instance_id", "state", "problem")
            return {self.instances[instance]: (state, problem) for instance, state, problem in found}

    def _follow(self) -> None:
        """Read what was applied since, in its order, and let the naive judge look at each change."""
        done = set(self.history.applied())
        with for_purpose("upkeep"):
            rows = EntityChange.objects.select_related("submission").filter(kind=ChangeKind.UPDATE).order_by("at", "id")
            new = [row for row in rows if self.instances[row.submission.instance_id] not in done]
        for row in new:
            form = self.sent[self.instances[row.submission.instance_id]]
            is_early = form.after is not None and form.after not in self.history.applied()
            if is_early:
                self.forced.add(form.number)
            self.history.write(form.write.values, form.number)
            found: tuple[Mapping[str, Any], ...] = (row.sent_values,)
            assert found == (form.write.values,)
            assert (row.is_forced, row.row_version) == (is_early, self.history.stands.version)
            assert (row.conflict, tuple(row.disputed)) == self.history.judge(form, forced=is_early), form
        self._flagged()

    def _flagged(self) -> None:
        """Each true conflict is open until a person settles it."""
        numbers = self.history.applied()
        judged = {n: self.history.judge(self.sent[n], forced=n in self.forced)[0] for n in numbers}
        with for_purpose("upkeep"):
            open_ = EntityChange.objects.exclude(conflict="").filter(resolution="").select_related("submission")
            flagged = {self.instances[row.submission.instance_id]: row.conflict for row in open_}
        assert flagged == {n: one for n, one in judged.items() if one and n not in self.settled}


@pytest.mark.django_db
def test_whatever_telephones_change_offline_is_applied_held_or_flagged(zarina: Any, nasiba: Any, family: Any) -> None:
    phones = [Phone(device_of(user, label)[1]) for user, label in ((zarina, "a"), (zarina, "b"), (nasiba, "c"))]
    run_state_machine_as_test(
        lambda: Offline(family, (zarina, nasiba), phones),
        settings=settings(
            max_examples=60 if HEAVY else 4,
            stateful_step_count=25 if HEAVY else 15,
            suppress_health_check=list(HealthCheck),
        ),
    )

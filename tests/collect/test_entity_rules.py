"""Changes that devices made offline: which version they stand on, what waits, and that no conflict goes unnoticed.

The machine lets several devices and a screen work on one family, with answers that get lost, forms that arrive in any
order and more than once. A second, naive judge, which reads the whole history of values each time, must agree.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from paivand.collect.rules.entities import Conflict, Declared, Standing, Step, demand_sound, judge
from paivand.collect.rules.filled import EntityWrite
from paivand.core.rules.errors import Refused
from tests.collect.offline import NAMES, Device, History, Sent

FAMILY, BRANCH = uuid.UUID(int=1), uuid.UUID(int=2)
DECLARED = {"families": Declared(updates=True)}
HOUSE = Standing(3, {"village": "Даҳана", "housing": "own", "land": ""})


def change(
    base: int | None = 3, trunk: int | None = 3, branch: uuid.UUID | None = BRANCH, **values: str
) -> EntityWrite:
    """An update of a family."""
    return EntityWrite("families", FAMILY, False, True, base, trunk, branch, "", values or {"housing": "rented"})


def refused(write: EntityWrite, code: str, declared: Any = None) -> None:
    """That a change is not even looked at."""
    with pytest.raises(Refused) as said:
        demand_sound(write, DECLARED if declared is None else declared)
    assert said.value.code == code


def test_a_change_of_what_nobody_touched_meets_nothing() -> None:
    found = judge(change(), HOUSE, [], may_wait=True)
    assert (found.waits, found.conflict, found.base, found.values) == (False, Conflict.NONE, 3, {"housing": "rented"})


def test_changes_of_different_things_are_a_soft_conflict() -> None:
    stands = replace(HOUSE, version=4, changed_in={"village": 4})
    found = judge(change(), stands, [], may_wait=True)
    assert (found.conflict, found.disputed, found.values) == (Conflict.SOFT, (), {"housing": "rented"})


def test_changes_of_the_same_thing_are_a_hard_conflict_and_the_last_one_is_applied() -> None:
    stands = replace(HOUSE, version=4, values={**HOUSE.values, "housing": "parents"}, changed_in={"housing": 4})
    found = judge(change(), stands, [], may_wait=True)
    assert (found.conflict, found.disputed, found.values) == (Conflict.HARD, ("housing",), {"housing": "rented"})


def test_two_who_write_the_same_do_not_dispute() -> None:
    stands = replace(HOUSE, version=4, values={**HOUSE.values, "housing": "rented"}, changed_in={"housing": 4})
    found = judge(change(), stands, [], may_wait=True)
    assert (found.conflict, found.disputed, found.values) == (Conflict.SOFT, (), {})


def test_the_second_change_of_a_branch_stands_on_what_the_first_became() -> None:
    stands = replace(HOUSE, version=9, changed_in={"housing": 9})
    found = judge(change(base=4), stands, [Step(BRANCH, 3, 9)], may_wait=True)
    assert (found.waits, found.base, found.conflict) == (False, 9, Conflict.NONE)


def test_a_change_waits_for_the_one_before_it_and_is_applied_without_it_in_the_end() -> None:
    late = change(base=5)
    assert judge(late, HOUSE, [Step(BRANCH, 3, 4)], may_wait=True).waits
    assert judge(late, HOUSE, [Step(uuid.UUID(int=9), 4, 4)], may_wait=True).waits, "another branch is no help"
    found = judge(late, replace(HOUSE, version=4, changed_in={"housing": 4}), [], may_wait=False)
    assert (found.waits, found.forced, found.base, found.conflict) == (False, True, 3, Conflict.HARD)


def test_a_family_registered_offline_is_changed_from_version_one() -> None:
    new = Standing(1, {"village": "", "housing": "", "land": ""})
    assert judge(change(base=1, trunk=None), new, [], may_wait=True).base == 1
    assert judge(change(base=2, trunk=None), new, [], may_wait=True).waits
    grown = replace(new, version=2)
    assert judge(change(base=2, trunk=None), grown, [Step(BRANCH, 1, 2)], may_wait=True).base == 2


def test_history_that_is_not_known_is_a_conflict_of_all_that_differs() -> None:
    ahead = judge(change(base=12, trunk=12, village="Даҳана", housing="none"), HOUSE, [], may_wait=True)
    assert (ahead.base, ahead.conflict, ahead.disputed) == (None, Conflict.HARD, ("housing",))
    joined = judge(change(), replace(HOUSE, known=False), [], may_wait=True)
    assert (joined.base, joined.conflict) == (None, Conflict.HARD)


def test_empty_branches_and_trunks_count_for_nothing_but_a_trunk_needs_its_branch() -> None:
    plain = change(trunk=None, branch=None)
    demand_sound(plain, DECLARED)
    assert judge(plain, HOUSE, [], may_wait=True).base == 3
    refused(change(branch=None), "branch")
    refused(change(base=None), "branch")


def test_what_a_form_does_not_declare_is_refused() -> None:
    refused(change(), "undeclared", {})
    refused(change(), "undeclared", {"families": Declared(creates=True)})
    refused(change(head="Somebody"), "undeclared")
    refused(
        replace(change(), dataset="people", values={"sex": "male"}), "undeclared", {"people": Declared(updates=True)}
    )
    refused(replace(change(), dataset="groups"), "undeclared", {"groups": Declared(updates=True)})
    new = replace(change(None, None, None), creates=True, updates=False)
    refused(new, "undeclared")
    demand_sound(new, {"families": Declared(creates=True)})


# --- many devices, any order ------------------------------------------------------------------------------------------

VALUES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from("abc"), min_size=1, max_size=2)


class Devices(RuleBasedStateMachine):
    """One family, three devices, a screen, and a post that mixes everything up."""

    forms = Bundle("forms")

    def __init__(self) -> None:
        super().__init__()
        self.stands = Standing(1, dict.fromkeys(NAMES, ""))
        self.steps: list[Step] = []
        self.history = History(self.stands.values)
        self.held: dict[int, Sent] = {}
        self.taken: dict[int, tuple[Conflict, tuple[str, ...]]] = {}
        self.sent: dict[int, Sent] = {}
        # The first device registered the family itself and has not seen it come back.
        keys = count(100)
        self.devices = [Device(FAMILY, (n and 1) or None, lambda: uuid.UUID(int=next(keys))) for n in range(3)]
        self.forced: set[int] = set()

    # what people do

    @rule(target=forms, n=st.integers(0, 2), values=VALUES)
    def fill_in(self, n: int, values: dict[str, str]) -> Sent:
        """A worker changes something on her telephone, with or without a signal."""
        form = self.devices[n].fills_in(len(self.sent), values)
        self.sent[form.number] = form
        return form

    @rule(n=st.integers(0, 2))
    def fetch(self, n: int) -> None:
        """A device reads the list."""
        self.devices[n].reads(self.stands.version)

    @rule(values=VALUES)
    def edit_on_the_screen(self, values: dict[str, str]) -> None:
        """Somebody changes the family's file."""
        self._write(values, None)

    # what the post does

    @rule(target=forms, form=consumes(forms), again=st.booleans())
    def arrive(self, form: Sent, again: bool) -> Any:
        """A form arrives; its answer may be lost, and it comes again."""
        self._take(form)
        return form if again else multiple()

    @rule()
    def five_days_pass(self) -> None:
        """What waited long enough is applied without the change before it."""
        for form in list(self.held.values()):
            if form.number in self.held:
                self.forced |= set() if self._can_be_judged(form) else {form.number}
                self._take(form, may_wait=False)

    def teardown(self) -> None:
        for form in self.sent.values():
            self._take(form)
        while ready := [form for form in self.held.values() if self._can_be_judged(form)]:
            for form in ready:
                self._take(form)
        assert not self.held, "a change waits although all before it are here"
        assert set(self.taken) == set(self.sent), "a change was lost"
        for number, found in self.taken.items():
            assert found == self.history.judge(self.sent[number], forced=number in self.forced), number

    @invariant()
    def the_row_is_what_the_history_says(self) -> None:
        assert (self.stands.version, self.stands.values) == (self.history.stands.version, self.history.stands.values)

    def _can_be_judged(self, form: Sent) -> bool:
        return form.after is None or form.after in self.taken

    def _take(self, form: Sent, *, may_wait: bool = True) -> None:
        if form.number in self.taken:
            return
        found = judge(form.write, self.stands, self.steps, may_wait=may_wait)
        assert (found.waits or found.forced) == (not self._can_be_judged(form)), "only without the change before it"
        assert found.waits is False or may_wait
        if found.waits:
            self.held[form.number] = form
            return
        self.held.pop(form.number, None)
        assert {**self.stands.values, **found.values} == {**self.stands.values, **form.write.values}, (
            "last write applied"
        )
        self._write(form.write.values, form.number)
        self.steps.append(Step(form.write.branch_id, form.write.base_version, self.stands.version))
        self.taken[form.number] = (found.conflict, found.disputed)
        for later in [one for one in self.held.values() if one.after == form.number]:
            self._take(later)

    def _write(self, values: Mapping[str, str], number: int | None) -> None:
        changed = self.history.write(values, number)
        if changed:
            version = self.stands.version + 1
            self.stands = Standing(
                version, {**self.stands.values, **values},
                {**self.stands.changed_in, **dict.fromkeys(changed, version)},
            )  # fmt: skip


TestDevices = Devices.TestCase
TestDevices.settings = settings(max_examples=60, stateful_step_count=25)

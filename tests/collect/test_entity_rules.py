"""Changes that devices made offline: which version they stand on, what waits, and that no conflict goes unnoticed.

The machine lets several devices and a screen work on one family, with answers that get lost, forms that arrive in any
order and more than once. A second, naive judge, which reads the whole history of values each time, must agree.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from paivand.collect.rules.entities import Conflict, Declared, Standing, Step, demand_sound, judge
from paivand.collect.rules.filled import EntityWrite
from paivand.core.rules.errors import Refused

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

NAMES = ("village", "housing", "land")
VALUES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from("abc"), min_size=1, max_size=2)


@dataclass
class Device:
    """What one telephone knows of the family, and how it numbers its own changes."""

    version: int
    values: dict[str, str]
    trunk: int | None
    branch: uuid.UUID
    offline: bool = False


@dataclass(frozen=True)
class Sent:
    """A form on its way; ``after`` is the number of the change before it on the same device and branch."""

    number: int
    write: EntityWrite
    after: int | None
    seen: int = field(compare=False)


@dataclass(frozen=True)
class Applied:
    """One entry of the naive judge's history: the whole row after it."""

    version: int
    values: tuple[tuple[str, str], ...]
    touched: frozenset[str]
    number: int | None


class Devices(RuleBasedStateMachine):
    """One family, three devices, a screen, and a post that mixes everything up."""

    forms = Bundle("forms")

    def __init__(self) -> None:
        super().__init__()
        self.stands = Standing(1, dict.fromkeys(NAMES, ""))
        self.steps: list[Step] = []
        self.history = [Applied(1, tuple(sorted(self.stands.values.items())), frozenset(), None)]
        self.held: dict[int, Sent] = {}
        self.taken: dict[int, Conflict] = {}
        self.disputes: dict[int, tuple[str, ...]] = {}
        self.sent: dict[int, Sent] = {}
        # The first device registered the family itself and has not seen it come back.
        self.devices = [Device(1, dict(self.stands.values), (n and 1) or None, uuid.UUID(int=90 + n)) for n in range(3)]
        self.forced: set[int] = set()
        self.last: dict[uuid.UUID, int] = {}
        self.n_branches = 100

    # what people do

    @rule(target=forms, n=st.integers(0, 2), values=VALUES)
    def fill_in(self, n: int, values: dict[str, str]) -> Sent:
        """A worker changes something on her telephone, with or without a signal."""
        device = self.devices[n]
        write = EntityWrite(
            "families", FAMILY, False, True, device.version, device.trunk, device.branch, "", dict(values)
        )
        form = Sent(len(self.sent), write, self.last.get(device.branch), device.trunk or 1)
        self.sent[form.number] = form
        self.last[device.branch] = form.number
        device.version += 1
        device.values |= values
        device.offline = True
        return form

    @rule(n=st.integers(0, 2))
    def fetch(self, n: int) -> None:
        """A device reads the list: a newer version of the server wins and begins another branch."""
        device = self.devices[n]
        if self.stands.version < device.version or not (device.offline or self.stands.version > device.version):
            return
        self.n_branches += 1
        self.devices[n] = Device(
            self.stands.version, dict(self.stands.values), self.stands.version, uuid.UUID(int=self.n_branches)
        )

    @rule(values=VALUES)
    def edit_on_the_screen(self, values: dict[str, str]) -> None:
        """Somebody changes the family's file."""
        self._write({name: value for name, value in values.items() if self.stands.values[name] != value}, None)

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
        for number, conflict in self.taken.items():
            assert (conflict, self.disputes[number]) == self._naively(number), number

    @invariant()
    def the_row_is_what_the_history_says(self) -> None:
        assert tuple(sorted(self.stands.values.items())) == self.history[-1].values

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
        self._write(dict(found.values), form.number)
        self.steps.append(Step(form.write.branch_id, form.write.base_version, self.stands.version))
        self.taken[form.number], self.disputes[form.number] = found.conflict, found.disputed
        assert all(self.stands.values[name] == value for name, value in form.write.values.items()), "last write applied"
        for later in [one for one in self.held.values() if one.after == form.number]:
            self._take(later)

    def _write(self, new: dict[str, str], number: int | None) -> None:
        if new:
            version = self.stands.version + 1
            self.stands = Standing(
                version, {**self.stands.values, **new}, {**self.stands.changed_in, **dict.fromkeys(new, version)}
            )
        values = tuple(sorted(self.stands.values.items()))
        self.history.append(Applied(self.stands.version, values, frozenset(new), number))

    def _naively(self, number: int) -> tuple[Conflict, tuple[str, ...]]:
        """The same judgement from the whole history: who wrote what between what the device saw and what it wrote."""
        form = self.sent[number]
        at = next(i for i, row in enumerate(self.history) if row.number == number)
        if form.after is None or number in self.forced:
            seen = max(i for i, row in enumerate(self.history[:at]) if row.version == form.seen)
        else:
            seen = next(i for i, row in enumerate(self.history) if row.number == form.after)
        between = self.history[seen + 1 : at]
        stood = dict(self.history[at - 1].values)
        differ = {name for name, value in form.write.values.items() if stood[name] != value}
        disputed = sorted(name for name in differ if any(name in row.touched for row in between))
        if disputed:
            return Conflict.HARD, tuple(disputed)
        return (Conflict.SOFT if any(row.touched for row in between) else Conflict.NONE), ()


TestDevices = Devices.TestCase
TestDevices.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

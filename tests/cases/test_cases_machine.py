"""The machine of states: as a rule, and as it is walked in the database."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.verbs import Verb
from paivand.cases.actions import approvals, closure
from paivand.cases.actions import cases as actions
from paivand.cases.actions.cases import move_case
from paivand.cases.models import Case, CaseTransition, Closure, Plan
from paivand.cases.rules.cases import EDGES, GOES_BACK, WORKED_ON, Act, CaseState, acts_from, end_of
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from tests.cases.case_cast import a_case, a_plan, an_assessment, asked, fresh_case, refused, submitted

_ALL = [(start, act) for start in CaseState for act in Act]


def test_the_machine_knows_every_state_and_reaches_it():
    assert {edge.end for edge in EDGES} | {CaseState.OPENED} == set(CaseState)
    assert {edge.start for edge in EDGES} == set(CaseState)


def test_no_way_leads_to_closed_but_through_the_review():
    assert {edge.start for edge in EDGES if edge.end is CaseState.CLOSED} == {CaseState.CLOSURE_REVIEW}
    assert {edge.verb for edge in EDGES if edge.end is CaseState.CLOSED} == {Verb.CASE_APPROVE}
    assert acts_from(CaseState.CLOSED) == [Act.REOPEN]


@pytest.mark.parametrize("start", list(CaseState))
def test_an_act_leads_along_an_edge_or_nowhere(start):
    edges = {(edge.start, edge.act, edge.end) for edge in EDGES}
    for act, stood in itertools.product(Act, [None, *CaseState]):
        end = end_of(start, act, stood)
        if end is not None:
            assert (start, act, end) in edges
        if act in GOES_BACK and end is not None:
            assert end is stood


@given(st.lists(st.sampled_from([act for act in Act if act is not Act.OPEN]), max_size=30))
def test_whatever_is_tried_a_case_stands_in_a_state_that_edges_lead_to(tried):
    state, way = CaseState.OPENED, [CaseState.OPENED]
    for act in tried:
        stood = next((earlier for earlier in reversed(way) if earlier is not state), None)
        end = end_of(state, act, stood)
        if end is None:
            continue
        assert any((edge.start, edge.act, edge.end) == (state, act, end) for edge in EDGES)
        if state is CaseState.CLOSURE_REVIEW and act is not Act.CLOSE:
            assert end in WORKED_ON
        if state is CaseState.CLOSED:
            assert end is CaseState.REOPENED
        state = end
        way.append(state)


@pytest.mark.django_db
def test_every_act_is_refused_where_no_edge_begins(zarina, family):
    case = a_case(zarina, family)
    with acting_as(zarina), writing("test"):
        for start, act in _ALL:
            if act in acts_from(start):
                continue
            case.state = start
            with refused("edge"):
                move_case(case, act, by=zarina, now=timezone.now())
        assert CaseTransition.objects.filter(case=case).count() == 1


class Walk:
    """A case that the cast does things to, allowed or not, through the actions only."""

    def __init__(self, zarina, nasiba, family) -> None:
        self.zarina, self.nasiba, self.family = zarina, nasiba, family
        self.case = a_case(zarina, family)
        self.now = timezone.now()

    def step(self, name: str) -> None:
        self.now += timedelta(minutes=1)
        getattr(self, f"try_{name}")()
        self.case = fresh_case(self.zarina, self.case)

    def try_assess(self) -> None:
        made = an_assessment(self.zarina, self.family)
        with acting_as(self.zarina):
            actions.note_assessed(
                case=self.case, version=self.case.version, assessment=made, by=self.zarina, now=self.now
            )

    def try_plan(self) -> None:
        with acting_as(self.zarina):
            started = Plan.objects.filter(case=self.case, state__in=["draft", "returned"]).first()
        plan = submitted(self.zarina, started or a_plan(self.zarina, self.case))
        with acting_as(self.nasiba):
            approvals.approve_plan(plan=plan, version_hash=plan.version_hash, by=self.nasiba, now=self.now)

    def try_begin(self) -> None:
        with acting_as(self.zarina):
            actions.begin_work(case=self.case, version=self.case.version, by=self.zarina, now=self.now)

    def try_ask(self) -> None:
        asked(self.zarina, self.case, now=self.now)

    def _request(self) -> Closure:
        with acting_as(self.zarina):
            found = Closure.objects.select_related("case").filter(case=self.case).order_by("-n").first()
        if found is None:
            raise Refused("nothing was asked", "edge")
        return found

    def try_take_back(self) -> None:
        request = self._request()
        with acting_as(self.zarina):
            closure.take_back_closure(closure=request, by=self.zarina, now=self.now)

    def try_return(self) -> None:
        request = self._request()
        with acting_as(self.nasiba):
            closure.return_closure(
                closure=request, version_hash=request.version_hash, comment="not yet", by=self.nasiba, now=self.now
            )

    def try_close(self) -> None:
        request = self._request()
        with acting_as(self.nasiba):
            closure.approve_closure(
                closure=request, version_hash=request.version_hash, by=self.nasiba, now=self.now
            )  # fmt: skip

    def try_reopen(self) -> None:
        with acting_as(self.zarina):
            actions.reopen_case(
                case=self.case, version=self.case.version, reason="she came back", by=self.zarina, now=self.now
            )

    def try_take_up(self) -> None:
        with acting_as(self.zarina):
            actions.take_up_case(case=self.case, version=self.case.version, by=self.zarina, now=self.now)


_TRIES = ["assess", "plan", "begin", "ask", "take_back", "return", "close", "reopen", "take_up"]


@pytest.mark.django_db(transaction=False)
@settings(max_examples=6)
@given(tried=st.lists(st.sampled_from(_TRIES), min_size=4, max_size=12))
def test_every_edge_that_is_walked_is_remembered_and_audited(zarina, nasiba, family, tried):
    from django.db import transaction

    with transaction.atomic():
        walk = Walk(zarina, nasiba, family)
        for name in tried:
            before = walk.case.state
            try:
                walk.step(name)
            except Refused:
                walk.case = fresh_case(zarina, walk.case)
                assert walk.case.state == before, f"a refused {name} moved the case"
        _demand_whole_history(zarina, nasiba, walk.case)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_whole_life_of_a_case_is_one_chain_of_edges(zarina, nasiba, family):
    walk = Walk(zarina, nasiba, family)
    life = ("assess", "plan", "begin", "ask", "return", "ask", "take_back", "ask", "close", "reopen", "assess", "plan")
    for name in life:
        walk.step(name)
    assert walk.case.state == "planned"
    _demand_whole_history(zarina, nasiba, walk.case)


def _demand_whole_history(zarina, nasiba, case: Case) -> None:
    """The transitions form one chain from the opening to where the case stands, and each stands in the audit."""
    with acting_as(nasiba):
        chain = list(CaseTransition.objects.filter(case=case).order_by("at", "id"))
        assert (chain[0].act, chain[-1].end) == ("open", case.state)
        for one, following in itertools.pairwise(chain):
            assert one.end == following.start
        told = [
            event.detail["edge"]
            for event in AuditEvent.objects.filter(outcome="done", actor_id__in=[zarina.pk, nasiba.pk]).order_by("id")
            if event.subject_label == case.code and "edge" in event.detail
        ]
        assert told == [f"{row.start}>{row.end}" for row in chain]

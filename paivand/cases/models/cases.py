"""Cases, the people in them, and every change of their state; and the base of every table inside a case."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.models.walls import SEQUENCES
from paivand.access.rules.verbs import Verb
from paivand.cases.rules.cases import (
    ACT_NAMES,
    EDGES,
    OUTCOME_NAMES,
    RISK_NAMES,
    ROLE_NAMES,
    STATE_NAMES,
    Act,
    CaseRole,
    CaseState,
    Outcome,
    Risk,
)
from paivand.core.rules.codes import readable_code
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import CONSENT_ENDS, Family, Person

NUMBERS = "cases_case_number"
SEQUENCES.add(NUMBERS)

_TOLD = During(CONSENT_ENDS)

_OPEN = ~Q(state="closed")


class Case(ScopedRecord):
    """Help for one matter of a family, by one worker, from opening to closure.

    ``owner`` is the worker who is responsible. ``former_owner`` had it before and still reads this row, and whatever
    she wrote. ``offered_to`` is asked to take it over: until she answers she sees this row and nothing inside.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="kind risk risk_at lowest_risk state state_at started_at reason opened_on closed_on closing_reason "
        "outcome last_contact_on last_review_on next_due_at next_due_kind",
        technical=f"{SCOPE_FIELDS} number family opened_by former_owner offered_to assessment",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.CASE_VIEW)
        | (Mine("former_owner_id") & HoldsSomewhere(Verb.CASE_VIEW))
        | (Mine("offered_to_id") & HoldsSomewhere(Verb.CASE_WORK))
        | _TOLD,
        add=InScope(Verb.CASE_WORK),
        change=InScope(Verb.CASE_WORK)
        | InScope(Verb.CASE_APPROVE)
        | InScope(Verb.CASE_ASSIGN)
        | (Mine("offered_to_id") & HoldsSomewhere(Verb.CASE_WORK))
        | _TOLD,
        data_class=DataClass.CASE,
    )

    number = models.PositiveIntegerField(unique=True)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(_("kind"), max_length=30, db_collation="C")
    risk = models.CharField(
        _("risk"), max_length=6, choices=[(key.value, RISK_NAMES[key]) for key in Risk], db_collation="C"
    )
    state = models.CharField(
        _("state"), max_length=14, choices=[(key.value, STATE_NAMES[key]) for key in CaseState],
        default=CaseState.OPENED, db_collation="C",
    )  # fmt: skip
    # Since when the case stands where it stands.
    state_at = models.DateTimeField()
    reason = models.TextField(_("why the case is opened"))
    # When the risk was raised last, or the start where it never was; and the lowest that it was since the start.
    risk_at = models.DateTimeField()
    lowest_risk = models.CharField(max_length=6, default=Risk.LOW, editable=False, db_collation="C")
    opened_on = models.DateField(_("opened on"))
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closing_reason = models.CharField(max_length=20, blank=True, editable=False, db_collation="C")
    # What came of it when it was closed last; it stays when the case is opened again.
    outcome = models.CharField(
        _("what came of it"), max_length=11, blank=True, editable=False, db_collation="C",
        choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome],
    )  # fmt: skip
    former_owner = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    offered_to = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    # The assessment on which the work rests: the one with which the case became ``assessed``.
    assessment = models.ForeignKey(
        "instruments.Assessment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The moment from which first contact, assessment and plan are counted: opening, or the last reopening.
    started_at = models.DateTimeField()
    last_contact_on = models.DateField(null=True, editable=False)
    last_review_on = models.DateField(null=True, editable=False)
    # Copies of the earliest open due, for lists and desks; written with it.
    next_due_at = models.DateTimeField(null=True, editable=False)
    next_due_kind = models.CharField(max_length=24, blank=True, editable=False, db_collation="C")

    class Meta:
        verbose_name = _("case")
        constraints = [
            models.CheckConstraint(
                name="case_state_is_of_the_list", condition=Q(state__in=[state.value for state in CaseState])
            ),
            models.CheckConstraint(name="case_risk_is_of_the_list", condition=Q(risk__in=[r.value for r in Risk])),
            models.CheckConstraint(
                name="case_that_is_closed_has_its_day_and_reason",
                condition=Q(state="closed", closed_on__isnull=False, closed_on__gte=F("opened_on"))
                & ~Q(closing_reason="")
                & ~Q(outcome="")
                | _OPEN & Q(closed_on=None, closing_reason=""),
            ),
            models.CheckConstraint(
                name="case_due_has_its_kind",
                condition=Q(next_due_at=None, next_due_kind="") | Q(next_due_at__isnull=False) & ~Q(next_due_kind=""),
            ),
            models.CheckConstraint(name="case_that_is_closed_has_nothing_due", condition=_OPEN | Q(next_due_at=None)),
            models.CheckConstraint(name="case_says_why_it_was_opened", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["district", "-number"], name="cases_newest_first", condition=_OPEN),
            models.Index(fields=["owner", "-number"], name="cases_of_worker", condition=_OPEN),
            models.Index(fields=["owner", "risk"], name="cases_that_weigh", condition=_OPEN),
            models.Index(fields=["owner", "next_due_at", "id"], name="cases_of_worker_by_due", condition=_OPEN),
            models.Index(fields=["district", "next_due_at", "id"], name="cases_by_due", condition=_OPEN),
            # For whoever reaches several districts: the order of the list is read off, not sorted anew.
            models.Index(fields=["next_due_at", "id"], name="cases_by_due_anywhere", condition=_OPEN),
            models.Index(fields=["team", "next_due_at", "id"], name="cases_of_team_by_due", condition=_OPEN),
            models.Index(fields=["state", "-number"], name="cases_by_state"),
            models.Index(fields=["former_owner"], name="cases_once_mine", condition=~Q(former_owner=None)),
            models.Index(fields=["offered_to"], name="cases_offered", condition=~Q(offered_to=None)),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The readable code with its check digit."""
        return readable_code("C", self.number)

    @property
    def is_open(self) -> bool:
        """Whether anything may be written into the case."""
        return self.state != CaseState.CLOSED


CASE_FIELDS = f"{SCOPE_FIELDS} case written_by"
"""The technical fields of every row inside a case, for privacy declarations."""

_WROTE = Mine("written_by_id") & HoldsSomewhere(Verb.CASE_VIEW)
_WRITES = InScope(Verb.CASE_WORK) | InScope(Verb.CASE_APPROVE) | InScope(Verb.CASE_ASSIGN)

CASE_POLICY = Policy(
    view=InScope(Verb.CASE_VIEW) | _WROTE, add=_WRITES, change=_WRITES, data_class=DataClass.CASE
)  # fmt: skip
"""Whoever sees a case sees what is in it; whoever wrote a row goes on reading it after the case went to another."""

HISTORY_POLICY = Policy(
    view=InScope(Verb.CASE_VIEW) | _WROTE,
    add=_WRITES,
    change=_WRITES,
    data_class=DataClass.CASE,
    only=("agency_id", "team_id", "owner_id", "version", "changed_at"),
)
"""The same for rows that are never rewritten and only move with their case."""

PART_POLICY = replace(CASE_POLICY, remove=_WRITES)
"""The same for parts of something that is still being written, which may be taken away again."""


TOLD_POLICY = replace(
    CASE_POLICY, view=CASE_POLICY.view | _TOLD, add=_WRITES | _TOLD, change=_WRITES | _TOLD
)  # fmt: skip
"""The same for what must be found, or made, when a consent is withdrawn by somebody who cannot see the case."""


class CaseRecord(ScopedRecord):
    """The base of every table inside a case: it lies where its case lies, and moves with it.

    Subclasses declare ``privacy`` with ``CASE_FIELDS`` and ``policy``: ``CASE_POLICY``, ``HISTORY_POLICY`` or one of
    their own. Make rows by ``paivand.cases.actions.inside.within``, which copies where the case lies.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="%(class)ss")
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def audit_label(self) -> str:
        """The code of the case; never what is written in it."""
        return self.case.code


class CasePerson(CaseRecord):
    """That a person belongs, or belonged, to a case."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="role from_on until_on", technical=f"{CASE_FIELDS} person"
    )
    policy: ClassVar[Policy] = TOLD_POLICY

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="case_places")
    role = models.CharField(
        _("part in the case"), max_length=5, choices=[(key.value, ROLE_NAMES[key]) for key in CaseRole],
        db_collation="C",
    )  # fmt: skip
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until_on=None), name="person_is_once_in_a_case"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(role="main", until_on=None), name="case_has_one_main_person"
            ),
            models.CheckConstraint(
                name="case_person_leaves_after_joining", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.role


class CaseTransition(CaseRecord):
    """One change of a case's state: which edge, when, by whom, why. Never rewritten."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="act start end at reason", technical=f"{CASE_FIELDS} assessment"
    )
    policy: ClassVar[Policy] = HISTORY_POLICY

    act = models.CharField(
        max_length=12, choices=[(key.value, ACT_NAMES[key]) for key in Act], db_collation="C"
    )  # fmt: skip
    # Empty at the opening.
    start = models.CharField(max_length=14, blank=True, db_collation="C")
    end = models.CharField(max_length=14, db_collation="C")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    assessment = models.ForeignKey(
        "instruments.Assessment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="transitions_of_case")]
        constraints = [
            models.CheckConstraint(
                name="case_walks_along_an_edge",
                condition=Q(
                    Q(act="open", start="", end="opened"),
                    *(Q(act=edge.act.value, start=edge.start.value, end=edge.end.value) for edge in EDGES),
                    _connector=Q.OR,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start}>{self.end}"

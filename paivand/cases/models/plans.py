"""Plans of help: versions of a plan with needs, goals and steps, and what was decided about them.

A version that was approved is never changed again; changing makes the next version, which begins as its copy. What
happens to the goals and steps afterwards (done, met) is written beside them and belongs to no hash.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.cases.models.cases import CASE_FIELDS, CASE_POLICY, HISTORY_POLICY, PART_POLICY, CaseRecord
from paivand.cases.rules.plans import (
    AREA_NAMES,
    DECISION_NAMES,
    DOER_NAMES,
    GOAL_STATE_NAMES,
    PLAN_STATE_NAMES,
    STEP_STATE_NAMES,
    Area,
    Decision,
    Doer,
    GoalState,
    PlanState,
    StepState,
    Subject,
)
from paivand.core.rules.privacy import DataClass, Privacy

_NOT_DECIDED = Q(state__in=["draft", "submitted", "returned"])


class Plan(CaseRecord):
    """One version of the plan of a case."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="own_words child_view interest_options interest_child interest_decision interest_deciders",
        technical=f"{CASE_FIELDS} n state version_hash submitted_at submitted_by decided_at",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    n = models.PositiveSmallIntegerField(_("version"), editable=False)
    state = models.CharField(
        _("state"), max_length=9, default=PlanState.DRAFT, db_collation="C",
        choices=[(key.value, PLAN_STATE_NAMES[key]) for key in PlanState],
    )  # fmt: skip
    own_words = models.TextField(_("in the person's own words"), blank=True)
    child_view = models.TextField(_("what the child says"), blank=True)
    # The best-interest note, where the kind of case asks for one.
    interest_options = models.TextField(_("which ways were considered"), blank=True)
    interest_child = models.TextField(_("what the child thinks of them"), blank=True)
    interest_decision = models.TextField(_("what was decided, and why"), blank=True)
    interest_deciders = models.CharField(_("who decided"), max_length=300, blank=True)
    # The hash of what was submitted; the approval is of it. See docs/methods/plan-hash.md.
    version_hash = models.CharField(max_length=64, blank=True, editable=False, db_collation="C")
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "submitted_at"], name="plans_that_wait", condition=Q(state="submitted"))
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "n"], name="plan_version_is_counted_once"),
            models.UniqueConstraint(fields=["case"], condition=_NOT_DECIDED, name="case_has_one_plan_in_work"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="approved"), name="case_has_one_plan_in_force"),
            models.CheckConstraint(
                name="plan_that_waits_has_hash_and_sender",
                condition=Q(state__in=["draft", "returned"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False) & ~Q(version_hash=""),
            ),
            models.CheckConstraint(
                name="plan_that_is_decided_has_its_day",
                condition=Q(state__in=["draft", "submitted"], decided_at=None)
                | Q(state__in=["returned", "approved", "replaced"], decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n}"


class PlanPart(CaseRecord):
    """The base of a plan's parts. ``key`` is the same in every version, so that versions can be compared."""

    key = models.UUIDField(editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


PART_FIELDS = f"{CASE_FIELDS} key position"


class PlanNeed(PlanPart):
    """Something that is needed, by one of the people or by all."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="area statement", technical=f"{PART_FIELDS} plan person"
    )
    policy: ClassVar[Policy] = PART_POLICY

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="needs")
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, null=True, related_name="+")
    area = models.CharField(
        _("part of life"), max_length=8, choices=[(key.value, AREA_NAMES[key]) for key in Area], db_collation="C"
    )
    statement = models.CharField(_("what is needed"), max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="need_is_once_in_a_version")]

    def __str__(self) -> str:
        return self.area


class PlanGoal(PlanPart):
    """What shall be true one day."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="statement by_on state state_on", technical=f"{PART_FIELDS} need"
    )
    policy: ClassVar[Policy] = PART_POLICY

    need = models.ForeignKey(PlanNeed, on_delete=models.PROTECT, related_name="goals")
    statement = models.CharField(_("what shall be true one day"), max_length=300)
    by_on = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(
        _("how far it is met"), max_length=7, default=GoalState.OPEN, db_collation="C",
        choices=[(key.value, GOAL_STATE_NAMES[key]) for key in GoalState],
    )  # fmt: skip
    state_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "key"], name="goal_is_once_in_a_version"),
            models.CheckConstraint(
                name="goal_that_is_judged_has_its_day",
                condition=Q(state="open", state_on=None) | ~Q(state="open") & Q(state_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.state


class PlanAction(PlanPart):
    """One step of a plan: who does what until when."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="what doer doer_name by_on service_type state state_on note",
        technical=f"{PART_FIELDS} goal doer_person doer_user referral in_force",
    )
    policy: ClassVar[Policy] = PART_POLICY

    goal = models.ForeignKey(PlanGoal, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField(_("what is done"), max_length=300)
    doer = models.CharField(
        _("who does it"), max_length=8, choices=[(key.value, DOER_NAMES[key]) for key in Doer], db_collation="C"
    )
    doer_user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    doer_person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, null=True, related_name="+")
    doer_name = models.CharField(_("name or office"), max_length=120, blank=True)
    by_on = models.DateField(_("until"))
    service_type = models.CharField(_("service"), max_length=24, blank=True, db_collation="C")
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, null=True, related_name="+")
    # Whether it belongs to the version in force: only such steps stand on a desk.
    in_force = models.BooleanField(default=False, editable=False)
    state = models.CharField(
        _("state"), max_length=8, default=StepState.OPEN, db_collation="C",
        choices=[(key.value, STEP_STATE_NAMES[key]) for key in StepState],
    )  # fmt: skip
    state_on = models.DateField(null=True, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "by_on"], name="plan_steps_of_worker", condition=Q(in_force=True, state="open")
            ),
            models.Index(
                fields=["district", "by_on"], name="plan_steps_of_district", condition=Q(in_force=True, state="open")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["goal", "key"], name="step_is_once_in_a_version"),
            models.CheckConstraint(
                name="step_that_is_answered_has_its_day",
                condition=Q(state="open", state_on=None) | ~Q(state="open") & Q(state_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.state


class Approval(CaseRecord):
    """What somebody decided about one version of a plan or about one closure: of that hash, and of no other.

    ``written_by`` is who decided. Never rewritten.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="decision comment decided_at",
        technical=f"{CASE_FIELDS} subject plan closure version_hash asked_by",
    )
    policy: ClassVar[Policy] = HISTORY_POLICY

    subject = models.CharField(max_length=7, choices=[(key.value, key.value) for key in Subject], db_collation="C")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="approvals")
    closure = models.ForeignKey("cases.Closure", on_delete=models.PROTECT, null=True, related_name="approvals")
    version_hash = models.CharField(max_length=64, db_collation="C")
    decision = models.CharField(
        max_length=8, choices=[(key.value, DECISION_NAMES[key]) for key in Decision], db_collation="C"
    )
    comment = models.TextField(blank=True)
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_is_of_a_plan_or_a_closure",
                condition=Q(subject="plan", plan__isnull=False, closure=None)
                | Q(subject="closure", closure__isnull=False, plan=None),
            ),
            models.CheckConstraint(
                name="approval_that_is_none_says_why", condition=Q(decision="approved") | ~Q(comment="")
            ),
            models.CheckConstraint(name="plan_is_never_waived", condition=Q(subject="closure") | ~Q(decision="waived")),
            models.CheckConstraint(name="nobody_approves_what_they_asked_for", condition=~Q(asked_by=F("written_by"))),
            models.CheckConstraint(name="approval_is_of_a_hash", condition=Q(version_hash__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.decision

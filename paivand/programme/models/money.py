"""Budgets, each a version that stays once it is adopted, and what was spent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Is, Policy
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import Privacy
from paivand.programme.models.plan import Activity, Output
from paivand.programme.models.programmes import Programme
from paivand.programme.models.records import (
    AGENCY_FIELDS,
    PLANS,
    PLANS_AGENCY,
    READS,
    SPENDS,
    AgencyRecord,
    PlanRecord,
)
from paivand.programme.rules.budget import BUDGET_STATE_NAMES, BudgetState
from paivand.programme.rules.spending import SPENDING_KIND_NAMES, SpendingKind


class Budget(PlanRecord):
    """A version of a programme's budget: number 1 is the original one, the others are revisions with their reason."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} programme n state total currency reason adopted_on adopted_by scheme_from"
    )
    policy: ClassVar[Policy] = Policy(
        view=READS, add=PLANS, change=PLANS, remove=PLANS & Is("state", BudgetState.DRAFT.value)
    )

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="budgets")
    n = models.PositiveSmallIntegerField()
    state = models.CharField(
        _("state"), max_length=7, default=BudgetState.DRAFT, db_collation="C",
        choices=[(key.value, BUDGET_STATE_NAMES[key]) for key in BudgetState],
    )  # fmt: skip
    # What the sum of all agencies must be.
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason of the revision"), max_length=500, blank=True)
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)
    adopted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    # A day within the period of the categories that this budget is written in.
    scheme_from = models.DateField(editable=False)

    class Meta:
        verbose_name = _("budget")
        ordering = ["-n"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "n"], name="budget_number_is_unique"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state="draft"), name="programme_has_one_draft_of_its_budget"
            ),
            models.CheckConstraint(name="budget_is_counted_from_one", condition=Q(n__gte=1)),
            models.CheckConstraint(name="budget_total_is_not_nothing", condition=Q(total__gt=0)),
            models.CheckConstraint(
                name="budget_state_has_its_day",
                condition=Q(state="draft", adopted_on=None, adopted_by=None)
                | Q(state="adopted", adopted_on__isnull=False, adopted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="budget_revision_has_its_reason", condition=Q(state="draft") | Q(n=1) | ~Q(reason="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.programme_id} · {self.n}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.state == BudgetState.DRAFT

    @property
    def state_name(self) -> str:
        """The state in the reader's language."""
        return gettext(BUDGET_STATE_NAMES[BudgetState(self.state)])


class BudgetShare(AgencyRecord):
    """One agency's part of a budget, with its indirect support cost. Its version notices lost updates of its lines."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{AGENCY_FIELDS} budget indirect")
    # Shares go with a draft that is deleted, and with nothing else.
    policy: ClassVar[Policy] = Policy(view=READS, add=PLANS_AGENCY, change=PLANS_AGENCY, remove=PLANS)

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="shares")
    indirect = models.DecimalField(_("indirect support costs"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("share of a budget")
        constraints = [
            models.UniqueConstraint(fields=["budget", "agency"], name="agency_has_one_share_of_a_budget"),
            models.CheckConstraint(name="share_indirect_is_not_negative", condition=Q(indirect__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} · {self.agency_id}"


class BudgetLine(AgencyRecord):
    """The amount of one output and one category in an agency's share."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{AGENCY_FIELDS} share output category amount")
    policy: ClassVar[Policy] = Policy(view=READS, add=PLANS_AGENCY, change=PLANS_AGENCY, remove=PLANS_AGENCY)

    share = models.ForeignKey(BudgetShare, on_delete=models.PROTECT, related_name="lines")
    output = models.ForeignKey(Output, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(_("category"), max_length=20, db_collation="C")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("line of a budget")
        constraints = [
            models.UniqueConstraint(fields=["share", "output", "category"], name="budget_line_is_written_once"),
            models.CheckConstraint(name="budget_line_is_not_nothing", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.category}"


class Spending(AgencyRecord):
    """Money spent, or promised. Never changed: a mistake is taken back by an entry with the opposite sign."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{AGENCY_FIELDS} programme output activity category kind spent_on amount currency rate rate_source worth "
        "description reverses file_name media_type n_bytes sha256 recorded_by"
    )
    policy: ClassVar[Policy] = Policy(view=READS, add=SPENDS)

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="spending")
    # Nothing for the indirect support cost, which belongs to no output.
    output = models.ForeignKey(Output, on_delete=models.PROTECT, null=True, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="+")
    category = models.CharField(_("category"), max_length=20, db_collation="C")
    kind = models.CharField(
        _("kind"), max_length=11, db_collation="C",
        choices=[(key.value, SPENDING_KIND_NAMES[key]) for key in SpendingKind],
    )  # fmt: skip
    spent_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    # What one unit was worth in the programme's currency, and what the amount was worth in it.
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=10)
    rate_source = models.CharField(_("source of the rate"), max_length=200, blank=True)
    worth = models.DecimalField(max_digits=14, decimal_places=2)
    description = models.CharField(_("for what"), max_length=300)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    file_name = models.CharField(max_length=160, blank=True)
    media_type = models.CharField(max_length=80, blank=True)
    n_bytes = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("spending")
        ordering = ["-spent_on", "-id"]
        indexes = [
            models.Index(fields=["programme", "-spent_on", "-id"], name="spending_of_programme"),
            models.Index(fields=["programme", "agency", "-spent_on", "-id"], name="spending_of_agency"),
        ]
        constraints = [
            models.CheckConstraint(
                name="spending_is_taken_back_with_the_opposite_sign",
                condition=Q(reverses=None, amount__gt=0, worth__gte=0)
                | Q(reverses__isnull=False, amount__lt=0, worth__lte=0),
            ),
            models.CheckConstraint(name="spending_has_a_rate", condition=Q(rate__gt=0)),
            models.CheckConstraint(
                name="spending_without_output_is_indirect",
                condition=Q(category="indirect", output=None, activity=None)
                | Q(output__isnull=False) & ~Q(category="indirect"),
            ),
            models.CheckConstraint(
                name="spending_file_is_whole",
                condition=Q(sha256="", media_type="", n_bytes=0, file_name="")
                | Q(n_bytes__gt=0) & ~Q(sha256="") & ~Q(media_type=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent_on}"

    @property
    def kind_name(self) -> str:
        """The kind in the reader's language."""
        return gettext(SPENDING_KIND_NAMES[SpendingKind(self.kind)])

    @property
    def has_file(self) -> bool:
        """Whether its evidence is kept."""
        return bool(self.sha256)

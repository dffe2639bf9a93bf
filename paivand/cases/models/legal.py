"""Legal aid: matters of one person, with their steps, deadlines, costs and outcome."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.cases.models.cases import CASE_FIELDS, CASE_POLICY, CaseRecord
from paivand.cases.models.records import CaseDocument
from paivand.cases.rules.legal import STEP_STATE_NAMES, StepState, matter_kinds, title_of
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import JourneyStep, Person


class LegalMatter(CaseRecord):
    """One matter of the law for one person: from the advice to the paper in her hands."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="kind opened_on wish body ended_on outcome outcome_note",
        technical=f"{CASE_FIELDS} person referral step",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    kind = models.CharField(_("matter"), max_length=30, db_collation="C")
    # Whom it concerns: the child whose birth is registered, the woman who gets alimony.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="legal_matters")
    opened_on = models.DateField(_("begun on"))
    wish = models.TextField(_("what the person wants"))
    body = models.CharField(_("who decides"), max_length=30, blank=True, db_collation="C")
    # The key of the referral that does the work; no foreign key, as referrals of a case are found by their origin.
    referral = models.UUIDField(null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=30, blank=True, db_collation="C")
    outcome_note = models.TextField(_("more about it"), blank=True)
    # The step of the journey that the outcome is; none where it does not count.
    step = models.OneToOneField(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("legal matter")
        indexes = [models.Index(fields=["case", "-opened_on"], name="matters_of_case")]
        constraints = [
            models.CheckConstraint(name="matter_says_what_is_wanted", condition=~Q(wish="")),
            models.CheckConstraint(
                name="matter_that_ended_has_its_outcome",
                condition=Q(ended_on=None, outcome="", outcome_note="", step=None)
                | Q(ended_on__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_open(self) -> bool:
        """Whether it is still worked on."""
        return self.ended_on is None

    @property
    def kind_name(self) -> str:
        """What it is about, in the reader's language."""
        kind = matter_kinds().get(self.kind)
        return kind.title(get_language() or "en") if kind else self.kind

    @property
    def body_name(self) -> str:
        """Who decides, in the reader's language."""
        return title_of("bodies", self.body, get_language() or "en") if self.body else ""

    @property
    def outcome_name(self) -> str:
        """What came of it, in the reader's language."""
        return title_of("outcomes", self.outcome, get_language() or "en") if self.outcome else ""


class LegalStep(CaseRecord):
    """One step of a matter; all steps of its kind are made with it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="code state due_on done_on note cost_amount",
        technical=f"{CASE_FIELDS} matter document step",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    matter = models.ForeignKey(LegalMatter, on_delete=models.PROTECT, related_name="steps")
    code = models.CharField(_("step"), max_length=30, db_collation="C")
    state = models.CharField(
        _("state"), max_length=10, default=StepState.OPEN, db_collation="C",
        choices=[(key.value, STEP_STATE_NAMES[key]) for key in StepState],
    )  # fmt: skip
    # A term that is known: a hearing, the last day of an appeal.
    due_on = models.DateField(_("term"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    note = models.CharField(_("more about it"), max_length=300, blank=True)
    # What it cost the family or the programme, in somoni.
    cost_amount = models.DecimalField(_("costs in somoni"), max_digits=10, decimal_places=2, null=True, blank=True)
    document = models.ForeignKey(CaseDocument, on_delete=models.PROTECT, null=True, related_name="legal_steps")
    # The step of the journey that it is by itself, such as the advice.
    step = models.OneToOneField(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "code"], name="legal_step_is_once_in_a_matter"),
            models.CheckConstraint(
                name="legal_step_done_has_its_day",
                condition=Q(state="done", done_on__isnull=False) | ~Q(state="done") & Q(done_on=None, step=None),
            ),
            models.CheckConstraint(
                name="legal_step_costs_nothing_or_something", condition=Q(cost_amount=None) | Q(cost_amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """What is done, in the reader's language."""
        return title_of("steps", self.code, get_language() or "en")

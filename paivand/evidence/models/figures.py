"""What people enter beside what is counted: figures of other sources, goals, explanations, and published editions.

Nothing here is edited: a row that was wrong is replaced by another one, and both stay to be read.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Guarded, HoldsSomewhere, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.models.record import RECORD_FIELDS, Record
from paivand.core.rules.privacy import Privacy
from paivand.evidence.rules.entering import GOAL_NAMES, GoalKind

_ENTERED = Policy(view=HoldsSomewhere(Verb.RESULTS_VIEW), add=HoldsSomewhere(Verb.RESULTS_ENTER))
_WHO = f"{RECORD_FIELDS} indicator entered_by replaces"


class Entered(Guarded, Record):
    """Something entered about an indicator. ``replaces`` is the row that it puts right, and ``why`` says why."""

    policy: ClassVar[Policy] = _ENTERED

    indicator = models.CharField(max_length=40, db_collation="C")
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    why = models.CharField(_("why it is put right"), max_length=300, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def audit_label(self) -> str:
        """The indicator's code."""
        return self.indicator


def _entered_constraints(name: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(name=f"{name}_replaces_another", condition=Q(replaces=None) | ~Q(replaces=F("id"))),
        models.CheckConstraint(
            name=f"{name}_says_why_it_replaces",
            condition=Q(replaces=None, why="", withdrawn=False) | Q(replaces__isnull=False) & ~Q(why=""),
        ),
    ]


class ExternalFigure(Entered):
    """A figure that another source gives for what an indicator counts. It stands beside ours and never replaces it."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{_WHO} why withdrawn source document link method value as_of_on first_on last_on note"
    )

    source = models.CharField(_("who says so"), max_length=160)
    document = models.CharField(_("document"), max_length=300)
    link = models.URLField(_("where it can be read"), max_length=300, blank=True)
    method = models.CharField(_("how it was counted"), max_length=300)
    value = models.DecimalField(_("figure"), max_digits=16, decimal_places=2)
    as_of_on = models.DateField(_("as of"))
    first_on = models.DateField(_("from"), null=True, blank=True)
    last_on = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("external figure")
        indexes = [models.Index(fields=["indicator", "as_of_on"], name="external_figures_of_one")]
        constraints = [
            *_entered_constraints("external_figure"),
            models.CheckConstraint(name="external_figure_is_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(
                name="external_figure_period_is_in_order",
                condition=Q(first_on=None) | Q(last_on=None) | Q(first_on__lte=F("last_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.source}"


class GoalEntry(Entered):
    """A baseline, a milestone or a target that was agreed after the declaration; the latest for a day counts."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{_WHO} why withdrawn kind on value note")

    kind = models.CharField(
        _("what it is"), max_length=9, choices=[(key.value, GOAL_NAMES[key]) for key in GoalKind], db_collation="C"
    )
    on = models.DateField(_("on"))
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=2)
    note = models.CharField(_("where it was agreed"), max_length=300)

    class Meta:
        verbose_name = _("goal")
        indexes = [models.Index(fields=["indicator", "on"], name="goals_of_one")]
        constraints = [
            *_entered_constraints("goal"),
            models.CheckConstraint(name="goal_is_not_negative", condition=Q(value__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.kind}"


class Explanation(Entered):
    """What explains the difference between a figure and its goal in a period, in one language."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{_WHO} why withdrawn first_on last_on language words")

    first_on = models.DateField(_("from"), null=True, blank=True)
    last_on = models.DateField(_("until"))
    language = models.CharField(_("language"), max_length=2)
    words = models.TextField(_("what explains it"), max_length=2000)

    class Meta:
        verbose_name = _("explanation")
        indexes = [models.Index(fields=["indicator", "-last_on"], name="explanations_of_one")]
        constraints = [
            *_entered_constraints("explanation"),
            models.CheckConstraint(
                name="explanation_period_is_in_order", condition=Q(first_on=None) | Q(first_on__lte=F("last_on"))
            ),
            models.CheckConstraint(name="explanation_says_something", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.last_on}"


class Edition(Guarded, Record):
    """Results as they were published on a day: every cell as it was shown. Never changed, and none is taken back.

    ``cells`` holds for each indicator a list of [pairs of dimension and category, value as text or null, why hidden].
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} number title programme first_on last_on as_of cells n_cells published_by note"
    )
    policy: ClassVar[Policy] = Policy(
        view=HoldsSomewhere(Verb.RESULTS_VIEW), add=HoldsSomewhere(Verb.RESULTS_EXPORT)
    )  # fmt: skip

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=160)
    programme = models.CharField(max_length=40, blank=True, db_collation="C")
    first_on = models.DateField(_("from"), null=True, blank=True)
    last_on = models.DateField(_("until"), null=True, blank=True)
    as_of = models.DateTimeField()
    cells = models.JSONField(encoder=DjangoJSONEncoder)
    n_cells = models.PositiveIntegerField()
    published_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("edition")
        constraints = [
            models.CheckConstraint(name="edition_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="edition_period_is_in_order",
                condition=Q(first_on=None) | Q(last_on=None) | Q(first_on__lte=F("last_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def audit_label(self) -> str:
        """Its number."""
        return str(self.number)

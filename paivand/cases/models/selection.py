"""A selection: the round, its places, the families on its list with the profile of a moment, and every decision."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Is, Policy
from paivand.access.models.walls import SEQUENCES
from paivand.access.rules.verbs import Verb
from paivand.cases.rules.selection import (
    BASIS_NAMES,
    OUTCOME_NAMES,
    PART_NAMES,
    SIGNED,
    STATE_NAMES,
    STILL_OPEN,
    UNASSESSED_NAMES,
    Added,
    Basis,
    Choice,
    Outcome,
    Part,
    RoundState,
    Unassessed,
    Void,
    proposals,
)
from paivand.cases.rules.selection_codes import need_bands, reason_title, title
from paivand.core.rules.codes import readable_code
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import Family, JourneyStep

ROUND_NUMBERS = "cases_round_number"
SEQUENCES.add(ROUND_NUMBERS)

if TYPE_CHECKING:
    from paivand.access.models import User

_SIGN = InScope(Verb.SELECTION_SIGN)
_OUTCOMES = [outcome.value for outcome in Outcome]


class SelectionRound(ScopedRecord):
    """One selection of families for one kind of help in some jamoats of a district.

    Everything in it lies where it lies, so that whoever sees the round sees the whole list: a signature is over all of
    it.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} number programme purpose state seed profile_version opened_on opened_by drawn_at n_families "
        "commission_on decided_on closed_on closing_reason list_hash"
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, change=_SIGN)

    number = models.PositiveIntegerField(unique=True)
    programme = models.CharField(_("what families are selected for"), max_length=30, db_collation="C")
    purpose = models.CharField(_("in a few words"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=[(key.value, STATE_NAMES[key]) for key in RoundState],
        default=RoundState.PREPARING, db_collation="C",
    )  # fmt: skip
    # Decides between families that nothing else tells apart; made once, kept and shown, so that anybody can check.
    seed = models.CharField(max_length=32, editable=False)
    # The version of the vulnerability profile that was in force when the list was drawn up.
    profile_version = models.CharField(max_length=40, blank=True, editable=False)
    opened_on = models.DateField(_("opened on"))
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(null=True, editable=False)
    n_families = models.PositiveIntegerField(default=0, editable=False)
    commission_on = models.DateField(null=True, editable=False)
    decided_on = models.DateField(null=True, editable=False)
    closed_on = models.DateField(null=True, editable=False)
    closing_reason = models.CharField(max_length=300, blank=True, editable=False)
    # The fingerprint of the list as it was signed.
    list_hash = models.CharField(max_length=64, blank=True, editable=False, db_collation="C")

    class Meta:
        verbose_name = _("selection")
        indexes = [models.Index(fields=["district", "-number"], name="rounds_newest_first")]
        constraints = [
            models.CheckConstraint(
                name="round_state_has_its_days",
                condition=Q(state="preparing", commission_on=None, decided_on=None, closed_on=None, list_hash="")
                | Q(
                    state="commission", commission_on__isnull=False, decided_on=None, closed_on=None, list_hash="",
                    drawn_at__isnull=False,
                )
                | Q(
                    state__in=["decided", "appeals"], commission_on__isnull=False, decided_on__isnull=False,
                    closed_on=None,
                )
                & ~Q(list_hash="")
                | Q(
                    state="closed", commission_on__isnull=False, decided_on__isnull=False, closed_on__isnull=False
                )
                & ~Q(list_hash="")
                | Q(state="called_off", decided_on=None, closed_on__isnull=False, list_hash="")
                & ~Q(closing_reason=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The readable code with its check digit."""
        return readable_code("L", self.number)

    @property
    def programme_name(self) -> str:
        """What families are selected for, in the reader's language."""
        return title("programmes", self.programme, get_language() or "en")

    def void_signatures(self, cause: Void, at: datetime) -> int:
        """Make every signature that counts void, because the list is not the one that was signed any more."""
        live = self.signatures.filter(voided_at=None)
        return int(live.update(voided_at=at, void_cause=cause, version=F("version") + 1, changed_at=at))

    def rank_anew(self) -> None:
        """Bring ranks and proposals in line with the order of need and the places of each jamoat."""
        quotas = dict(self.places.values_list("jamoat_id", "quota"))
        by_jamoat: dict[str, list[SelectionCandidate]] = {}
        for row in self.candidates.filter(part=Part.LISTED).only("jamoat_id", "order_key", "band", "rank", "proposal"):
            by_jamoat.setdefault(row.jamoat_id, []).append(row)
        changed = []
        for jamoat, rows in by_jamoat.items():
            rows.sort(key=lambda row: row.need_key)
            proposed = proposals([(row.pk, row.band in need_bands()) for row in rows], quotas.get(jamoat, 0))
            for rank, row in enumerate(rows, start=1):
                if (row.rank, row.proposal) != (rank, proposed[row.pk]):
                    row.rank, row.proposal = rank, proposed[row.pk]
                    changed.append(row)
        SelectionCandidate.objects.bulk_update(changed, ["rank", "proposal"], batch_size=1000)

    @property
    def is_preparing(self) -> bool:
        """Whether the list may still be drawn up anew."""
        return self.state == RoundState.PREPARING

    @property
    def in_commission(self) -> bool:
        """Whether the commission decides."""
        return self.state == RoundState.COMMISSION

    @property
    def is_signed(self) -> bool:
        """Whether the list was signed and decided."""
        return self.state in SIGNED

    @property
    def takes_appeals(self) -> bool:
        """Whether appeals are heard and places that become free are filled."""
        return self.state in STILL_OPEN


class SelectionPlace(ScopedRecord):
    """One jamoat of a round, and for how many of its families there is help."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{SCOPE_FIELDS} round jamoat quota")
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, change=_SIGN, remove=_SIGN)

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="places")
    jamoat = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+", verbose_name=_("jamoat"))
    quota = models.PositiveSmallIntegerField(_("places"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "jamoat"], name="jamoat_stands_once_in_a_round")]

    def __str__(self) -> str:
        return str(self.jamoat_id)


class SelectionProfile(ScopedRecord):
    """What the vulnerability profile said of a family at one moment. Later changes of the profile do not reach it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="instrument_version severity band urgent factors answered_on",
        technical=f"{SCOPE_FIELDS} family assessment taken_at",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, remove=_SIGN, data_class=DataClass.HEALTH)

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey("instruments.Assessment", on_delete=models.PROTECT, related_name="+")
    instrument_version = models.CharField(max_length=40, db_collation="C")
    severity = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    band = models.CharField(max_length=40, blank=True, db_collation="C")
    # Codes of what cannot wait.
    urgent = models.JSONField(default=list)
    # Each factor that counted, as the profile gave it.
    factors = models.JSONField(default=list)
    answered_on = models.DateField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="profile_severity_is_a_share_of_a_hundred",
                condition=Q(severity=None) | Q(severity__gte=0, severity__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return "profile"

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nothing of what a family needs."""
        return ""


class SelectionCandidate(ScopedRecord):
    """A family on the list of a round: its place in the order of need, and what stands decided now.

    ``order_key`` sorts by plain comparison: first whoever cannot wait, then the order of need. ``rank`` counts the
    order of need within the jamoat, in which urgency only breaks ties.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="part unassessed severity band is_urgent n_children answered_on order_key rank proposal outcome "
        "reason_code words referred_to told_on",
        technical=f"{SCOPE_FIELDS} round family jamoat profile added decided_by decided_at told_by step",
    )
    policy: ClassVar[Policy] = Policy(
        view=_SIGN, add=_SIGN, change=_SIGN,
        # A list that is being prepared is drawn up anew; what somebody decided about stays.
        remove=_SIGN & Is("outcome", ""),
        data_class=DataClass.CASE,
    )  # fmt: skip

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="candidates", db_index=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    jamoat = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+", db_index=False)
    profile = models.ForeignKey(SelectionProfile, on_delete=models.PROTECT, null=True, related_name="+")
    added = models.CharField(
        max_length=9, choices=[(key.value, key.value) for key in Added], default=Added.DRAWN, db_collation="C"
    )
    part = models.CharField(max_length=9, choices=[(key.value, PART_NAMES[key]) for key in Part], db_collation="C")
    unassessed = models.CharField(
        max_length=10, blank=True, choices=[(key.value, UNASSESSED_NAMES[key]) for key in Unassessed], db_collation="C"
    )
    severity = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    band = models.CharField(max_length=40, blank=True, db_collation="C")
    is_urgent = models.BooleanField(default=False)
    n_children = models.PositiveSmallIntegerField(default=0)
    answered_on = models.DateField(null=True)
    order_key = models.CharField(max_length=60, db_collation="C")
    rank = models.PositiveIntegerField(null=True)
    proposal = models.CharField(
        max_length=12, blank=True, choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome], db_collation="C"
    )
    outcome = models.CharField(
        _("decision"), max_length=12, blank=True, choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome],
        db_collation="C",
    )  # fmt: skip
    reason_code = models.CharField(max_length=30, blank=True, db_collation="C")
    words = models.CharField(max_length=500, blank=True)
    referred_to = models.CharField(max_length=30, blank=True, db_collation="C")
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # The day on which the family was told.
    told_on = models.DateField(null=True)
    told_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    # The step of the journey that says that the family was selected.
    step = models.ForeignKey(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["round", "part", "order_key"], name="candidates_in_order"),
            models.Index(fields=["round", "jamoat", "part", "order_key"], name="candidates_of_jamoat"),
            models.Index(fields=["round", "outcome", "order_key"], name="candidates_by_outcome"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "family"], name="family_stands_once_on_a_list"),
            models.CheckConstraint(
                name="candidate_is_in_order_or_to_be_assessed",
                condition=Q(
                    part="listed", unassessed="", severity__isnull=False, answered_on__isnull=False,
                    profile__isnull=False,
                )
                & ~Q(proposal="")
                | Q(part="to_assess", rank=None, proposal="") & ~Q(unassessed=""),
            ),
            models.CheckConstraint(
                name="decision_has_reason_person_and_time",
                condition=Q(outcome="", reason_code="", words="", referred_to="", decided_by=None, decided_at=None)
                | Q(outcome__in=_OUTCOMES, decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason_code=""),
            ),
            models.CheckConstraint(
                name="referral_of_a_candidate_says_where",
                condition=Q(outcome="referred") & ~Q(referred_to="") | ~Q(outcome="referred") & Q(referred_to=""),
            ),
            models.CheckConstraint(
                name="who_is_selected_was_assessed",
                condition=~Q(outcome__in=["selected", "reserve"]) | Q(part="listed"),
            ),
            models.CheckConstraint(
                name="family_is_told_after_a_decision",
                condition=Q(told_on=None, told_by=None)
                | Q(told_on__isnull=False, told_by__isnull=False) & ~Q(outcome=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return "candidate"

    @property
    def audit_label(self) -> str:
        """The family's code, where who acts may see it; never what was decided."""
        try:
            return self.family.code
        except Family.DoesNotExist:
            return ""

    def settle(self, choice: Choice, basis: Basis, by: User, at: datetime) -> SelectionDecision:
        """Take a decision, and give back its row for the history; the caller saves both.

        Whoever was told something else before has to be told anew.
        """
        taken = {
            "outcome": choice.outcome,
            "reason_code": choice.reason_code,
            "words": choice.words.strip(),
            "referred_to": choice.referred_to,
            "decided_by": by,
            "decided_at": at,
        }
        for name, value in taken.items():
            setattr(self, name, value)
        self.told_on, self.told_by = None, None
        self.version += 1
        return SelectionDecision(
            round_id=self.round_id, candidate=self, basis=basis, district_id=self.district_id,
            agency_id=self.agency_id, team_id=self.team_id, owner_id=self.owner_id, **taken,
        )  # fmt: skip

    @property
    def need_key(self) -> str:
        """The order of need alone, without putting first what cannot wait."""
        return self.order_key[2:]

    @property
    def is_listed(self) -> bool:
        """Whether the family stands in the order of need."""
        return self.part == Part.LISTED

    @property
    def reason_name(self) -> str:
        """Why it was decided so, in the reader's language."""
        return reason_title(self.outcome, self.reason_code, get_language() or "en") if self.outcome else ""

    @property
    def referred_to_name(self) -> str:
        """Where the family was referred, in the reader's language."""
        return title("elsewhere", self.referred_to, get_language() or "en") if self.referred_to else ""


class SelectionDecision(ScopedRecord):
    """One decision about a family, as it was taken. The latest one stands; none is ever changed."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="basis outcome reason_code words referred_to",
        technical=f"{SCOPE_FIELDS} round candidate decided_by decided_at",
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, data_class=DataClass.CASE)

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(SelectionCandidate, on_delete=models.PROTECT, related_name="decisions")
    basis = models.CharField(
        max_length=11, choices=[(key.value, BASIS_NAMES[key]) for key in Basis], default=Basis.COMMISSION,
        db_collation="C",
    )  # fmt: skip
    outcome = models.CharField(
        max_length=12, choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome], db_collation="C"
    )
    reason_code = models.CharField(max_length=30, db_collation="C")
    words = models.CharField(max_length=500, blank=True)
    referred_to = models.CharField(max_length=30, blank=True, db_collation="C")
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_says_why", condition=~Q(reason_code="") & Q(outcome__in=_OUTCOMES)),
        ]

    def __str__(self) -> str:
        return self.outcome

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nothing of what was decided about whom."""
        return ""

    @property
    def reason_name(self) -> str:
        """Why, in the reader's language."""
        return reason_title(self.outcome, self.reason_code, get_language() or "en")

    @property
    def basis_name(self) -> str:
        """On what it rests, in the reader's language."""
        return gettext(BASIS_NAMES[Basis(self.basis)])

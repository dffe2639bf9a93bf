"""Referrals, what was prepared for them, and every step they took.

A referral lies where the person lies, at the sender's side. Beside it stand whom it was sent to and the digest of a
one-time link: three ways to see it, and a sealed one is shut to everybody of the sender's side who does not work in the
sealed room. Every table about a referral carries the same columns, because both walls judge a row by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, ForLink, HoldsSomewhere, InScope, Is, IsNot, Mine, Policy
from paivand.access.models.walls import SEQUENCES
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models.sealed import SealedJSONField, SealedTextField
from paivand.core.rules.codes import readable_code
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.referrals.models.directory import DirectoryService
from paivand.referrals.rules.referrals import (
    ACT_NAMES,
    ENDS,
    OUTCOME_NAMES,
    PENDING,
    PRIORITY_NAMES,
    REASON_NAMES,
    STATE_NAMES,
    Act,
    OriginKind,
    Outcome,
    Priority,
    ReferralState,
    Sensitivity,
    Way,
)
from paivand.registry.models import Consent, Family, Person

NUMBERS = "referrals_referral_number"
SEQUENCES.add(NUMBERS)

CONSENT_ENDS = "consent-withdrawal"
"""The purpose under which a withdrawn consent stops the referrals that rest on it, wherever they lie."""

IS_ORDINARY = Is("sensitivity", Sensitivity.ORDINARY)
IS_SEALED = Is("sensitivity", Sensitivity.SEALED)
SENDS = (IS_ORDINARY & InScope(Verb.REFERRAL_SEND)) | (IS_SEALED & InScope(Verb.SURVIVOR_WORK))
"""The sender's side: of a sealed referral, those who work in the sealed room."""
_TO_THEM = InScope(Verb.REFERRAL_ANSWER, district=None, agency="receiver_agency_id", team=None, owner="receiver_id")
RECEIVES = (IS_ORDINARY & _TO_THEM) | (Mine("receiver_id") & HoldsSomewhere(Verb.REFERRAL_ANSWER))
"""The receiver's side: the named account, and of an ordinary referral the agency that it was sent to."""
BY_LINK = ForLink("link_digest")
BY_PROGRAM = During("upkeep") | (IS_ORDINARY & During(CONSENT_ENDS))
"""The program itself: the clock, and a consent that ends. A sealed referral rests on a ledger of its own."""

SIDE_FIELDS = "sensitivity receiver_agency receiver link_digest"
_SENSITIVITIES = [(key.value, key.value) for key in Sensitivity]
_STATES = [(key.value, STATE_NAMES[key]) for key in ReferralState]


class Sided(ScopedRecord):
    """The columns from which the walls know the two sides of a referral."""

    sensitivity = models.CharField(
        max_length=8, choices=_SENSITIVITIES, default=Sensitivity.ORDINARY, db_collation="C", editable=False
    )
    receiver_agency = models.ForeignKey(
        "access.Agency", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    receiver = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    link_digest = models.CharField(max_length=64, blank=True, default="", db_collation="C", editable=False)

    class Meta:
        abstract = True

    @property
    def is_sealed(self) -> bool:
        """Whether it betrays violence: the audit shows its events to those who watch over the sealed room only."""
        return self.sensitivity == Sensitivity.SEALED

    @property
    def other_scope(self) -> Scope:
        """The receiver's side, where a right to answer is judged."""
        return Scope(None, self.receiver_agency_id, None, self.receiver_id)


class Referral(Sided):
    """One person sent to one service, from the draft to the answer that comes back."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="service_type reference priority state due_at sent_at received_at answered_at ended_at outcome "
        "helped_on reason",
        technical=f"{SCOPE_FIELDS} {SIDE_FIELDS} number service is_discreet person family origin_kind origin_id way "
        "consent consent_ref overridden_at overridden_by escalated_at sender",
    )
    policy: ClassVar[Policy] = Policy(
        view=SENDS | (RECEIVES & IsNot("state", ReferralState.DRAFTED)) | BY_LINK | BY_PROGRAM,
        add=SENDS,
        change=SENDS | (RECEIVES & IsNot("state", ReferralState.DRAFTED)) | BY_LINK | BY_PROGRAM,
        data_class=DataClass.CASE,
    )

    number = models.PositiveIntegerField(unique=True)
    service = models.ForeignKey(DirectoryService, on_delete=models.PROTECT, related_name="referrals")
    service_type = models.CharField(max_length=20, db_collation="C")
    # That somebody is sent to such a service tells too much for a list on a shared table.
    is_discreet = models.BooleanField(default=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="referrals")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, related_name="referrals")
    origin_kind = models.CharField(
        max_length=8, blank=True, choices=[(key.value, key.value) for key in OriginKind], default="", db_collation="C"
    )
    # The case or the survivor's record it grew out of: a key without a constraint, because the arrow would point up.
    origin_id = models.UUIDField(null=True)
    # The code under which both sides speak of the person: of the case or family, or the survivor's.
    reference = models.CharField(max_length=40, db_collation="C")
    priority = models.CharField(
        _("how soon"), max_length=9, choices=[(key.value, PRIORITY_NAMES[key]) for key in Priority],
        default=Priority.NORMAL, db_collation="C",
    )  # fmt: skip
    state = models.CharField(max_length=13, choices=_STATES, default=ReferralState.DRAFTED, db_collation="C")
    way = models.CharField(
        max_length=7, blank=True, choices=[(key.value, key.value) for key in Way], default="", db_collation="C"
    )
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=9, blank=True, choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome], db_collation="C"
    )
    helped_on = models.DateField(null=True)
    reason = models.CharField(max_length=18, blank=True, choices=list(REASON_NAMES.items()), db_collation="C")
    # On what it rests: a consent of the registry, a consent of the sealed room, or a decision against both.
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="referrals")
    consent_ref = models.UUIDField(null=True)
    overridden_at = models.DateTimeField(null=True)
    overridden_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    sender = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_is_not_sent_without_ground",
                condition=Q(state="drafted") | Q(sent_at=None) | Q(consent__isnull=False)
                | Q(consent_ref__isnull=False) | Q(overridden_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_override_has_who_and_when",
                condition=Q(overridden_at=None, overridden_by=None)
                | Q(overridden_at__isnull=False, overridden_by__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_that_left_has_its_time",
                condition=Q(state="drafted", sent_at=None, way="") | Q(state="withdrawn") | ~Q(state="drafted")
                & Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_answered_has_its_time",
                condition=~Q(state__in=["accepted", "declined", "in_service", "completed", "not_completed"])
                | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_ended_has_its_time",
                condition=Q(state__in=sorted(ENDS), ended_at__isnull=False)
                | ~Q(state__in=sorted(ENDS)) & Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="referral_under_way_has_its_clock",
                condition=Q(state__in=sorted(PENDING), due_at__isnull=False)
                | ~Q(state__in=sorted(PENDING)) & Q(due_at=None),
            ),
            models.CheckConstraint(
                name="referral_completed_has_its_outcome",
                condition=Q(state="completed", helped_on__isnull=False) & ~Q(outcome="")
                | ~Q(state="completed") & Q(outcome="", helped_on=None),
            ),
            models.CheckConstraint(
                name="referral_ended_otherwise_has_its_reason",
                condition=Q(state__in=["declined", "not_completed", "withdrawn"]) & ~Q(reason="")
                | ~Q(state__in=["declined", "not_completed", "withdrawn"]) & Q(reason=""),
            ),
            models.CheckConstraint(
                name="sealed_referral_names_nobody",
                condition=Q(sensitivity="ordinary", person__isnull=False, family__isnull=False)
                | Q(sensitivity="sealed", person=None, family=None, consent=None, receiver_agency=None,
                    consent_ref__isnull=False) & ~Q(state="drafted"),
            ),
            models.CheckConstraint(
                name="referral_grew_out_of_something",
                condition=Q(origin_kind="", origin_id=None) | ~Q(origin_kind="") & Q(origin_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["link_digest"], name="referral_has_its_own_link", condition=~Q(link_digest="")
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["district", "-number"], name="referrals_newest_first"),
            models.Index(fields=["sender", "-number"], name="referrals_of_sender"),
            models.Index(fields=["receiver", "-number"], name="referrals_of_receiver"),
            models.Index(fields=["receiver_agency", "-number"], name="referrals_of_agency"),
            models.Index(fields=["person", "-number"], name="referrals_of_person"),
            models.Index(fields=["family", "-number"], name="referrals_of_family"),
            models.Index(fields=["origin_id", "-number"], name="referrals_of_origin", condition=~Q(origin_id=None)),
            models.Index(fields=["due_at"], name="referrals_due", condition=Q(state__in=sorted(PENDING))),
            models.Index(
                fields=["district", "due_at"], name="referrals_due_in_district", condition=Q(state__in=sorted(PENDING))
            ),
            models.Index(fields=["service", "sent_at"], name="referrals_of_service"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The readable code with its check digit."""
        return readable_code("R", self.number)

    @property
    def audit_label(self) -> str:
        """The code; nothing for a sealed one."""
        return "" if self.is_sealed else self.code

    @property
    def is_draft(self) -> bool:
        """Whether nothing has left yet."""
        return self.state == ReferralState.DRAFTED

    @property
    def is_pending(self) -> bool:
        """Whether it is under way."""
        return self.state in PENDING

    def is_overdue(self, now: datetime | None = None) -> bool:
        """Whether the next word of the receiver is late."""
        return self.due_at is not None and self.due_at <= (now or timezone.now())

    @property
    def reason_name(self) -> str:
        """Why it ended as it did, in the reader's language."""
        return gettext(REASON_NAMES[self.reason]) if self.reason else ""


class ReferralRecord(Sided):
    """The base of every table about one referral: it lies where the referral lies, on both sides."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="%(class)s_rows")

    class Meta:
        abstract = True

    @classmethod
    def about(cls, referral: Referral, **values: Any) -> Any:
        """An unsaved row about ``referral``, with its place and its sides."""
        return cls(
            referral=referral, district_id=referral.district_id, agency_id=referral.agency_id,
            team_id=referral.team_id, owner_id=referral.owner_id, sensitivity=referral.sensitivity,
            receiver_agency_id=referral.receiver_agency_id, receiver_id=referral.receiver_id,
            link_digest=referral.link_digest, **values,
        )  # fmt: skip


RECORD_SIDES = f"{SCOPE_FIELDS} {SIDE_FIELDS} referral"
MOVES_WITH_IT = ("agency_id", "team_id", "owner_id", "version", "changed_at")
"""The columns that change when the case behind a referral goes to another worker."""


class Preparation(ReferralRecord):
    """What the worker chose and wrote before sending: never seen by a receiver."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="needs told override_reason",
        technical=f"{RECORD_SIDES} lens fields names_agreed",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(view=SENDS, add=SENDS, change=SENDS, data_class=DataClass.CASE)

    needs = SealedTextField(blank=True, default="")
    lens = models.CharField(max_length=20, db_collation="C")
    fields = ArrayField(models.CharField(max_length=20), default=list)
    # What the case or the sealed room told, by the lens's codes.
    told = SealedJSONField(default=dict)
    # Whether the person agreed that name and telephone leave by a link or a PDF.
    names_agreed = models.BooleanField(default=False)
    override_reason = SealedTextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral"], name="referral_is_prepared_once")]

    def __str__(self) -> str:
        return "preparation"

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names the referral."""
        return ""


class ReferralStep(ReferralRecord):
    """One edge that a referral took, or a note between the two sides. Never edited."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="reason outcome happened_on note",
        technical=f"{RECORD_SIDES} act source target by told at",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=SENDS | RECEIVES | BY_LINK | BY_PROGRAM,
        add=SENDS | RECEIVES | BY_LINK | BY_PROGRAM,
        change=SENDS,
        data_class=DataClass.CASE,
        only=MOVES_WITH_IT,
    )

    # Empty for a note.
    act = models.CharField(
        max_length=12, blank=True, choices=[(key.value, ACT_NAMES[key]) for key in Act], db_collation="C"
    )
    source = models.CharField(max_length=13, choices=_STATES, db_collation="C")
    target = models.CharField(max_length=13, choices=_STATES, db_collation="C")
    # Nobody where a link was answered or time ran out.
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    # Whether the sender wrote down what the receiver told by telephone or on paper.
    told = models.BooleanField(default=False)
    reason = models.CharField(max_length=18, blank=True, choices=list(REASON_NAMES.items()), db_collation="C")
    outcome = models.CharField(
        max_length=9, blank=True, choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome], db_collation="C"
    )
    happened_on = models.DateField(null=True)
    note = SealedTextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["referral", "id"], name="steps_of_referral")]
        constraints = [
            models.CheckConstraint(
                name="referral_step_moves_or_is_a_note",
                condition=Q(act="", source=models.F("target"))
                | ~Q(act="") & ~Q(source=models.F("target")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.source}>{self.target}"

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names the referral."""
        return ""

    @property
    def reason_name(self) -> str:
        """The reason in the reader's language."""
        return gettext(REASON_NAMES[self.reason]) if self.reason else ""

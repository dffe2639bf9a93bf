"""The commission of a selection: its seats, who steps aside, what is signed; appeals, and the look at a sample."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.cases.models.selection import SelectionCandidate, SelectionRound
from paivand.cases.rules.selection import (
    APPEAL_NAMES,
    CONFLICT_NAMES,
    GROUP_NAMES,
    HOW_NAMES,
    OUTCOME_NAMES,
    VOID_NAMES,
    AppealState,
    ConflictKind,
    Finding,
    Group,
    How,
    MemberKind,
    Outcome,
    Void,
)
from paivand.cases.rules.selection_codes import title
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.methods.selection import fingerprint

_SIGN = InScope(Verb.SELECTION_SIGN)


class SelectionSeat(ScopedRecord):
    """A seat in the commission: of a signer, who has an account, or of an outside member, who is heard.

    An outside member stands here by function and organisation and never by name.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} round kind user function organisation offered_by accepted_at left_on left_reason"
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, change=_SIGN)

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="seats")
    kind = models.CharField(
        max_length=7, choices=[(key.value, key.value) for key in MemberKind], db_collation="C"
    )  # fmt: skip
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    function = models.CharField(_("as what"), max_length=30, db_collation="C")
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    offered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    # A signer takes the seat herself; an outside member sits from the beginning.
    accepted_at = models.DateTimeField(null=True)
    left_on = models.DateField(null=True)
    left_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "user"], condition=Q(left_on=None), name="signer_has_one_seat_in_a_round"
            ),
            models.CheckConstraint(
                name="signer_has_an_account_and_nobody_else",
                condition=Q(kind="signer", user__isnull=False)
                | Q(kind="outside", user=None, accepted_at__isnull=False) & ~Q(organisation=""),
            ),
            models.CheckConstraint(
                name="seat_left_has_day_and_reason",
                condition=Q(left_on=None, left_reason="") | Q(left_on__isnull=False) & ~Q(left_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.function

    @property
    def audit_label(self) -> str:
        """Nothing: the round tells where it happened."""
        return ""

    @property
    def function_name(self) -> str:
        """As what somebody sits here, in the reader's language."""
        return title("functions", self.function, get_language() or "en")

    @property
    def is_signer(self) -> bool:
        """Whether whoever sits here decides and signs."""
        return self.kind == MemberKind.SIGNER

    @property
    def is_taken(self) -> bool:
        """Whether somebody sits here now."""
        return self.accepted_at is not None and self.left_on is None


class SelectionConflict(ScopedRecord):
    """That a member of the commission does not decide about a family, and why. It is ended by another signer only."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="kind words ended_reason",
        technical=f"{SCOPE_FIELDS} round seat candidate declared_by declared_at ended_by ended_at",
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, change=_SIGN, data_class=DataClass.CASE)

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey(SelectionSeat, on_delete=models.PROTECT, related_name="conflicts")
    candidate = models.ForeignKey(SelectionCandidate, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(
        _("what ties her or him to the family"), max_length=9, db_collation="C",
        choices=[(key.value, CONFLICT_NAMES[key]) for key in ConflictKind],
    )  # fmt: skip
    words = models.CharField(max_length=300, blank=True)
    declared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    ended_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "candidate"], condition=Q(ended_at=None), name="conflict_is_declared_once"
            ),
            models.CheckConstraint(
                name="conflict_of_another_kind_is_said_in_words", condition=~Q(kind="other") | ~Q(words="")
            ),
            models.CheckConstraint(
                name="ended_conflict_has_person_and_reason",
                condition=Q(ended_at=None, ended_by=None, ended_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason=""),
            ),
            models.CheckConstraint(
                name="conflict_is_not_ended_by_who_declared_it", condition=~Q(ended_by=models.F("declared_by"))
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nobody's ties."""
        return ""


class SelectionSignature(ScopedRecord):
    """That a signer stands for the whole list, apart from the families she stepped aside from.

    It holds the fingerprint of the list. Whatever changes the list afterwards makes it void, and says so here.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} round seat signer list_hash n_families n_aside signed_at voided_at void_cause"
    )
    policy: ClassVar[Policy] = Policy(
        view=_SIGN, add=_SIGN, change=_SIGN, only=("voided_at", "void_cause", "version", "changed_at")
    )

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="signatures")
    seat = models.ForeignKey(SelectionSeat, on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    list_hash = models.CharField(max_length=64, db_collation="C")
    n_families = models.PositiveIntegerField()
    n_aside = models.PositiveIntegerField(default=0)
    signed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    # What changed the list.
    void_cause = models.CharField(
        max_length=8, blank=True, choices=[(key.value, VOID_NAMES[key]) for key in Void], db_collation="C"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "signer"], condition=Q(voided_at=None), name="nobody_signs_a_list_twice"
            ),
            models.CheckConstraint(
                name="void_signature_says_what_changed",
                condition=Q(voided_at=None, void_cause="") | Q(voided_at__isnull=False) & ~Q(void_cause=""),
            ),
        ]

    def __str__(self) -> str:
        return "signature"

    @property
    def audit_label(self) -> str:
        """Nothing: the round tells where it happened."""
        return ""

    @property
    def is_void(self) -> bool:
        """Whether the list changed after it was signed."""
        return self.voided_at is not None


class SelectionMinutes(ScopedRecord):
    """The whole list as it was signed, in the form of which the fingerprint was made. It is never changed."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="content", technical=f"{SCOPE_FIELDS} round list_hash", leaves=False
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, data_class=DataClass.CASE)

    round = models.OneToOneField(SelectionRound, on_delete=models.PROTECT, related_name="minutes")
    content = models.JSONField()
    list_hash = models.CharField(max_length=64, db_collation="C")

    def __str__(self) -> str:
        return "minutes"

    @property
    def audit_label(self) -> str:
        """Nothing: the round tells where it happened."""
        return ""

    @property
    def is_whole(self) -> bool:
        """Whether the list still has the fingerprint that was signed."""
        return fingerprint(self.content) == self.list_hash


class SelectionAppeal(ScopedRecord):
    """That somebody does not agree with a decision, what was answered, and by whom."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="brought_by brought_on words state answer answered_on moved_to why_same_person",
        technical=f"{SCOPE_FIELDS} round candidate received_by decided_by by_signer beyond_quota",
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, change=_SIGN, data_class=DataClass.CASE)

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="appeals")
    candidate = models.ForeignKey(SelectionCandidate, on_delete=models.PROTECT, related_name="appeals")
    brought_by = models.CharField(_("who brings it"), max_length=30, db_collation="C")
    brought_on = models.DateField(_("brought on"))
    words = models.CharField(_("what they say"), max_length=1000)
    received_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=8, choices=[(key.value, APPEAL_NAMES[key]) for key in AppealState], default=AppealState.OPEN,
        db_collation="C",
    )  # fmt: skip
    answer = models.CharField(_("why"), max_length=1000, blank=True)
    answered_on = models.DateField(null=True)
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    moved_to = models.CharField(
        max_length=12, blank=True, choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome], db_collation="C"
    )
    # Whether who decided had signed the list, and why nobody else could.
    by_signer = models.BooleanField(default=False)
    why_same_person = models.CharField(max_length=300, blank=True)
    # Whether more families of the jamoat are selected with it than there are places.
    beyond_quota = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["round", "state", "brought_on", "id"], name="appeals_of_round")]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(state="open"), name="one_appeal_of_a_family_at_a_time"
            ),
            models.CheckConstraint(
                name="answered_appeal_has_day_person_and_reason",
                condition=Q(state="open", answered_on=None, decided_by=None, answer="", moved_to="")
                | Q(state="upheld", answered_on__isnull=False, decided_by__isnull=False)
                & ~Q(answer="")
                & Q(moved_to__in=["selected", "reserve"])
                | Q(state="rejected", answered_on__isnull=False, decided_by__isnull=False, moved_to="")
                & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="appeal_decided_by_a_signer_says_why",
                condition=Q(by_signer=False, why_same_person="") | Q(by_signer=True) & ~Q(why_same_person=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.state

    @property
    def audit_label(self) -> str:
        """The family's code; never what was said."""
        return self.candidate.audit_label

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state == AppealState.OPEN

    @property
    def brought_by_name(self) -> str:
        """Who brings it, in the reader's language."""
        return title("brought_by", self.brought_by, get_language() or "en")


class SelectionSample(ScopedRecord):
    """Which families of a round are looked at again, drawn at random with a seed that is kept."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} round seed n_selected n_others size_selected size_others drawn_by drawn_at"
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN)

    round = models.OneToOneField(SelectionRound, on_delete=models.PROTECT, related_name="sample")
    seed = models.CharField(max_length=32)
    n_selected = models.PositiveIntegerField()
    n_others = models.PositiveIntegerField()
    size_selected = models.PositiveIntegerField()
    size_others = models.PositiveIntegerField()
    drawn_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return "sample"


class SelectionRevisit(ScopedRecord):
    """A family of the sample, looked at again: whether it belonged into the group in which it stood."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="group finding how words found_on",
        technical=f"{SCOPE_FIELDS} round sample candidate assessment found_by is_independent lot",
    )
    policy: ClassVar[Policy] = Policy(view=_SIGN, add=_SIGN, change=_SIGN, data_class=DataClass.CASE)

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="+", db_index=False)
    sample = models.ForeignKey(SelectionSample, on_delete=models.PROTECT, related_name="revisits")
    candidate = models.ForeignKey(SelectionCandidate, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(
        max_length=8, choices=[(key.value, GROUP_NAMES[key]) for key in Group], db_collation="C"
    )  # fmt: skip
    # The order in which it was drawn.
    lot = models.PositiveIntegerField()
    finding = models.CharField(
        max_length=9, blank=True, choices=[(key.value, key.value) for key in Finding], db_collation="C"
    )
    how = models.CharField(
        max_length=10, blank=True, choices=[(key.value, HOW_NAMES[key]) for key in How], db_collation="C"
    )
    assessment = models.ForeignKey(
        "instruments.Assessment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    words = models.CharField(max_length=500, blank=True)
    found_on = models.DateField(null=True)
    found_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    # Whether who looked again had neither decided about the family nor signed.
    is_independent = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["round", "group", "lot"], name="revisits_of_round")]
        constraints = [
            models.UniqueConstraint(fields=["sample", "candidate"], name="family_is_drawn_once"),
            models.CheckConstraint(
                name="revisit_has_day_person_and_way",
                condition=Q(finding="", how="", words="", found_on=None, found_by=None, is_independent=None)
                | Q(finding__in=["right", "wrong", "not_found"], found_on__isnull=False, found_by__isnull=False)
                & Q(is_independent__isnull=False)
                & ~Q(how=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return "revisit"

    @property
    def audit_label(self) -> str:
        """The family's code; never what was found."""
        return self.candidate.audit_label

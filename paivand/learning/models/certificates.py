"""Certificates that anyone can verify, the batches in which they are issued, and the public keys of badges."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.identity import CERTIFICATE
from paivand.access.models.policies import (
    Anyone,
    During,
    ForLink,
    Guarded,
    HoldsSomewhere,
    InScope,
    Mine,
    Never,
    Policy,
)
from paivand.access.models.walls import SEQUENCES
from paivand.access.rules.verbs import Verb
from paivand.core.models import Record
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.enrolments import Enrolment
from paivand.learning.models.records import (
    FOLLOWS,
    GROUP_FIELDS,
    HOME,
    HOME_FIELDS,
    PLANS,
    SEES,
    TEACHES,
    WITHDRAWS,
    GroupRecord,
    LearnerRecord,
)
from paivand.learning.rules.certificates import (
    REVOKING_NAMES,
    CertificateState,
    Revoking,
    certificate_number,
    certificate_state,
    grouped,
)
from paivand.learning.rules.course import Design
from paivand.learning.rules.issuing import BATCH_STATE_NAMES, DESIGN_NAMES, BatchState

CERTIFICATE_NUMBERS = "learning_certificate_number"
SEQUENCES.add(CERTIFICATE_NUMBERS)

UPKEEP = "upkeep"
"""The purpose under which batches whose worker fell silent are taken up again."""

_BY_SECOND = Mine("second_id") & HoldsSomewhere(Verb.CERTIFICATE_ISSUE)
ISSUES = InScope(Verb.CERTIFICATE_ISSUE) | _BY_SECOND
"""Who issues certificates of a group."""
REVOKES = ISSUES | InScope(Verb.CERTIFICATE_ISSUE, **HOME)
"""Who revokes and corrects them: also where the learner lives."""
SHOWN = ForLink("link_digest") & During(CERTIFICATE)
"""Whoever holds the code, under the identity of the public page."""


class CertificateBatch(GroupRecord):
    """Certificates of a group that are issued in the background, some at a time."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="terms",
        technical=f"{GROUP_FIELDS} state n_total n_done asked_by alive_at ended_at",
    )
    policy: ClassVar[Policy] = Policy(
        view=ISSUES | During(UPKEEP), add=ISSUES, change=ISSUES | TEACHES | PLANS | During(UPKEEP),
        data_class=DataClass.LEARNING,
    )  # fmt: skip

    state = models.CharField(
        max_length=7, default=BatchState.WAITING, db_collation="C",
        choices=[(key.value, BATCH_STATE_NAMES[key]) for key in BatchState],
    )  # fmt: skip
    # What all of them have in common, and the numbers of the state's diplomas by enrolment.
    terms = models.JSONField()
    n_total = models.PositiveSmallIntegerField()
    n_done = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    # When something was last done with it: a batch that is silent for long is taken up again.
    alive_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["alive_at"], name="certificate_batches_at_work", condition=Q(ended_at=None)),
            models.Index(fields=["group", "-id"], name="certificate_batches_of_group"),
        ]
        constraints = [
            models.CheckConstraint(
                name="certificate_batch_has_an_end",
                condition=Q(state__in=["waiting", "working"], ended_at=None)
                | Q(state__in=["done", "stopped"], ended_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["group"], condition=Q(ended_at=None), name="group_has_one_certificate_batch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n_done}/{self.n_total}"

    @property
    def audit_label(self) -> str:
        """How far it is: the program itself, which may have to end it, does not see the group."""
        return str(self)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended_at is not None

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 if not self.n_total else min(100, 100 * self.n_done // self.n_total)


class Certificate(LearnerRecord):
    """What was handed to a learner, as it was printed. It is never rewritten: it may be revoked, or replaced.

    The one thing that may become less is the name: a trigger lets it be erased, when a consent is withdrawn, and never
    become another.

    ``link_digest`` is by what the public page finds it; nobody signed in is needed there, and one row is seen.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="design series number code name course title trade hours practical_hours mark body signatories "
        "commission diploma_series diploma_number languages began_on ended_on issued_on name_shown_since revoked_on "
        "revoked_for revoked_reason superseded_on",
        technical=f"{GROUP_FIELDS} {HOME_FIELDS} enrolment batch link_digest issued_by name_shown_by revoked_by "
        "superseded_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=SEES | FOLLOWS | REVOKES | SHOWN | WITHDRAWS,
        add=REVOKES,
        change=REVOKES | TEACHES | PLANS | WITHDRAWS,
        data_class=DataClass.LEARNING,
        only=(
            "agency_id", "team_id", "owner_id", "second_id", "version", "changed_at", "name_shown_since",
            "name_shown_by_id", "revoked_on", "revoked_by_id", "revoked_for", "revoked_reason", "superseded_on",
            "superseded_by_id", "name",
        ),
    )  # fmt: skip

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="certificates")
    batch = models.ForeignKey(CertificateBatch, on_delete=models.PROTECT, null=True, related_name="certificates")
    design = models.CharField(
        max_length=10, choices=[(key.value, DESIGN_NAMES[key]) for key in Design], db_collation="C"
    )
    series = models.CharField(max_length=6, db_collation="C")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=20, db_collation="C")
    link_digest = models.CharField(max_length=64, db_collation="C")
    name = models.CharField(_("name as it is printed"), max_length=240)
    course = models.CharField(max_length=60, db_collation="C")
    # In each of the languages of the paper, as the other words.
    title = models.JSONField()
    trade = models.CharField(max_length=8, blank=True, db_collation="C")
    hours = models.DecimalField(max_digits=7, decimal_places=2)
    practical_hours = models.DecimalField(max_digits=7, decimal_places=2)
    mark = models.CharField(max_length=20, blank=True)
    body = models.JSONField()
    # ``{"name": …, "post": {language: …}}``
    signatories = models.JSONField()
    # ``{"name": …, "post": …, "chair": true}``, as in the exam.
    commission = models.JSONField(default=list, blank=True)
    diploma_series = models.CharField(max_length=12, blank=True)
    diploma_number = models.CharField(max_length=24, blank=True)
    languages = ArrayField(models.CharField(max_length=2))
    began_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    name_shown_since = models.DateField(_("agreed that the name is shown on"), null=True)
    name_shown_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_on = models.DateField(null=True)
    revoked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_for = models.CharField(
        _("why"), max_length=10, blank=True, choices=[(key.value, REVOKING_NAMES[key]) for key in Revoking],
        db_collation="C",
    )  # fmt: skip
    revoked_reason = models.CharField(_("what happened"), max_length=300, blank=True)
    superseded_on = models.DateField(null=True)
    superseded_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaces")

    class Meta:
        verbose_name = _("certificate")
        indexes = [
            models.Index(fields=["group", "name"], name="certificates_of_group"),
            models.Index(fields=["enrolment", "-number"], name="certificates_of_enrolment"),
            models.Index(fields=["district", "-number"], name="certificates_of_district"),
            models.Index(fields=["name"], name="certificates_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["link_digest"], name="certificate_code_is_one"),
            models.UniqueConstraint(fields=["number"], name="certificate_number_is_one"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(revoked_on=None, superseded_on=None),
                name="learner_has_one_valid_certificate",
            ),
            models.CheckConstraint(
                name="certificate_code_is_of_its_signs", condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{20}$")
            ),
            models.CheckConstraint(
                name="certificate_link_is_a_digest", condition=Q(link_digest__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="certificate_revocation_is_whole",
                condition=Q(revoked_on=None, revoked_by=None, revoked_for="", revoked_reason="")
                | Q(revoked_on__isnull=False, revoked_by__isnull=False) & ~Q(revoked_for="") & ~Q(revoked_reason=""),
            ),
            models.CheckConstraint(
                name="certificate_is_superseded_by_another",
                condition=Q(superseded_on=None, superseded_by=None)
                | Q(superseded_on__isnull=False, superseded_by__isnull=False) & ~Q(superseded_by=F("id")),
            ),
            models.CheckConstraint(
                name="certificate_name_is_shown_by_word",
                condition=Q(name_shown_since=None, name_shown_by=None)
                | Q(name_shown_since__isnull=False, name_shown_by__isnull=False),
            ),
            models.CheckConstraint(
                name="diploma_has_the_states_number", condition=~Q(design="diploma") | ~Q(diploma_number="")
            ),
            models.CheckConstraint(
                name="certificate_practice_is_within_its_hours", condition=Q(practical_hours__lte=F("hours"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.printed_number

    @property
    def audit_label(self) -> str:
        """The printed number; never the name."""
        return self.printed_number

    @property
    def printed_number(self) -> str:
        """Series, running number and check digit."""
        return certificate_number(self.series, self.number)

    @property
    def grouped_code(self) -> str:
        """The code as it is printed."""
        return grouped(self.code)

    @property
    def state(self) -> CertificateState:
        """Where it stands."""
        return certificate_state(self)

    @property
    def is_valid(self) -> bool:
        """Whether it can be relied on."""
        return self.state is CertificateState.VALID

    @property
    def is_diploma(self) -> bool:
        """Whether it records a diploma of the state."""
        return self.design == Design.DIPLOMA

    @property
    def theory_hours(self) -> Decimal:
        """Hours that were no practice."""
        return self.hours - self.practical_hours


class BadgeKey(Guarded, Record):
    """A public key with which badges were signed. It stays, so that they can be checked for ever; the owner writes it.

    The private keys lie outside the database: see ``paivand.operate.vault``.
    """

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} thumbprint public")
    policy: ClassVar[Policy] = Policy(view=Anyone(), add=Never())

    thumbprint = models.CharField(max_length=43, unique=True, db_collation="C")
    public = models.CharField(max_length=43, db_collation="C")

    def __str__(self) -> str:
        return self.thumbprint

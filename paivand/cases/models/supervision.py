"""Guiding the workers: supervision sessions, and reviews of a sample of files with what is to be put right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.cases.models.cases import CASE_FIELDS, CASE_POLICY, CaseRecord
from paivand.cases.rules.supervision import SESSION_FORM_NAMES, Finding, SessionForm
from paivand.core.models.sealed import SealedTextField
from paivand.core.rules.privacy import DataClass, Privacy

_GUIDES = Mine("supervisor_id") & HoldsSomewhere(Verb.CASE_APPROVE)


class SupervisionSession(ScopedRecord):
    """A session of a supervisor with a worker. It lies where the worker belongs; she is its ``owner``.

    A session with a group has a row for each worker; ``sitting`` holds them together.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="form held_on topics agreed next_on",
        technical=f"{SCOPE_FIELDS} worker supervisor sitting",
    )
    policy: ClassVar[Policy] = Policy(
        view=Mine("worker_id") | Mine("supervisor_id") | InScope(Verb.CASE_APPROVE),
        add=InScope(Verb.CASE_APPROVE),
        change=_GUIDES,
        data_class=DataClass.CASE,
    )

    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    sitting = models.UUIDField(editable=False)
    form = models.CharField(
        _("form"), max_length=11, choices=[(key.value, SESSION_FORM_NAMES[key]) for key in SessionForm],
        db_collation="C",
    )  # fmt: skip
    held_on = models.DateField(_("day"))
    topics = models.TextField(_("what was spoken about"), blank=True)
    agreed = models.TextField(_("what is agreed"))
    next_on = models.DateField(_("next session"), null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["worker", "-held_on", "-id"], name="sessions_of_worker"),
            models.Index(fields=["supervisor", "-held_on", "-id"], name="sessions_of_supervisor"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "worker"], name="worker_sits_once_in_a_session"),
            models.CheckConstraint(name="session_is_with_somebody_else", condition=~Q(worker=F("supervisor"))),
            models.CheckConstraint(
                name="session_is_followed_later", condition=Q(next_on=None) | Q(next_on__gt=F("held_on"))
            ),
            models.CheckConstraint(name="session_agrees_on_something", condition=~Q(agreed="")),
        ]

    def __str__(self) -> str:
        return self.form

    @property
    def audit_label(self) -> str:
        """Nothing: who was guided when is seen by those who may see the session."""
        return ""


class SessionWellbeing(ScopedRecord):
    """How the worker herself is. Only the two who spoke about it read it; the database holds it encrypted."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH, personal="words", technical=f"{SCOPE_FIELDS} session worker supervisor", leaves=False
    )
    policy: ClassVar[Policy] = Policy(
        view=Mine("worker_id") | Mine("supervisor_id"),
        add=_GUIDES,
        change=_GUIDES,
        data_class=DataClass.HEALTH,
    )

    session = models.OneToOneField(SupervisionSession, on_delete=models.PROTECT, related_name="wellbeing")
    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    words = SealedTextField(_("how the worker is"))

    def __str__(self) -> str:
        return "wellbeing"

    @property
    def audit_label(self) -> str:
        """Nothing."""
        return ""


class SupervisedCase(CaseRecord):
    """That a case was spoken about in supervision, and what was agreed for it. It stays with the case."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="held_on agreed", technical=f"{CASE_FIELDS} session"
    )
    policy: ClassVar[Policy] = CASE_POLICY

    session = models.ForeignKey(SupervisionSession, on_delete=models.PROTECT, related_name="cases")
    held_on = models.DateField()
    agreed = models.TextField(_("what is agreed for this case"), blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-held_on"], name="supervised_cases")]
        constraints = [models.UniqueConstraint(fields=["session", "case"], name="case_is_once_in_a_session")]

    def __str__(self) -> str:
        return "supervision"


class FileReview(ScopedRecord):
    """A look at a sample of a worker's files, drawn at random. ``seed`` and ``population`` let anyone draw it again."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="drawn_on score remarks finished_at",
        technical=f"{SCOPE_FIELDS} worker supervisor checklist_version seed n_wanted population with_closed",
    )
    policy: ClassVar[Policy] = Policy(
        view=Mine("worker_id") | Mine("supervisor_id") | InScope(Verb.CASE_APPROVE),
        add=InScope(Verb.CASE_APPROVE),
        change=_GUIDES,
        data_class=DataClass.CASE,
    )

    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    checklist_version = models.CharField(max_length=10, db_collation="C")
    drawn_on = models.DateField()
    seed = models.CharField(max_length=40, db_collation="C")
    n_wanted = models.PositiveSmallIntegerField()
    # The numbers of the cases from which the sample was drawn.
    population = models.JSONField(default=list)
    with_closed = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField(null=True)
    remarks = models.TextField(_("what stands out"), blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["worker", "-drawn_on", "-id"], name="reviews_of_worker")]
        constraints = [
            models.CheckConstraint(name="review_is_of_somebody_else", condition=~Q(worker=F("supervisor"))),
            models.CheckConstraint(name="review_score_is_per_cent", condition=Q(score=None) | Q(score__lte=100)),
            models.CheckConstraint(
                name="review_has_its_score_when_finished", condition=Q(score=None) | Q(finished_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return "review"

    @property
    def is_finished(self) -> bool:
        """Whether its findings are told to the worker."""
        return self.finished_at is not None

    @property
    def audit_label(self) -> str:
        """Nothing."""
        return ""


class ReviewedFile(CaseRecord):
    """One file of the sample: what was found about each item. Told to the worker of that day, not to later ones."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="findings remarks score looked_at",
        technical=f"{CASE_FIELDS} review worker supervisor position",
    )
    policy: ClassVar[Policy] = Policy(
        view=Mine("worker_id") | Mine("supervisor_id") | InScope(Verb.CASE_APPROVE),
        add=InScope(Verb.CASE_APPROVE),
        change=_GUIDES,
        data_class=DataClass.CASE,
    )

    review = models.ForeignKey(FileReview, on_delete=models.PROTECT, related_name="files")
    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    # By the code of the item: {"finding": one of Finding, "note": words}.
    findings = models.JSONField(default=dict)
    remarks = models.TextField(_("remarks"), blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "case"], name="file_is_once_in_a_review"),
            models.CheckConstraint(name="file_score_is_per_cent", condition=Q(score=None) | Q(score__lte=100)),
        ]

    def __str__(self) -> str:
        return "file"

    def finding(self, code: str) -> str:
        """What was found about an item; empty where nothing was."""
        return str(self.findings.get(code, {}).get("finding", ""))

    @property
    def n_not_met(self) -> int:
        """How many items are not met, or in part."""
        return sum(1 for row in self.findings.values() if row["finding"] in {Finding.NOT_MET, Finding.PARTLY})


class Correction(CaseRecord):
    """Something to put right in a file until a day; whoever works the case then does it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="what due_on done_on item",
        technical=f"{CASE_FIELDS} file done_by",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    file = models.ForeignKey(ReviewedFile, on_delete=models.PROTECT, related_name="corrections")
    item = models.CharField(max_length=40, blank=True, db_collation="C")
    what = models.CharField(_("what is put right"), max_length=300)
    due_on = models.DateField(_("until"))
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["owner", "due_on"], name="corrections_of_worker", condition=Q(done_on=None))]
        constraints = [
            models.CheckConstraint(
                name="correction_done_has_its_doer",
                condition=Q(done_on=None, done_by=None) | Q(done_on__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "correction"

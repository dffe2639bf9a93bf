"""The audit: who did what, when, and what was refused. Rows are added and never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models.identity import LINK
from paivand.access.models.policies import During, Guarded, HoldsSomewhere, InScope, Is, Mine, Policy
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.models.record import RecordQuerySet
from paivand.core.rules.privacy import DataClass, Privacy


class AuditEvent(Guarded, models.Model):
    """One thing done or refused.

    It holds no foreign keys, so that nothing about it depends on what is edited later, and no values of personal
    fields: a change is told by the names of the fields that changed.
    """

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY,
        personal="actor_name subject_label reason address",
        technical="id at event outcome sealed actor_id roles subject_type subject_id detail "
        "district_id agency_id team_id owner_id",
    )
    policy: ClassVar[Policy] = Policy(
        view=Mine("actor_id")
        | (Is("sealed", False) & InScope(Verb.AUDIT_VIEW))
        | (Is("sealed", True) & HoldsSomewhere(Verb.AUDIT_SEALED))
        | (Is("sealed", False) & Is("event", Verb.FAMILY_OPEN) & Is("outcome", "done") & InScope(Verb.FAMILY_OPEN))
        | (Is("sealed", False) & Is("event", Verb.CASE_VIEW) & Is("outcome", "done") & InScope(Verb.CASE_VIEW)),
        add=Mine("actor_id") | During("sign-in") | During("bootstrap") | During("upkeep") | During(LINK),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    event = models.CharField(max_length=40, db_collation="C")
    outcome = models.CharField(max_length=7, choices=Outcome.choices, db_collation="C")
    # Betrays that the sealed room was worked in: shown to ``audit.sealed`` only.
    sealed = models.BooleanField(default=False)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120)
    roles = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    district_id = models.CharField(max_length=12, null=True, db_collation="C")
    agency_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    owner_id = models.UUIDField(null=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_id", "-id"], name="audit_of_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_of_actor"),
            models.Index(fields=["event", "-id"], name="audit_of_event"),
            models.Index(fields=["district_id", "-id"], name="audit_of_district"),
            models.Index(fields=["-id"], name="audit_refused", condition=Q(outcome="refused")),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.outcome} {self.subject_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An audit event is never changed.")
        super().save(*args, force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An audit event is never deleted.")

    @classmethod
    def about(cls, subject: models.Model | None, scope: Scope | None, **values: Any) -> AuditEvent:
        """An unsaved event about ``subject``, lying where ``scope`` says."""
        if subject is not None:
            values |= {
                "subject_type": subject._meta.model_name or "",
                "subject_id": subject.pk,
                "subject_label": str(getattr(subject, "audit_label", subject))[:120],
            }
        if scope is not None:
            values |= {
                "district_id": scope.district_id,
                "agency_id": scope.agency_id,
                "team_id": scope.team_id,
                "owner_id": scope.owner_id,
            }
        return cls(**values)

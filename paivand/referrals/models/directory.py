"""The directory of services: who helps with what, where, when, for whom, and whether that was checked lately."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, InScope, Is, Policy, Rule, SignedIn
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.methods.names import sort_key
from paivand.referrals.rules.directory import (
    ACCESSIBILITY_NAMES,
    COST_NAMES,
    STATE_NAMES,
    Accessibility,
    Cost,
    ServiceState,
    ServiceType,
    last_fresh_day,
    service_type_title,
    service_types,
    type_order,
)
from paivand.referrals.rules.directory_hours import Hours
from paivand.registry.rules.people import LANGUAGE_NAMES, SpokenLanguage

MAY_KNOW: Rule = (
    (SignedIn() & Is("is_sensitive", False))
    | HoldsSomewhere(Verb.REFERRAL_SEND)
    | HoldsSomewhere(Verb.DIRECTORY_EDIT)
    | InScope(Verb.REFERRAL_ANSWER, district=None, team=None)
)
"""Everyone signed in knows the services that may be known; the others are for who refers, edits, or gives them.

A provider's own services are those of the agency or, for a right over own records only, those owned.
"""
EDITS = InScope(Verb.DIRECTORY_EDIT)


class DirectoryService(ScopedRecord):
    """One service of one provider in one district. ``agency`` is the provider's agency where it takes part itself."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CONTACT,
        personal="focal_name focal_post phone",
        technical=f"{SCOPE_FIELDS} type type_order is_sensitive name name_ru name_en name_fa sort_key provider_name "
        "jamoat address address_hidden around_the_clock days opens_at closes_at break_from break_until hours "
        "eligibility cost cost_note languages accessibility women_only capacity focal_user how_to_refer poster_words "
        "verified_on verified_by state stopped_on stopped_why resumes_on",
    )
    policy: ClassVar[Policy] = Policy(view=MAY_KNOW, add=EDITS, change=EDITS)

    type = models.CharField(_("kind of service"), max_length=20, db_collation="C")
    # The place of its kind in lists, after what people come for; copied here so that the database orders by it.
    type_order = models.PositiveSmallIntegerField(default=0, editable=False)
    # That it exists here is told only to those who refer; true for types that betray it, and where an editor says so.
    is_sensitive = models.BooleanField(_("is told only to those who refer"), default=False)
    name = models.CharField(_("name of the service"), max_length=120)
    name_ru = models.CharField(_("name in Russian"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    name_fa = models.CharField(_("name in Dari"), max_length=120, blank=True)
    sort_key = models.CharField(max_length=300, db_collation="C", editable=False)
    provider_name = models.CharField(_("provider"), max_length=120)
    jamoat = models.ForeignKey(
        "core.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("jamoat")
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_hidden = models.BooleanField(_("the address is told by telephone only"), default=False)
    around_the_clock = models.BooleanField(_("day and night"), default=False)
    days = ArrayField(models.CharField(max_length=3), verbose_name=_("days"), default=list, blank=True)
    opens_at = models.TimeField(_("from"), null=True, blank=True)
    closes_at = models.TimeField(_("until"), null=True, blank=True)
    break_from = models.TimeField(_("break from"), null=True, blank=True)
    break_until = models.TimeField(_("break until"), null=True, blank=True)
    hours = models.CharField(_("more about the hours"), max_length=200, blank=True)
    eligibility = models.CharField(_("for whom"), max_length=400, blank=True)
    cost = models.CharField(
        _("cost"), max_length=6, choices=[(key.value, COST_NAMES[key]) for key in Cost], default=Cost.FREE
    )
    cost_note = models.CharField(_("more about the cost"), max_length=200, blank=True)
    languages = ArrayField(
        models.CharField(max_length=6, choices=[(key.value, LANGUAGE_NAMES[key]) for key in SpokenLanguage]),
        verbose_name=_("languages"), default=list, blank=True,
    )  # fmt: skip
    accessibility = ArrayField(
        models.CharField(max_length=13, choices=[(key.value, ACCESSIBILITY_NAMES[key]) for key in Accessibility]),
        verbose_name=_("accessibility"), default=list, blank=True,
    )  # fmt: skip
    women_only = models.BooleanField(_("for women and girls only"), default=False)
    capacity = models.CharField(_("how many it can take"), max_length=120, blank=True)
    focal_name = models.CharField(_("whom to ask for"), max_length=120, blank=True)
    focal_post = models.CharField(_("post"), max_length=120, blank=True)
    focal_user = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("who answers referrals in the program"),
    )  # fmt: skip
    phone = models.CharField(_("telephone"), max_length=16, blank=True, db_collation="C")
    how_to_refer = models.CharField(_("how to refer"), max_length=400, blank=True)
    # What may be said of a sensitive service in public, by language; without words in a language it is on no poster.
    poster_words = models.JSONField(_("words on a poster"), default=dict, blank=True)
    verified_on = models.DateField(_("checked on"))
    verified_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=6, choices=[(key.value, STATE_NAMES[key]) for key in ServiceState],
        default=ServiceState.OPEN,
    )  # fmt: skip
    stopped_on = models.DateField(_("since"), null=True, blank=True)
    stopped_why = models.CharField(_("why"), max_length=200, blank=True)
    resumes_on = models.DateField(_("opens again on"), null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "type_order", "sort_key", "id"], name="service_listed",
                condition=~Q(state="closed"),
            ),
            models.Index(
                fields=["type_order", "sort_key", "id"], name="service_listed_anywhere", condition=~Q(state="closed")
            ),
            models.Index(
                fields=["district", "verified_on", "id"], name="service_to_verify", condition=~Q(state="closed")
            ),
            models.Index(fields=["verified_on", "id"], name="service_to_verify_anywhere", condition=~Q(state="closed")),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="hidden_address_is_not_written",
                condition=Q(address_hidden=False) | Q(address="", jamoat=None),
            ),
            models.CheckConstraint(
                name="safe_house_is_sensitive_and_hidden",
                condition=~Q(type="safe_house") | Q(is_sensitive=True, address_hidden=True),
            ),
            models.CheckConstraint(
                name="stopped_service_has_its_day",
                condition=Q(state="open", stopped_on=None, stopped_why="", resumes_on=None)
                | Q(state="paused", stopped_on__isnull=False) & (Q(resumes_on=None) | Q(resumes_on__gt=F("stopped_on")))
                | Q(state="closed", stopped_on__isnull=False, resumes_on=None),
            ),
            models.CheckConstraint(
                name="service_hours_are_whole",
                condition=Q(opens_at=None, closes_at=None)
                | Q(opens_at__isnull=False, closes_at__isnull=False, opens_at__lt=F("closes_at")),
            ),
            models.CheckConstraint(
                name="service_break_lies_within_the_hours",
                condition=Q(break_from=None, break_until=None)
                | Q(break_from__isnull=False, break_until__isnull=False, opens_at__isnull=False)
                & Q(break_from__gt=F("opens_at"), break_from__lt=F("break_until"), break_until__lt=F("closes_at")),
            ),
            models.CheckConstraint(
                name="service_phone_can_be_called",
                condition=Q(phone="") | Q(phone__regex=r"^(\+[0-9]{10,15}|[0-9]{3,6})$"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language, or as it is called here."""
        return self.title_in(get_language() or "en")

    def title_in(self, language: str) -> str:
        """The name in ``language``, or as it is called here."""
        return str(getattr(self, f"name_{language[:2]}", "") or self.name)

    @property
    def type_title(self) -> str:
        """What its type is called, in the reader's language."""
        return service_type_title(self.type, get_language() or "en")

    @property
    def kind(self) -> ServiceType:
        """Its type; an older program's code is treated as another service."""
        return service_types().get(self.type) or service_types()["other"]

    @property
    def week(self) -> Hours:
        """When it is open."""
        return Hours(
            tuple(self.days), self.opens_at, self.closes_at, self.break_from, self.break_until, self.around_the_clock
        )

    @property
    def takes_people(self) -> bool:
        """Whether one can be sent there now."""
        return self.state == ServiceState.OPEN

    def is_stale(self, today: date) -> bool:
        """Whether nobody checked the entry for so long that it must be asked about first."""
        return self.verified_on < last_fresh_day(today)

    @property
    def audit_label(self) -> str:
        """Its name; nothing for a sensitive one, because the audit is read by more people than may know of it."""
        return "" if self.is_sensitive else self.name[:120]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key, self.type_order = sort_key(self.name), type_order(self.type)
        super().save(*args, **kwargs)


class ServiceKey(ScopedRecord):
    """One key under which a service is found: a word of its names and place, a language spoken, a way in.

    Row security answers equality and ranges of these through an index, lists within a column it does not.
    """

    class Kind(models.TextChoices):
        WORD = "word"
        LANGUAGE = "language"
        ACCESS = "access"

    privacy: ClassVar[Privacy] = Privacy.none(f"{SCOPE_FIELDS} service is_sensitive kind key")
    policy: ClassVar[Policy] = Policy(view=MAY_KNOW, add=EDITS, remove=EDITS)

    service = models.ForeignKey(DirectoryService, on_delete=models.CASCADE, related_name="keys")
    is_sensitive = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, db_collation="C")
    key = models.CharField(max_length=100, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "key", "service"], name="service_key_found"),
            models.Index(fields=["district", "kind", "key", "service"], name="service_key_found_in_district"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

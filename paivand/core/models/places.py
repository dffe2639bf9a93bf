"""Where people live: regions, districts, jamoats."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.core.rules.privacy import Privacy


class PlaceQuerySet(models.QuerySet["Place"]):
    """Places by level and above one another."""

    def districts(self) -> PlaceQuerySet:
        return self.filter(level=Place.Level.DISTRICT)

    def jamoats(self) -> PlaceQuerySet:
        return self.filter(level=Place.Level.JAMOAT)


class Place(models.Model):
    """A place of the administrative division, under a code of Paivand's own that outlives renaming.

    The official codes (``p_codes``) are an attribute: one unit has carried several.
    """

    class Level(models.TextChoices):
        REGION = "region", _("region")
        DISTRICT = "district", _("district")
        JAMOAT = "jamoat", _("jamoat")

    privacy: ClassVar[Privacy] = Privacy.none(
        "code level parent name_tg name_ru name_en name_fa former_names p_codes population population_year source "
        "sort_key"
    )

    code = models.CharField(primary_key=True, max_length=12, db_collation="C")
    level = models.CharField(max_length=8, choices=Level.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    name_tg = models.CharField(max_length=80)
    name_ru = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    name_fa = models.CharField(max_length=80)
    former_names = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    p_codes = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=120, db_collation="C")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                name="place_has_a_parent_unless_a_region",
                condition=models.Q(level="region", parent=None) | ~models.Q(level="region") & ~models.Q(parent=None),
            ),
            models.CheckConstraint(
                name="place_population_has_its_year",
                condition=models.Q(population=None, population_year=None)
                | ~models.Q(population=None) & ~models.Q(population_year=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        value: Any = getattr(self, f"name_{(get_language() or 'en')[:2]}", None)
        return str(value or self.name_en)

"""Enters what stands beside the demonstration's figures: another source that disagrees, and what explains it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.evidence.actions.figures import enter_external, explain
from paivand.evidence.models import ExternalFigure
from paivand.evidence.rules.entering import ExternalDraft
from paivand.evidence.rules.reading import indicators

FAO = ExternalDraft(
    source="FAO", document="FAO Regional Office for Europe and Central Asia, news of 4 March 2024",
    method="20 women's groups, over 500 women, as reported; who was counted in two groups is not said",
    value=Decimal(500), as_of_on=date(2024, 3, 4),
    note="Stands beside 16 schools and 300 women, which the programme published in November 2023",
)  # fmt: skip
WORDS = {
    "en": "Two groups counted neighbours who came along; here only those who completed a season count.",
    "ru": "В двух группах считали приходивших соседок; здесь считаются только закончившие сезон.",
    "tg": "Дар ду гурӯҳ ҳамсояҳоро ҳам ҳисоб карданд; ин ҷо танҳо хатмкардагони мавсим ҳисоб мешаванд.",
}


def beside_written(monitoring: User) -> bool:
    """Whether there is a figure of another source already."""
    with acting_as(monitoring):
        return ExternalFigure.objects.exists()


def write_beside(users: Mapping[str, User], today: date) -> None:
    """Enter the disagreeing figure and its explanation as the monitoring officer."""
    by, farmers = users["monitoring"], indicators()["women_farmers"]
    with acting_as(by):
        enter_external(indicator=farmers, draft=FAO, by=by)
        for language, words in WORDS.items():
            explain(indicator=farmers, words=words, language=language, last_on=today, by=by)

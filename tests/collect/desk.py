"""A list on its way, step by step, without a worker process: the job is done where the test calls it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.collect import tasks
from paivand.collect.actions import lists as actions
from paivand.collect.models import ImportBatch, ImportRow
from paivand.registry.rules import ConsentMethod
from tests.cast import KULOB

DECLARED = actions.Declaration(
    for_all=False, method=ConsentMethod.SIGNATURE, language="tg", on=timezone.localdate(), by="раиси ҷамоат",
    note="варақаҳои имзошуда дар ҷамоат",
)  # fmt: skip
DECLARED_FOR_ALL = actions.Declaration(
    for_all=True, method=ConsentMethod.SIGNATURE, language="tg", on=timezone.localdate(), by="раиси ҷамоат",
    note="варақаҳои имзошуда дар ҷамоат",
)  # fmt: skip


class Desk:
    """What a user does with lists."""

    def __init__(self, by: Any) -> None:
        self.by = by

    def upload(
        self, content: bytes, name: str = "рӯйхат.xlsx", *, district: str = KULOB, declared: Any = DECLARED
    ) -> ImportBatch:
        with acting_as(self.by):
            return actions.upload_list(
                scope=placement(self.by, district), file_name=name, content=content, declared=declared, by=self.by
            )

    def check(self, batch: ImportBatch, mapping: list[str] | None = None) -> ImportBatch:
        """Have the list checked, and wait for the result."""
        with acting_as(self.by):
            actions.check_list(batch=batch, mapping=mapping or self.seen(batch).mapping, by=self.by)
        self.work(batch)
        return self.seen(batch)

    def take_in(self, batch: ImportBatch) -> ImportBatch:
        """Have the list taken in, and wait for the result."""
        with acting_as(self.by):
            actions.take_in(batch=batch, by=self.by)
        self.work(batch)
        return self.seen(batch)

    def work(self, batch: ImportBatch) -> None:
        """What a worker does with the job of the list."""
        tasks.work(None, batch=str(batch.pk), by=str(self.by.pk))

    def seen(self, batch: ImportBatch) -> ImportBatch:
        with acting_as(self.by):
            return ImportBatch.objects.select_related("district").get(pk=batch.pk)

    def rows(self, batch: ImportBatch) -> list[ImportRow]:
        with acting_as(self.by):
            return list(ImportRow.objects.filter(batch=batch).order_by("number"))

    def told(self, batch: ImportBatch, level: str = "error") -> list[tuple[int, str]]:
        """Row number and code of everything of this level."""
        return [
            (row.number, problem["code"])
            for row in self.rows(batch)
            for problem in row.problems
            if problem["level"] == level
        ]


def uploaded_list(by: Any) -> ImportBatch:
    """A list of three families of Kulob, uploaded by ``by`` and not yet checked."""
    from tests.collect.sheets import family_rows, workbook

    return Desk(by).upload(workbook(family_rows(3, ["Даҳана", "Зираки"])))

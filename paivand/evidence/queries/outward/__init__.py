"""Files that leave: gathers what is shown, lets a writer write it, and says what is left out."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone, translation

from paivand.access.models import User
from paivand.evidence.queries.outward import aid, figures, plans
from paivand.evidence.rules.outward.wanted import Format, Made, Wanted

_MAKERS: dict[Format, Callable[[User, Wanted], Made]] = {
    Format.WORKBOOK: figures.workbook,
    Format.TABLE: figures.table,
    Format.JSON: figures.json_file,
    Format.OPEN_DATA: figures.open_data,
    Format.DHIS2: figures.dhis2_json,
    Format.ADX: figures.dhis2_adx,
    Format.FIVE_W: plans.five_w_spreadsheet,
    Format.FIVE_W_CSV: plans.five_w_table,
    Format.CALENDAR: plans.calendar_file,
    Format.IATI: aid.iati_file,
}


def made(by: User, wanted: Wanted) -> Made:
    """The file that ``by`` wants, in the language of the file. Everything in it is protected where it is small."""
    with translation.override(wanted.language), timezone.override(timezone.get_default_timezone()):
        return _MAKERS[wanted.format](by, wanted)

"""What stands on the page of a case: each part of the room adds a function and, in ``case.html``, a line.

A section is a function ``(by, case) -> dict`` whose values its template reads; names begin with the section's own word.
``case.html`` includes ``cases/sections/<name>.html`` in the order in which they stand there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paivand.access.models import User
from paivand.cases.models import Case
from paivand.cases.views import assessments, oversight, records, referrals, timeline

SECTIONS: tuple[Callable[[User, Case], dict[str, Any]], ...] = (
    # --- cases, plans, closure
    assessments.section,
    referrals.section,
    timeline.section,
    # --- records in a case
    records.section,
    # --- assignment and supervision
    oversight.section,
)

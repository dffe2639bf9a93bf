"""What every page of results begins with: who reads, in which language, and what the address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.filters import Filters, filters
from paivand.evidence.rules.indicators import Indicator
from paivand.evidence.rules.reading import indicators


@dataclass(frozen=True)
class Reading:
    """One reader's question."""

    by: User
    filters: Filters
    language: str
    zone: tzinfo
    today: date

    def ask(self) -> Ask:
        """The question of the address: when services happened, and what was known when."""
        return self.filters.ask(self.zone)

    def context(self, **more: object) -> dict[str, object]:
        """What the templates of these pages have in common."""
        may = {
            "opens": Verb.RESULTS_OPEN in self.by.verbs,
            "enters": Verb.RESULTS_ENTER in self.by.verbs,
            "exports": Verb.RESULTS_EXPORT in self.by.verbs,
        }
        kept = urlencode(self.filters.address())
        return {
            "filters": self.filters, "today": self.today, "kept_query": f"?{kept}" if kept else "", **may, **more,
        }  # fmt: skip


def reading(request: HttpRequest) -> Reading:
    """Who reads results, and what for; whoever may not see them is told so."""
    by = asking(request)
    demand(by, Verb.RESULTS_VIEW)
    language = (get_language() or "en")[:2]
    zone = timezone.get_current_timezone()
    return Reading(by, filters(request.GET.dict()), language, zone, timezone.localdate())


def indicator_or_404(code: str) -> Indicator:
    """The indicator of this code."""
    found = indicators().get(code)
    if found is None:
        raise Http404
    return found

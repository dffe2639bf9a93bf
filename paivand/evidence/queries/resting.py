"""What of the results rests on a code of a programme's plan."""

from __future__ import annotations

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.templatetags.paivand import number
from paivand.evidence.models import ReportSection
from paivand.evidence.rules.reading import indicators
from paivand.programme.models import Programme


def results_on(by: User, programme: Programme, code: str) -> list[str]:
    """Indicators that are declared for this output, and texts of reports written about it."""
    declared = sorted(
        one.code for one in indicators().values() if (one.programme, one.output) == (programme.code, code)
    )
    texts = ReportSection.objects.seen_by(by).filter(report__programme=programme, output=code).exclude(text="").count()
    return [
        *([_("indicators: %(codes)s") % {"codes": " · ".join(declared)}] if declared else []),
        *([_("texts of reports: %(n)s") % {"n": number(texts)}] if texts else []),
    ]

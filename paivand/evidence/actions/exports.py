"""Taking results out as a file: protected figures only, by the standard's rules, and noted."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.evidence.rules.outward.iati_checks import errors
from paivand.evidence.rules.outward.wanted import Made, Wanted


@action(Verb.RESULTS_EXPORT, self_service=True)
def export_results(*, wanted: Wanted, made: Made, by: User) -> Made:
    """Let a file leave, and note who took out what: with the SHA-256, a file that turns up is traced to its event.

    Nothing lies in one place here, so the right is asked for in any scope; what the file holds is what the program
    shows to ``by``, protected where it is small.

    Raises:
        Refused: ``ruleset`` where a rule of the standard is broken; ``empty`` where there is nothing to hand over.
    """
    if broken := errors(made.findings):
        raise Refused(
            _("The file breaks rules of its standard. First of all: %(finding)s") % {"finding": broken[0].said(_)},
            "ruleset",
        )
    if not made.n_rows:
        raise Refused(_("There is nothing to hand over. Choose another time, or look at what is left out."), "empty")
    remark(
        format=str(wanted.format), programme=wanted.programme, first=str(wanted.first or ""),
        last=str(wanted.last or ""), dimensions=[str(one) for one in wanted.by], language=wanted.language,
        as_of=wanted.as_of.isoformat() if wanted.as_of else "", rows=made.n_rows, hidden=made.n_hidden,
        left_out=len(made.left_out), sha256=hashlib.sha256(made.content).hexdigest(),
    )  # fmt: skip
    return made

"""Whether a consent to be referred reaches one receiver: given as a whole, or limited to a name or a kind of help."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVar

from paivand.core.rules.texts import text
from paivand.methods.names import name_keys
from paivand.registry.rules.consents import ConsentState, Given, standing

WHY_NOT = {
    "closed": text("The person is in no open file. Nothing can be passed on."),
    "registration": text(
        "Nobody agreed to the registration, or that consent has ended. Write that consent down first."
    ),
    "never_asked": text(
        "The person was not asked yet whether anything may be passed on. Ask, and write the answer down."
    ),
    "withdrawn": text(
        "The person withdrew the consent to be referred. Nothing is passed on unless the person agrees anew."
    ),
    "ended": text("The consent to be referred has ended. Ask anew, and write the answer down."),
    "others": text(
        "The person agreed to be referred, but not to this service. Ask about this one, and write the answer down."
    ),
    "giver": text("The consent was given by somebody who may not give it now. Ask anew, and write the answer down."),
}
"""Why nothing may be passed on, and what to do."""

G = TypeVar("G", bound=Given)

_BETWEEN = re.compile(r"[,;\n/]+")


def folded(words: str) -> str:
    """``words`` as they are compared: without case, marks, script and punctuation.

    >>> folded("Маркази «Умед», Кӯлоб") == folded("markazi umed kulob")
    True
    """
    return " ".join(_word(word) for word in re.findall(r"\w+", words))


def _word(word: str) -> str:
    # Keys of names drop digits; school 5 is not school 6.
    return name_keys(word, "given").k1 + "".join(one for one in word if one.isdigit()) or word.casefold()


def names_receiver(extent: str, receivers: Collection[str]) -> bool:
    """Whether what a consent is limited to names one of ``receivers``: a provider, a service, or a kind of help.

    Several may be named, between commas. A name that is only a part of another does not count.

    >>> names_receiver("Умед, «Ҳамроҳ»", ["Hamroh"]), names_receiver("Умед", ["Умеди нав"])
    (True, False)
    """
    wanted = {folded(one) for one in receivers if one} - {""}
    parts = {folded(part) for part in _BETWEEN.split(extent)} | {folded(extent)}
    return bool(wanted & parts)


def covering(rows: Iterable[G], receivers: Collection[str], day: date) -> G | None:
    """The row on which a referral to these receivers rests on ``day``, or None.

    A consent without a limit reaches everybody, one with a limit those it names. What was said later about this
    receiver by name outweighs what was said earlier about all.
    """
    near = [row for row in rows if not row.extent or names_receiver(str(row.extent), receivers)]
    refused = [row for row in near if row.extent and row.withdrawn_on and row.withdrawn_on <= day]
    left = [
        row
        for row in near
        if row.withdrawn_on or not any((no.withdrawn_on, no.id) > (row.given_on, row.id) for no in refused)
    ]
    stands = standing(left, day)
    return stands.row if stands.state is ConsentState.GIVEN else None

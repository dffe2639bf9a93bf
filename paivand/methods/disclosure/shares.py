"""Shares, means and medians that tell nothing which the counts beside them do not tell.

A share is computed from two counts that are both shown, so it gives nothing away that is not there already. Where the
count above the line is hidden, its share is hidden too: share times denominator, rounded as it may be, is the count.
"""

from __future__ import annotations

from dataclasses import dataclass

from paivand.methods.disclosure.keys import Key, Protected, Rule


@dataclass(frozen=True)
class Share:
    """A share with the two counts it is made of."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.part / self.whole


def share(figures: Protected, part: Key, whole: Key, rule: Rule | None = None) -> Share | None:
    """The share of ``part`` in ``whole``; None where it may not be told.

    It is told when both counts are shown, the whole is not small or empty, and neither the people above the line nor
    the rest of the whole are few. The rest is a group too: where it is told apart, give it as a cell of its own (a
    dimension with the categories yes and no), so that the counts themselves are protected from being subtracted.

    Raises:
        KeyError: for a cell that the figures do not hold.

    >>> from paivand.methods.disclosure.keys import WHOLE, key
    >>> figures = Protected({WHOLE: 60, key(sex="f"): 57, key(age="0-17"): 30})
    >>> share(figures, key(age="0-17"), WHOLE).value
    0.5
    >>> share(figures, key(sex="f"), WHOLE) is None
    True
    """
    rule = rule or Rule()
    above, below = figures[part], figures[whole]
    if above is None or below is None or below < max(1, rule.smallest):
        return None
    if above > below:
        raise ValueError("A part is not larger than its whole.")
    if rule.is_small(above) or rule.is_small(below - above):
        return None
    return Share(above, below)


def may_average(figures: Protected, cell: Key, rule: Rule | None = None) -> bool:
    """Whether a mean, a median or a sum over the people of a cell may be told.

    It may when their number is shown and not small. Where that number is hidden, nothing over the same people is told:
    two means over groups that differ by two people give the mean of these two.

    >>> from paivand.methods.disclosure.keys import key
    >>> figures = Protected({key(sex="f"): 57, key(sex="m"): None})
    >>> may_average(figures, key(sex="f")), may_average(figures, key(sex="m"))
    (True, False)
    """
    count = figures[cell]
    return count is not None and count >= max(1, (rule or Rule()).smallest)

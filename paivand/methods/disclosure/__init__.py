"""Linked tables of counts of people from which no small count can be read or computed, however they are laid together.

A results page shows one count in many cuts: by sex, by age, by district and jamoat, by month, and two of these crossed.
Whoever reads one table reads the others too. So all cells that can be seen together are protected together:

>>> cells = {WHOLE: 60, key(sex="f"): 40, key(sex="m"): 20, key(age="0-17"): 25, key(age="18+"): 35,
...     key(sex="f", age="0-17"): 23, key(sex="f", age="18+"): 17, key(sex="m", age="0-17"): 2,
...     key(sex="m", age="18+"): 18}
>>> figures = protect(cells)
>>> figures[key(sex="m")], figures[key(sex="m", age="0-17")], figures.why[key(sex="m", age="0-17")].value
(20, None, 'small')
>>> figures[key(sex="f", age="18+")], figures.why[key(sex="f", age="18+")].value
(None, 'further')

What is guaranteed, against whom, and what is not: docs/methods/disclosure.md.
"""

from paivand.methods.disclosure.keys import WHOLE, Hierarchy, Key, Protected, Release, Rule, Why, joined, key
from paivand.methods.disclosure.protection import protect
from paivand.methods.disclosure.shares import Share, may_average, share

__all__ = [
    "WHOLE",
    "Hierarchy",
    "Key",
    "Protected",
    "Release",
    "Rule",
    "Share",
    "Why",
    "joined",
    "key",
    "may_average",
    "protect",
    "share",
]

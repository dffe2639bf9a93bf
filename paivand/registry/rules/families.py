"""The state of a family's file, and the house and land it lives from."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class FamilyState(StrEnum):
    """What has become of a file. Only an active one stands in lists, searches and exports."""

    ACTIVE = "active"
    MOVED = "moved"
    LEFT = "left"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Origin(StrEnum):
    """By which door a family came into the registry."""

    SCREEN = "screen"
    IMPORT = "import"
    FIELD = "field"


class Housing(StrEnum):
    """In whose house the family lives."""

    OWN = "own"
    IN_LAWS = "in_laws"
    PARENTS = "parents"
    RENTED = "rented"
    WITH_OTHERS = "with_others"
    PUBLIC = "public"
    NONE = "none"


class LandTenure(StrEnum):
    """Whether the family has land, and in whose name."""

    OWN_NAME = "own_name"
    MIGRANTS_NAME = "migrants_name"
    RELATIVES_NAME = "relatives_name"
    PRESIDENTIAL_PLOT = "presidential_plot"
    RENTED = "rented"
    NONE = "none"


STATE_NAMES = {
    FamilyState.ACTIVE: text("active"),
    FamilyState.MOVED: text("moved away"),
    FamilyState.LEFT: text("left the programme"),
    FamilyState.WITHDRAWN: text("consent withdrawn"),
    FamilyState.MERGED: text("joined with another file"),
}
ORIGIN_NAMES = {
    Origin.SCREEN: text("registered on the screen"),
    Origin.IMPORT: text("taken in from a list"),
    Origin.FIELD: text("registered in the field"),
}
HOUSING_NAMES = {
    Housing.OWN: text("own house"),
    Housing.IN_LAWS: text("house of the in-laws"),
    Housing.PARENTS: text("house of her or his parents"),
    Housing.RENTED: text("rented"),
    Housing.WITH_OTHERS: text("lives with other people"),
    Housing.PUBLIC: text("dormitory or shelter"),
    Housing.NONE: text("no fixed home"),
}
LAND_NAMES = {
    LandTenure.OWN_NAME: text("land in the name of the head"),
    LandTenure.MIGRANTS_NAME: text("land in the migrant's name"),
    LandTenure.RELATIVES_NAME: text("land in a relative's name"),
    LandTenure.PRESIDENTIAL_PLOT: text("presidential plot"),
    LandTenure.RENTED: text("rented land"),
    LandTenure.NONE: text("no land"),
}

BY_HAND = frozenset({FamilyState.MOVED, FamilyState.LEFT})
"""What a worker may write down herself. A withdrawn consent and a joined file close the file by their own ways."""


def may_become(now: FamilyState, then: FamilyState) -> bool:
    """Whether a worker may change the state of a file from ``now`` to ``then``.

    >>> may_become(FamilyState.ACTIVE, FamilyState.MOVED), may_become(FamilyState.LEFT, FamilyState.ACTIVE)
    (True, True)
    >>> may_become(FamilyState.WITHDRAWN, FamilyState.ACTIVE), may_become(FamilyState.ACTIVE, FamilyState.MERGED)
    (False, False)
    """
    if now is FamilyState.ACTIVE:
        return then in BY_HAND
    return now in BY_HAND and then is FamilyState.ACTIVE

from .cases import (
    CASE_FIELDS,
    CASE_POLICY,
    HISTORY_POLICY,
    PART_POLICY,
    Case,
    CasePerson,
    CaseRecord,
    CaseTransition,
)
from .closure import Closure
from .dues import Due
from .plans import Approval, Plan, PlanAction, PlanGoal, PlanNeed

__all__ = [
    "CASE_FIELDS",
    "CASE_POLICY",
    "HISTORY_POLICY",
    "PART_POLICY",
    "Approval",
    "Case",
    "CasePerson",
    "CaseRecord",
    "CaseTransition",
    "Closure",
    "Due",
    "Plan",
    "PlanAction",
    "PlanGoal",
    "PlanNeed",
]

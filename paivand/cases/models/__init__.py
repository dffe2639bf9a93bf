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
from .commission import (
    SelectionAppeal,
    SelectionConflict,
    SelectionRevisit,
    SelectionSample,
    SelectionSeat,
    SelectionSignature,
)
from .dues import Due
from .oversight import CaseMove, Transfer, WorkerNotice
from .plans import Approval, Plan, PlanAction, PlanGoal, PlanNeed
from .selection import SelectionCandidate, SelectionDecision, SelectionPlace, SelectionProfile, SelectionRound
from .supervision import (
    Correction,
    FileReview,
    ReviewedFile,
    SessionWellbeing,
    SupervisedCase,
    SupervisionSession,
)
from .workers import Holding, holdings, open_counts, reach_of

__all__ = [
    "CASE_FIELDS",
    "CASE_POLICY",
    "HISTORY_POLICY",
    "PART_POLICY",
    "Approval",
    "Case",
    "CaseMove",
    "CasePerson",
    "CaseRecord",
    "CaseTransition",
    "Closure",
    "Correction",
    "Due",
    "FileReview",
    "Holding",
    "Plan",
    "PlanAction",
    "PlanGoal",
    "PlanNeed",
    "ReviewedFile",
    "SelectionAppeal",
    "SelectionCandidate",
    "SelectionConflict",
    "SelectionDecision",
    "SelectionPlace",
    "SelectionProfile",
    "SelectionRevisit",
    "SelectionRound",
    "SelectionSample",
    "SelectionSeat",
    "SelectionSignature",
    "SessionWellbeing",
    "SupervisedCase",
    "SupervisionSession",
    "Transfer",
    "WorkerNotice",
    "holdings",
    "open_counts",
    "reach_of",
]

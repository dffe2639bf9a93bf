from .cases import CASE_FIELDS, CASE_POLICY, HISTORY_POLICY, PART_POLICY, Case, CasePerson, CaseRecord, CaseTransition
from .closure import Closure
from .commission import (
    SelectionAppeal,
    SelectionConflict,
    SelectionMinutes,
    SelectionRevisit,
    SelectionSample,
    SelectionSeat,
    SelectionSignature,
)
from .dues import Due
from .legal import LegalMatter, LegalStep
from .oversight import CaseMove, Transfer, WorkerNotice
from .plans import Approval, Plan, PlanAction, PlanGoal, PlanNeed
from .records import (
    CaseDocument,
    Conference,
    ConferenceDecision,
    ConferencePresence,
    FormerVersion,
    Note,
    Visit,
    VisitPerson,
    VisitProgress,
)
from .referred import referred_first
from .schooling import SchoolCheck, Schooling, SchoolTry
from .selection import SelectionCandidate, SelectionDecision, SelectionPlace, SelectionProfile, SelectionRound
from .sessions import Attendance, FormerSession, GroupMeeting, GroupMember, PsychosocialGroup, PsychosocialSession
from .supervision import Correction, FileReview, ReviewedFile, SessionWellbeing, SupervisedCase, SupervisionSession
from .workers import Holding, holdings, open_counts, reach_of

__all__ = [
    "CASE_FIELDS",
    "CASE_POLICY",
    "HISTORY_POLICY",
    "PART_POLICY",
    "Approval",
    "Attendance",
    "Case",
    "CaseDocument",
    "CaseMove",
    "CasePerson",
    "CaseRecord",
    "CaseTransition",
    "Closure",
    "Conference",
    "ConferenceDecision",
    "ConferencePresence",
    "Correction",
    "Due",
    "FileReview",
    "FormerSession",
    "FormerVersion",
    "GroupMeeting",
    "GroupMember",
    "Holding",
    "LegalMatter",
    "LegalStep",
    "Note",
    "Plan",
    "PlanAction",
    "PlanGoal",
    "PlanNeed",
    "PsychosocialGroup",
    "PsychosocialSession",
    "ReviewedFile",
    "SchoolCheck",
    "SchoolTry",
    "Schooling",
    "SelectionAppeal",
    "SelectionCandidate",
    "SelectionConflict",
    "SelectionDecision",
    "SelectionMinutes",
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
    "Visit",
    "VisitPerson",
    "VisitProgress",
    "WorkerNotice",
    "holdings",
    "open_counts",
    "reach_of",
    "referred_first",
]

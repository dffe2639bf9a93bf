"""Tables of learning: see the modules for each."""

from .assessment import Exam, ExamResult, TestSheet
from .certificates import BadgeKey, Certificate, CertificateBatch
from .enrolments import Enrolment, EnrolmentMove
from .following import FollowUp
from .groups import Group, GroupTrainer
from .household import HouseholdPlan
from .records import GroupRecord, LearnerRecord
from .schools import (
    FieldDay,
    FieldPhoto,
    GroupCheck,
    Observation,
    Plot,
    PlotEntry,
    PracticeAdoption,
    SchoolMonth,
    SchoolSeason,
)
from .sessions import Attendance, FormerAttendance, Session
from .trainers import who_teaches

__all__ = [
    "Attendance",
    "BadgeKey",
    "Certificate",
    "CertificateBatch",
    "Enrolment",
    "EnrolmentMove",
    "Exam",
    "ExamResult",
    "FieldDay",
    "FieldPhoto",
    "FollowUp",
    "FormerAttendance",
    "Group",
    "GroupCheck",
    "GroupRecord",
    "GroupTrainer",
    "HouseholdPlan",
    "LearnerRecord",
    "Observation",
    "Plot",
    "PlotEntry",
    "PracticeAdoption",
    "SchoolMonth",
    "SchoolSeason",
    "Session",
    "TestSheet",
    "who_teaches",
]

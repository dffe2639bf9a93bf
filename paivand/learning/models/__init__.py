"""Tables of learning: see the modules for each."""

from .assessment import Exam, ExamResult, TestSheet
from .enrolments import Enrolment, EnrolmentMove
from .following import FollowUp
from .groups import Group, GroupTrainer
from .records import GroupRecord, LearnerRecord
from .sessions import Attendance, FormerAttendance, Session

__all__ = [
    "Attendance",
    "Enrolment",
    "EnrolmentMove",
    "Exam",
    "ExamResult",
    "FollowUp",
    "FormerAttendance",
    "Group",
    "GroupRecord",
    "GroupTrainer",
    "LearnerRecord",
    "Session",
    "TestSheet",
]

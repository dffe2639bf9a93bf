from .money import Budget, BudgetLine, BudgetShare, Spending
from .plan import Activity, DateChange, Milestone, Outcome, Output, ProgressNote
from .programmes import Participation, Programme
from .records import PlanQuerySet

__all__ = [
    "Activity",
    "Budget",
    "BudgetLine",
    "BudgetShare",
    "DateChange",
    "Milestone",
    "Outcome",
    "Output",
    "Participation",
    "PlanQuerySet",
    "Programme",
    "ProgressNote",
    "Spending",
]

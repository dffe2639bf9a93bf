from . import library
from .audit import AuditEvent
from .scoped import SCOPE_FIELDS, ScopedQuerySet, ScopedRecord
from .users import Agency, BreakGlass, RoleAssignment, Team, User

__all__ = [
    "SCOPE_FIELDS",
    "Agency",
    "AuditEvent",
    "BreakGlass",
    "RoleAssignment",
    "ScopedQuerySet",
    "ScopedRecord",
    "Team",
    "User",
    "library",
]

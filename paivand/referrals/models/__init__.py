from .directory import DirectoryService, ServiceKey
from .directory_reports import ServiceChange, ServiceReport

__all__ = [
    "DirectoryService",
    "ServiceChange",
    "ServiceKey",
    "ServiceReport",
]

from .assessments import Assessment
from .flags import RedFlag
from .scores import Score

__all__ = ["Assessment", "RedFlag", "Score"]

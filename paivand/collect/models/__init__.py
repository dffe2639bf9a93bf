from .devices import Device
from .forms import Form, FormFile, FormVersion
from .lists import ColumnMapping, ImportBatch, ImportFile, ImportRow
from .submissions import Submission, SubmissionContent, SubmissionFile
from .surveys import SurveyAnswer

__all__ = [
    "ColumnMapping",
    "Device",
    "Form",
    "FormFile",
    "FormVersion",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Submission",
    "SubmissionContent",
    "SubmissionFile",
    "SurveyAnswer",
]

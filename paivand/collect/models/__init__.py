from .devices import Device
from .entities import EntityChange
from .forms import Form, FormFile, FormVersion
from .lists import ColumnMapping, ImportBatch, ImportFile, ImportRow
from .submissions import Submission, SubmissionContent, SubmissionFile
from .survey_files import SurveyFile, SurveyFilePiece
from .surveys import SurveyAnswer
from .taking import SubmissionKey, SubmissionStep

__all__ = [
    "ColumnMapping",
    "Device",
    "EntityChange",
    "Form",
    "FormFile",
    "FormVersion",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Submission",
    "SubmissionContent",
    "SubmissionFile",
    "SubmissionKey",
    "SubmissionStep",
    "SurveyAnswer",
    "SurveyFile",
    "SurveyFilePiece",
]

from .directory import DirectoryService, ServiceKey
from .directory_reports import ServiceChange, ServiceReport
from .disclosures import Disclosure
from .feedback import ReferralFeedback
from .links import AnswerLink
from .notices import Notice
from .referrals import Preparation, Referral, ReferralStep

__all__ = [
    "AnswerLink",
    "DirectoryService",
    "Disclosure",
    "Notice",
    "Preparation",
    "Referral",
    "ReferralFeedback",
    "ReferralStep",
    "ServiceChange",
    "ServiceKey",
    "ServiceReport",
]

from .directory import DirectoryService, ServiceKey
from .directory_reports import ServiceChange, ServiceReport
from .disclosures import Disclosure
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
    "ReferralStep",
    "ServiceChange",
    "ServiceKey",
    "ServiceReport",
]

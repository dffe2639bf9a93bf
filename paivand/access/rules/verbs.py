"""What can be done: one name is the permission, the action and the audit event. Few enough to learn: decision 26."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class Verb(StrEnum):
    """A right, written noun.verb. ``VERB_MEANING`` says each in a sentence."""

    FAMILY_OPEN = "family.open"
    FAMILY_REGISTER = "family.register"
    FAMILY_EDIT = "family.edit"
    FAMILY_EXPORT = "family.export"
    FAMILY_IMPORT = "family.import"
    CONSENT_RECORD = "consent.record"
    CONSENT_WITHDRAW = "consent.withdraw"
    DUPLICATE_REVIEW = "duplicate.review"
    PERSON_MERGE = "person.merge"
    PLACE_EDIT = "place.edit"
    JOURNEY_RECORD = "journey.record"
    JOURNEY_REVERSE = "journey.reverse"
    ASSESSMENT_RECORD = "assessment.record"
    SELECTION_SIGN = "selection.sign"
    CASE_VIEW = "case.view"
    CASE_WORK = "case.work"
    CASE_ASSIGN = "case.assign"
    CASE_APPROVE = "case.approve"
    REFERRAL_SEND = "referral.send"
    REFERRAL_ANSWER = "referral.answer"
    REFERRAL_OVERRIDE = "referral.override"
    DIRECTORY_EDIT = "directory.edit"
    DIRECTORY_REPORT = "directory.report"
    SURVIVOR_WORK = "survivor.work"
    SURVIVOR_REPORT = "survivor.report"
    LEARNING_VIEW = "learning.view"
    LEARNING_PLAN = "learning.plan"
    LEARNING_TEACH = "learning.teach"
    LEARNING_ENROL = "learning.enrol"
    CERTIFICATE_ISSUE = "certificate.issue"
    PROGRAMME_PLAN = "programme.plan"
    SPENDING_ENTER = "spending.enter"
    OUTREACH_RECORD = "outreach.record"
    RESULTS_VIEW = "results.view"
    RESULTS_OPEN = "results.open"
    RESULTS_ENTER = "results.enter"
    RESULTS_EXPORT = "results.export"
    REPORT_WRITE = "report.write"
    REPORT_LOCK = "report.lock"
    FORM_FILL = "form.fill"
    FORM_MEND = "form.mend"
    SURVEY_MANAGE = "survey.manage"
    DEVICE_MANAGE = "device.manage"
    GLASS_BREAK = "glass.break"
    GLASS_REVIEW = "glass.review"
    AUDIT_VIEW = "audit.view"
    AUDIT_SEALED = "audit.sealed"
    USER_VIEW = "user.view"
    USER_CREATE = "user.create"
    USER_EDIT = "user.edit"
    USER_SUSPEND = "user.suspend"
    SESSION_END = "session.end"
    FACTOR_RESET = "factor.reset"
    ROLE_ASSIGN = "role.assign"
    ROLE_END = "role.end"
    AGENCY_EDIT = "agency.edit"
    TEAM_EDIT = "team.edit"
    PROFILE_EDIT = "profile.edit"


VERB_MEANING: dict[Verb, str] = {
    Verb.FAMILY_OPEN: text("Find families, open a family's file and see who else opened it."),
    Verb.FAMILY_REGISTER: text("Register a family with its first consent."),
    Verb.FAMILY_EDIT: text("Change a family: members, particulars, papers, telephones, migration, remittances."),
    Verb.FAMILY_EXPORT: text("Take a list of families out as a file, with a written reason."),
    Verb.FAMILY_IMPORT: text("Check a list of families in a spreadsheet and take it in."),
    Verb.CONSENT_RECORD: text("Write down a consent that a person gave."),
    Verb.CONSENT_WITHDRAW: text("Write down that a consent is withdrawn, and carry out what follows."),
    Verb.DUPLICATE_REVIEW: text("Decide whether two records are one person."),
    Verb.PERSON_MERGE: text("Merge two records of one person, and undo it."),
    Verb.PLACE_EDIT: text("Add villages and load the boundaries of districts."),
    Verb.JOURNEY_RECORD: text("Write down that a service reached a person."),
    Verb.JOURNEY_REVERSE: text("Correct a step of the journey by a reversing step."),
    Verb.ASSESSMENT_RECORD: text("Answer a questionnaire with a person or a family, and see its result."),
    Verb.SELECTION_SIGN: text("Propose families for selection, decide about them in a commission, and sign."),
    Verb.CASE_VIEW: text("Find cases and read them."),
    Verb.CASE_WORK: text("Open a case, plan help, visit, write notes, and ask for its closure."),
    Verb.CASE_ASSIGN: text("Give a case to a worker, and move cases from one to another."),
    Verb.CASE_APPROVE: text("Approve plans and closures, and guide the workers: supervision and review of files."),
    Verb.REFERRAL_SEND: text("Refer a person to a service, with consent, and follow what comes of it."),
    Verb.REFERRAL_ANSWER: text("Answer referrals that were sent to one's own service."),
    Verb.REFERRAL_OVERRIDE: text("Refer without a consent, with a written reason that supervisors are told."),
    Verb.DIRECTORY_EDIT: text("Add and change services in the directory."),
    Verb.DIRECTORY_REPORT: text("Say what is wrong in the directory, and read what came of it."),
    Verb.SURVIVOR_WORK: text("Work in the sealed room with survivors of violence."),
    Verb.SURVIVOR_REPORT: text("Take figures and the incident table out of the sealed room, without names."),
    Verb.LEARNING_VIEW: text("See courses, groups and their timetables, and how many learn in them."),
    Verb.LEARNING_PLAN: text("Plan a group: course, place, trainers and timetable; open it, finish it, cancel it."),
    Verb.LEARNING_TEACH: text("Run a group: sessions, attendance, tests, exams, field work, and who completed it."),
    Verb.LEARNING_ENROL: text("Put somebody forward for a group, and write down who takes part."),
    Verb.CERTIFICATE_ISSUE: text("Issue certificates to those who completed a course, and revoke them."),
    Verb.PROGRAMME_PLAN: text("Plan a programme: partners, outcomes, activities, workplan and budget."),
    Verb.SPENDING_ENTER: text("Enter what was spent, with its evidence."),
    Verb.OUTREACH_RECORD: text("Write down campaigns, sessions and broadcasts, and how many contacts they made."),
    Verb.RESULTS_VIEW: text("See the plan, the reach and the results: figures, never a person."),
    Verb.RESULTS_OPEN: text("Open a figure down to the records behind it, as far as one may see them."),
    Verb.RESULTS_ENTER: text("Enter targets, figures of other sources, and what explains a difference."),
    Verb.RESULTS_EXPORT: text("Publish results and take them out as files, protected where they are small."),
    Verb.REPORT_WRITE: text("Write and review the sections of a report."),
    Verb.REPORT_LOCK: text("Lock a report or open it again, and say who gets it by mail."),
    Verb.FORM_FILL: text(
        "Fill in forms in the field: hold forms and one's own lists on a device, and send what is filled in."
    ),
    Verb.FORM_MEND: text("See what arrived from the field and could not be taken in, mend it, and decide about it."),
    Verb.SURVEY_MANAGE: text("Upload a survey of one's own as a form, and read its answers."),
    Verb.DEVICE_MANAGE: text("Give colleagues access from their devices, and shut a device off."),
    Verb.GLASS_BREAK: text("Read outside one's scope for three hours, with a written reason."),
    Verb.GLASS_REVIEW: text("See and review when somebody read outside their scope."),
    Verb.AUDIT_VIEW: text("Read the audit: who did what, when, and what was refused."),
    Verb.AUDIT_SEALED: text("See in the audit that the sealed room was worked in, never for whom."),
    Verb.USER_VIEW: text("See the list of users and what they may do."),
    Verb.USER_CREATE: text("Create a user and hand over the first sign-in link."),
    Verb.USER_EDIT: text("Change a user's name, agency, team and language."),
    Verb.USER_SUSPEND: text("Suspend a user or let them in again."),
    Verb.SESSION_END: text("End another user's sessions."),
    Verb.FACTOR_RESET: text("Remove another user's second factor, for a lost phone or key."),
    Verb.ROLE_ASSIGN: text("Give a user a role within a scope, until a date."),
    Verb.ROLE_END: text("End a user's role."),
    Verb.AGENCY_EDIT: text("Add and change agencies."),
    Verb.TEAM_EDIT: text("Add and change teams."),
    Verb.PROFILE_EDIT: text("Change one's own language and name."),
}

READING_VERBS = frozenset({Verb.FAMILY_OPEN})
"""The verbs that break-glass lends outside the scope: reading only."""

SEALED_VERBS = frozenset({Verb.SURVIVOR_WORK, Verb.SURVIVOR_REPORT})
"""Verbs whose events betray that the sealed room was worked in: the audit shows them to ``audit.sealed`` only."""

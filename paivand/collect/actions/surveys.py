"""A survey of one's own: upload it, put a version to use, say where and until when it is open."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.rules.sheet import sensitive
from paivand.collect.models import Form, FormFile, FormVersion
from paivand.collect.queries import surveys as queries
from paivand.collect.rules.flattening import in_order
from paivand.collect.rules.in_browser import browser_findings
from paivand.collect.rules.problems import FAILURES, Unreadable
from paivand.collect.rules.submissions import FormKind, FormState
from paivand.collect.rules.survey_changes import regrouped
from paivand.collect.rules.survey_checks import UNREADABLE, Finding, sensitive_rows
from paivand.collect.rules.survey_drafts import LONGEST_TITLE, Draft, drafted
from paivand.collect.rules.survey_files import MediaFile
from paivand.collect.rules.survey_sheets import Book, read_book
from paivand.collect.rules.survey_versions import first_name, name_again, under_name
from paivand.core.rules.errors import OutsideScopeError, Refused


@action(Verb.SURVEY_MANAGE, self_service=True)
def upload_survey(
    *, survey_id: uuid.UUID, file_name: str, content: bytes, files: Mapping[str, bytes], by: User,
    now: datetime | None = None,
) -> FormVersion:  # fmt: skip
    """Keep a new survey with its first version; no phone is offered it before it is put to use.

    It is for the workers of all agencies, if ``by`` manages surveys for the whole programme; else for those of her own.

    Returns:
        The version; the one of the first sending, where the same form is sent again.

    Raises:
        Refused: ``unfit`` with what has to be mended in its detail, ``unreadable``, ``clash``, or ``agency`` where
            ``by`` belongs to none and does not manage surveys for the whole programme.
    """
    again = FormVersion.objects.filter(form_id=survey_id, form__author=by).first()
    if again is not None:
        return again
    everywhere = by.reach(Verb.SURVEY_MANAGE).everywhere
    if not everywhere and by.agency_id is None:
        raise Refused(
            _("Your account names no agency, so nobody knows whose survey this is. Ask an administrator to enter it."),
            "agency",
        )
    draft = _fit(file_name, content, files)
    if queries.form_with_code(draft.code) is not None:
        _refuse_unfit(draft, (Finding("clash", "settings", 2, "form_id", values={"name": draft.code}),))
    survey = Form.objects.create(
        pk=survey_id, code=draft.code, kind=FormKind.SURVEY, state=FormState.CLOSED, titles=dict(draft.titles),
        agency_id=None if everywhere else by.agency_id, author=by,
    )  # fmt: skip
    remark(survey=draft.code)
    return _keep(survey, draft, content, now)


@action(Verb.SURVEY_MANAGE, self_service=True)
def upload_version(
    *, survey: Form, file_name: str, content: bytes, files: Mapping[str, bytes], by: User, now: datetime | None = None
) -> FormVersion:
    """Keep another version of a survey beside the one in use. Files of the version before are used again.

    Raises:
        Refused: as for a new survey; ``other`` for the workbook of another form, ``same`` where nothing changed
            since the newest version. The workbook of an earlier one makes a version of its own.
    """
    _demand_managed(by, survey)
    versions = queries.versions(survey)
    draft = _fit(file_name, content, files, queries.files_of(versions[0]))
    if draft.code != survey.code:
        raise Refused(
            _("This workbook is of the form %(name)s. Its form_id must be %(code)s, or upload it as a new survey.")
            % {"name": draft.code, "code": survey.code},
            "other", field="file",
        )  # fmt: skip
    names = [first_name(one.name) for one in versions]
    again = 0
    while draft.converted and draft.converted.version in names:  # an earlier one comes back, as a version of its own
        if draft.converted.version == names[0]:
            raise Refused(_("Nothing changed: this version is here already."), "same", field="file")
        again += 1
        draft = _fit(file_name, content, files, queries.files_of(versions[0]), again=again)
    turned = regrouped(draft.converted.questions if draft.converted else (), [one.questions for one in versions])
    if turned:
        _refuse_unfit(draft, [Finding("regrouped", "survey", values={"name": path}) for path in turned])
    remark(survey=survey.code)
    return _keep(survey, draft, content, now)


def _fit(
    file_name: str, content: bytes, files: Mapping[str, bytes], kept: Mapping[str, MediaFile] | None = None,
    *, again: int = 0,
) -> Draft:  # fmt: skip
    try:
        draft = drafted(file_name, content, files, kept, again=again)
    except Unreadable as unreadable:
        words = {**FAILURES, **UNREADABLE}[unreadable.code]
        raise Refused(_(words) % unreadable.values, "unreadable", field="file") from None
    if draft.hindered:
        _refuse_unfit(draft, draft.findings)
    return draft


def _refuse_unfit(draft: Draft, findings: Sequence[Finding]) -> None:
    raise Refused(
        _("The survey was not kept. Mend what stands below in the workbook, and upload it again."), "unfit",
        detail={"findings": list(findings)},
    )  # fmt: skip


def _keep(survey: Form, draft: Draft, content: bytes, now: datetime | None) -> FormVersion:
    made = draft.converted
    assert made is not None  # noqa: S101  # a draft without a mistake has a form
    version = FormVersion.objects.create(
        form=survey, name=made.version, xml=made.xml.decode(), md5=made.md5, questions=in_order(made.questions),
        lists=list(made.lists), source=content, published_at=now or timezone.now(), is_current=False,
    )  # fmt: skip
    FormFile.objects.bulk_create(
        FormFile(form_version=version, name=file.name, md5=file.md5, mime=file.mime, content=file.content)
        for file in draft.files
    )
    remark(
        form_version=made.version, questions=len(made.questions), files=len(draft.files),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    return version


@action(Verb.SURVEY_MANAGE, self_service=True)
def use_version(*, survey: Form, form_version: FormVersion, confirmed: bool = False, by: User) -> FormVersion:
    """Give this version to phones from now on. The first one opens the survey.

    One before the version in use comes back under a new name, because phones would not take what they had before.

    Args:
        confirmed: that nobody is asked about violence; needed where words of the form could mean it.

    Returns:
        The version that is in use now.

    Raises:
        Refused: ``confirm`` where that is not said.
    """
    _demand_managed(by, survey)
    Form.objects.select_for_update().get(pk=survey.pk)
    current = FormVersion.objects.filter(form=survey, is_current=True).only("id", "is_current", "version").first()
    if current is not None and queries.asks_the_same(current, form_version):
        return current
    rows = sensitive_findings(form_version)
    if rows and not confirmed:
        raise Refused(
            _("Read the marked rows, and say that nobody is asked about violence."), "confirm", field="confirmed"
        )
    with transaction.atomic():
        if current is not None and current.pk > form_version.pk:
            form_version = _again(survey, form_version)
        for one, is_current in ((current, False), (form_version, True)):
            if one is not None:
                one.is_current = is_current
                one.version += 1
                one.save(update_fields=["is_current", "version", "changed_at"])
    if current is None:
        survey.state = FormState.OPEN
        survey.version += 1
        survey.save()
    remark(survey=survey.code, form_version=form_version.name, confirmed_rows=len(rows))
    return form_version


def _again(survey: Form, earlier: FormVersion) -> FormVersion:
    """The same version under a new name, with its files."""
    name = name_again(earlier.name, {one.name for one in queries.versions(survey)})
    xml = under_name(earlier.xml, name)
    version = FormVersion.objects.create(
        form=survey, name=name, xml=xml, md5=hashlib.md5(xml.encode(), usedforsecurity=False).hexdigest(),
        questions=earlier.questions, lists=earlier.lists, source=earlier.source, published_at=timezone.now(),
        is_current=False,
    )  # fmt: skip
    FormFile.objects.bulk_create(
        FormFile(form_version=version, name=file.name, md5=file.md5, mime=file.mime, content=file.content)
        for file in queries.files_of(earlier).values()
    )
    remark(again=earlier.name)
    return version


def sensitive_findings(form_version: FormVersion) -> list[Finding]:
    """The rows of its workbook whose words could be about violence."""
    return list(sensitive_rows(_book_of(form_version), sensitive().betrays))


def findings_in_browsers(form_version: FormVersion) -> list[Finding]:
    """What the browser form cannot ask of it, by the rows of its workbook."""
    return browser_findings(_book_of(form_version), form_version.xml)


def _book_of(form_version: FormVersion) -> Book:
    return read_book("survey.xlsx", bytes(form_version.source or b""))


@action(Verb.SURVEY_MANAGE, self_service=True)
def edit_survey(
    *, survey: Form, version: int, titles: Mapping[str, str], districts: Sequence[str], opens_on: date | None,
    closes_on: date | None, by: User, agency: str | None = None,
) -> Form:  # fmt: skip
    """Change what a survey is called, in which districts and to whom it is offered, and when.

    Args:
        agency: the key of the agency whose workers are offered it; empty: those of all. None leaves it as it is.

    Raises:
        Refused: ``stale``, ``title`` without one in any language, ``days`` where it closes before it opens, ``agency``
            where somebody who manages the surveys of one agency gives it to another.
    """
    _demand_managed(by, survey)
    row = _locked(survey, version)
    told = {language: words.strip()[:LONGEST_TITLE] for language, words in titles.items() if words.strip()}
    if not told:
        raise Refused(_("Write what the survey is called, in one language at least."), "title")
    if opens_on and closes_on and closes_on < opens_on:
        raise Refused(_("The last day lies before the first one."), "days", field="closes_on")
    if agency is not None and agency != str(row.agency_id or ""):
        if not by.reach(Verb.SURVEY_MANAGE).everywhere:
            raise Refused(_("Only who manages surveys of all agencies gives one to another agency."), "agency")
        row.agency_id = uuid.UUID(agency) if agency else None
    row.titles, row.districts, row.opens_on, row.closes_on = told, sorted(districts), opens_on, closes_on
    row.version += 1
    row.save()
    remark(survey=row.code, districts=sorted(districts), agency=str(row.agency_id or ""))
    return row


@action(Verb.SURVEY_MANAGE, self_service=True)
def move_survey(*, survey: Form, version: int, state: FormState, by: User) -> Form:
    """Open a survey, let it run out, or close it. Closing is never final.

    Raises:
        Refused: ``stale``, or ``unused`` while none of its versions is in use.
    """
    _demand_managed(by, survey)
    row = _locked(survey, version)
    if not FormVersion.objects.filter(form=survey, is_current=True).exists():
        raise Refused(_("Look at the version first, and put it to use: that opens the survey."), "unused")
    if row.state != state:
        remark(survey=row.code, before=str(row.state), after=str(state))
        row.state = state
        row.version += 1
        row.save()
    return row


def _locked(survey: Form, version: int) -> Form:
    row = Form.objects.select_for_update().get(pk=survey.pk)
    if row.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present values and save again."),
            "stale",
        )
    return row


def _demand_managed(by: User, survey: Form) -> None:
    """A survey lies in no district: whose it is decides."""
    if queries.survey_seen_by(by, survey.pk) is None:
        raise OutsideScopeError(Verb.SURVEY_MANAGE)

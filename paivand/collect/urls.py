"""Paths of lists."""

from django.urls import URLPattern, path

from paivand.collect.views import (
    browser,
    devices,
    field,
    files,
    lists,
    review,
    sign_out,
    submissions,
    survey_answers,
    survey_files,
    surveys,
)
from paivand.collect.views.door import forms as door_forms
from paivand.collect.views.door.submission import door_submission

app_name = "collect"


def _door(start: str, name: str) -> list[URLPattern]:
    """The paths that OpenRosa clients know, or learn from the list of forms, behind one way to show the token."""
    form = f"{start}/forms/<str:form_code>/<path:form_version>"
    return [
        path(f"{start}/formList", door_forms.door_form_list, name=f"{name}-form-list"),
        path(f"{start}/submission", door_submission, name=f"{name}-submission"),
        path(f"{form}/manifest", door_forms.door_manifest, name=f"{name}-manifest"),
        path(f"{form}/files/<str:file_name>", door_forms.door_file, name=f"{name}-file"),
        path(f"{form}.xml", door_forms.door_form, name=f"{name}-form"),
        path(f"{start}/lists/<str:list_name>.csv", door_forms.door_list, name=f"{name}-list"),
        path(f"{start}/lists/<str:list_name>/integrity", door_forms.door_integrity, name=f"{name}-integrity"),
    ]


account_patterns = [path("account/logout/", sign_out.sign_out, name="account_logout")]
"""The sign-in library's own name for it: what lies in the browser belongs to this room."""

urlpatterns = [
    *_door("key/<str:device_token>", "door"),
    *_door("openrosa", "basic"),
    path("field/", field.field_inbox, name="field-inbox"),
    path("field/again/", field.field_again, name="field-again"),
    path("field/conflicts/", field.field_conflicts, name="field-conflicts"),
    path("field/conflicts/<uuid:change_id>/", field.conflict_open, name="field-conflict"),
    path("field/<uuid:submission_id>/", submissions.submission_open, name="submission-open"),
    path("field/<uuid:submission_id>/mend/", submissions.submission_mend, name="submission-mend"),
    path("field/<uuid:submission_id>/decide/", submissions.submission_decide, name="submission-decide"),
    path("field/<uuid:submission_id>/again/", submissions.submission_again, name="submission-again"),
    path("field/<uuid:submission_id>/aside/", submissions.submission_aside, name="submission-aside"),
    path("field/<uuid:submission_id>/take-up/", submissions.submission_take_up, name="submission-take-up"),
    path("field/<uuid:submission_id>/files/<uuid:file_id>/", submissions.submission_file, name="submission-file"),
    path("fill/", browser.fill_open, name="fill-open"),
    path("fill/worker.js", browser.fill_worker, name="fill-worker"),
    path("fill/manifest.webmanifest", browser.fill_manifest, name="fill-manifest"),
    path("fill/device/", browser.fill_device, name="fill-device"),
    path("fill/leave/", browser.fill_leave, name="fill-leave"),
    path("field/devices/", devices.device_list, name="device-list"),
    path("field/devices/give/", devices.device_give, name="device-give"),
    path("field/devices/training/", devices.device_training, name="device-training"),
    path("field/devices/<uuid:device_id>/", devices.device_open, name="device-open"),
    path("field/devices/<uuid:device_id>/shut/", devices.device_shut, name="device-shut"),
    path("imports/", lists.list_list, name="list-list"),
    path("imports/upload/", lists.list_upload, name="list-upload"),
    path("imports/template/", files.list_template, name="list-template"),
    path("imports/<uuid:list_id>/", lists.list_open, name="list-open"),
    path("imports/<uuid:list_id>/progress/", lists.list_progress, name="list-progress"),
    path("imports/<uuid:list_id>/columns/", lists.list_columns, name="list-columns"),
    path("imports/<uuid:list_id>/sheet/", lists.list_sheet, name="list-sheet"),
    path("imports/<uuid:list_id>/review/", review.list_review, name="list-review"),
    path("imports/<uuid:list_id>/take-in/", lists.list_take_in, name="list-take-in"),
    path("imports/<uuid:list_id>/refuse/", lists.list_refuse, name="list-refuse"),
    path("imports/<uuid:list_id>/again/", lists.list_again, name="list-again"),
    path("imports/<uuid:list_id>/workbook/", files.list_workbook, name="list-workbook"),
    path("surveys/", surveys.survey_list, name="survey-list"),
    path("surveys/upload/", surveys.survey_upload, name="survey-upload"),
    path("surveys/<uuid:survey_id>/", surveys.survey_open, name="survey-open"),
    path("surveys/<uuid:survey_id>/upload/", surveys.survey_upload_version, name="survey-upload-version"),
    path("surveys/<uuid:survey_id>/edit/", surveys.survey_edit, name="survey-edit"),
    path("surveys/<uuid:survey_id>/move/", surveys.survey_move, name="survey-move"),
    path("surveys/<uuid:survey_id>/versions/<uuid:survey_version_id>/", surveys.survey_version, name="survey-version"),
    path(
        "surveys/<uuid:survey_id>/versions/<uuid:survey_version_id>/workbook/",
        surveys.survey_workbook,
        name="survey-workbook",
    ),
    path("surveys/<uuid:survey_id>/answers/", survey_answers.survey_answers, name="survey-answers"),
    path(
        "surveys/<uuid:survey_id>/answers/<uuid:survey_answer_id>/", survey_answers.survey_answer, name="survey-answer"
    ),
    path(
        "surveys/<uuid:survey_id>/answers/<uuid:survey_answer_id>/files/<str:media_name>",
        survey_answers.survey_file,
        name="survey-file",
    ),
    path("surveys/<uuid:survey_id>/charts/", survey_answers.survey_charts, name="survey-charts"),
    path("surveys/<uuid:survey_id>/map/", survey_answers.survey_map, name="survey-map"),
    path("surveys/<uuid:survey_id>/export/", survey_files.survey_export, name="survey-export"),
    path("surveys/<uuid:survey_id>/export/files/", survey_files.survey_files, name="survey-files"),
    path(
        "surveys/<uuid:survey_id>/export/files/<uuid:survey_file_id>",
        survey_files.survey_made_file,
        name="survey-made-file",
    ),
]

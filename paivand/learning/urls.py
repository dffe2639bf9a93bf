"""Paths of courses, groups, field schools and certificates.

Whatever lies within a group takes ``group_code``; a session is named by ``session_n``, a learner by ``enrolment_id``.
"""

from django.urls import URLPattern, path

from paivand.learning.views import (
    assessment,
    attendance,
    board,
    catalogue,
    certificates,
    enrolments,
    families,
    follow_ups,
    groups,
    households,
    joining,
    learners,
    participants,
    photos,
    planning,
    schools,
    sessions,
    taken_up,
    teaching,
    turning,
    verifying,
)

app_name = "learning"

_GROUP = "groups/<str:group_code>/"
_CERTIFICATE = "certificates/<uuid:certificate_id>/"

_groups: list[URLPattern] = [
    path("teaching/", teaching.teaching_open, name="teaching-open"),
    path("teaching/groups/", groups.group_list, name="group-list"),
    path("teaching/groups/new/", planning.group_plan, name="group-plan"),
    path(_GROUP, groups.group_open, name="group-open"),
    path(f"{_GROUP}edit/", planning.group_edit, name="group-edit"),
    path(f"{_GROUP}trainers/", planning.group_trainers, name="group-trainers"),
    path(f"{_GROUP}trainers/<uuid:trainer_id>/end/", planning.trainer_end, name="trainer-end"),
    path(f"{_GROUP}attendance/", attendance.group_attendance, name="group-attendance"),
    path(f"{_GROUP}people/", learners.group_people, name="group-people"),
    path(f"{_GROUP}people/answer/", learners.group_answer, name="group-answer"),
    path(f"{_GROUP}people/<uuid:enrolment_id>/decline/", learners.learner_decline, name="learner-decline"),
    path(f"{_GROUP}people/<uuid:enrolment_id>/take-back/", learners.learner_take_back, name="learner-take-back"),
    path(f"{_GROUP}people/<uuid:enrolment_id>/judge/", learners.learner_judge, name="learner-judge"),
    path(f"{_GROUP}turn/", turning.group_turn, name="group-turn"),
    path(f"{_GROUP}finish/", turning.group_finish, name="group-finish"),
    path(f"{_GROUP}cancel/", turning.group_cancel, name="group-cancel"),
    path(f"{_GROUP}reopen/", turning.group_reopen, name="group-reopen"),
    path(f"{_GROUP}sessions/new/", sessions.session_add, name="session-add"),
    path(f"{_GROUP}sessions/<int:session_n>/", sessions.session_open, name="session-open"),
    path(f"{_GROUP}sessions/<int:session_n>/attendance/", sessions.session_take, name="session-take"),
    path(f"{_GROUP}sessions/<int:session_n>/correct/", sessions.session_correct, name="session-correct"),
    path(f"{_GROUP}sessions/<int:session_n>/move/", sessions.session_move, name="session-move"),
    path(f"{_GROUP}sessions/<int:session_n>/cancel/", sessions.session_cancel, name="session-cancel"),
]

_in_a_familys_file: list[URLPattern] = [
    path("families/<str:code>/courses/", families.family_courses, name="family-courses"),
    path("families/<str:code>/courses/find/", families.family_groups, name="family-groups"),
    path("families/<str:code>/courses/<str:group_code>/", families.put_forward, name="put-forward"),
]

_learners: list[URLPattern] = [
    path("learning/", board.board, name="board"),
    path("learning/learners/<uuid:enrolment_id>/", enrolments.enrolment_open, name="enrolment-open"),
    path("learning/learners/<uuid:enrolment_id>/leave/", enrolments.enrolment_leave, name="enrolment-leave"),
    path("learning/questions/", follow_ups.follow_up_list, name="follow-up-list"),
    path("learning/questions/<uuid:follow_up_id>/", follow_ups.follow_up_answer, name="follow-up-answer"),
    path(f"{_GROUP}afterwards/", follow_ups.group_afterwards, name="group-afterwards"),
]

_households: list[URLPattern] = [
    path(f"{_GROUP}households/", households.group_households, name="group-households"),
    path(f"{_GROUP}households/<uuid:enrolment_id>/", households.household_open, name="household-open"),
    path(f"{_GROUP}households/<uuid:enrolment_id>/edit/", households.household_edit, name="household-edit"),
    path(f"{_GROUP}households/<uuid:enrolment_id>/paper/", households.household_print, name="household-print"),
    path("families/<str:code>/members/<uuid:member_id>/household/", households.home_open, name="home-open"),
    path("families/<str:code>/members/<uuid:member_id>/household/edit/", households.home_edit, name="home-edit"),
    path("families/<str:code>/members/<uuid:member_id>/household/paper/", households.home_print, name="home-print"),
]

_certificates: list[URLPattern] = [
    path(_GROUP + "certificates/", certificates.group_certificates, name="group-certificates"),
    path(_GROUP + "certificates/progress/", certificates.batch_progress, name="batch-progress"),
    path(_GROUP + "certificates/paper/", certificates.group_paper, name="group-paper"),
    path("certificates/", certificates.certificate_list, name="certificate-list"),
    path(_CERTIFICATE, certificates.certificate_open, name="certificate-open"),
    path(_CERTIFICATE + "paper/", certificates.certificate_paper, name="certificate-paper"),
    path(_CERTIFICATE + "badge.<str:badge_kind>", certificates.certificate_badge, name="certificate-badge"),
    path(_CERTIFICATE + "name/", certificates.certificate_name, name="certificate-name"),
    path(_CERTIFICATE + "correct/", certificates.certificate_correct, name="certificate-correct"),
    path(_CERTIFICATE + "revoke/", certificates.certificate_revoke, name="certificate-revoke"),
]

_participants: list[URLPattern] = [
    path("participants/", participants.participant_list, name="participant-list"),
    path("participants/add/", participants.participant_add, name="participant-add"),
    path("participants/<uuid:participant_id>/", participants.participant_open, name="participant-open"),
    path("participants/<uuid:participant_id>/edit/", participants.participant_edit, name="participant-edit"),
    path("participants/<uuid:participant_id>/join/", participants.participant_join, name="participant-join"),
    path(
        "participants/<uuid:participant_id>/recognise/", participants.participant_recognise,
        name="participant-recognise",
    ),
    path(f"{_GROUP}participants/", joining.participants_enrol, name="participants-enrol"),
    path(f"{_GROUP}quick/", joining.quick_register, name="quick-register"),
]  # fmt: skip


# Open to everyone.
_public: list[URLPattern] = [
    path("verify/", verifying.verify, name="verify"),
    path("verify/<str:proof_code>/status/", verifying.verify_status, name="verify-status"),
    path("verify/<str:proof_code>/badge.<str:badge_kind>", verifying.verify_badge, name="verify-badge"),
    path("verify/<path:proof_code>/", verifying.verify_open, name="verify-open"),
    path("badges/issuer/", verifying.badge_issuer, name="badge-issuer"),
    path("badges/keys/", verifying.badge_keys, name="badge-keys"),
    path("badges/keys/<str:thumb>/", verifying.badge_key, name="badge-key"),
]

_catalogue: list[URLPattern] = [
    path("courses/", catalogue.course_list, name="course-list"),
    path("courses/<str:course_code>/", catalogue.course_open, name="course-open"),
]

_assessment: list[URLPattern] = [
    path(f"{_GROUP}tests/", assessment.group_tests, name="group-tests"),
    path(f"{_GROUP}tests/<str:stage>/", assessment.test_write, name="test-write"),
    path(f"{_GROUP}tests/<str:stage>/<uuid:enrolment_id>/", assessment.test_answer, name="test-answer"),
    path(f"{_GROUP}exams/", assessment.group_exams, name="group-exams"),
    path(f"{_GROUP}exams/add/", assessment.exam_add, name="exam-add"),
    path(f"{_GROUP}exams/<uuid:exam_id>/", assessment.exam_edit, name="exam-edit"),
    path(f"{_GROUP}exams/<uuid:exam_id>/marks/", assessment.exam_mark, name="exam-mark"),
    path(f"{_GROUP}projects/", assessment.project_write, name="project-write"),
]

_SCHOOL = "groups/<str:school_code>/school/"
_OF_PHOTO = "groups/<str:school_code>/photographs/"

_schools: list[URLPattern] = [
    path(_SCHOOL, schools.school_open, name="school-open"),
    path(f"{_SCHOOL}season/", schools.season_edit, name="season-edit"),
    path(f"{_SCHOOL}plots/new/", schools.plot_add, name="plot-add"),
    path(f"{_SCHOOL}plots/<uuid:plot_id>/", schools.plot_edit, name="plot-edit"),
    path(f"{_SCHOOL}plots/<uuid:plot_id>/observe/", schools.plot_observe, name="plot-observe"),
    path(f"{_SCHOOL}plots/<uuid:plot_id>/enter/<slug:kind>/", schools.entry_add, name="entry-add"),
    path(f"{_SCHOOL}observations/", schools.observation_list, name="observation-list"),
    path(f"{_OF_PHOTO}<uuid:photo_id>/", photos.photo_file, name="photo-file"),
    path(f"{_OF_PHOTO}<uuid:photo_id>/remove/", photos.photo_remove, name="photo-remove"),
    path(f"{_GROUP}sessions/<int:session_n>/photograph/", photos.session_photo, name="session-photo"),
    path(f"{_SCHOOL}entries/", schools.entry_list, name="entry-list"),
    path(f"{_SCHOOL}entries/<uuid:entry_id>/strike/", schools.entry_strike, name="entry-strike"),
    path(f"{_SCHOOL}field-days/new/", schools.field_day_add, name="field-day-add"),
    path(f"{_SCHOOL}after/<int:months>/", schools.school_check, name="school-check"),
    path(f"{_SCHOOL}practices/<slug:asked_when>/", taken_up.practices_ask, name="practices-ask"),
    path(f"{_SCHOOL}days-at-school/", taken_up.school_month, name="school-month"),
]

urlpatterns: list[URLPattern] = [
    *_schools,
    *_households,
    *_groups,
    *_in_a_familys_file,
    *_learners,
    *_participants,
    *_certificates,
    *_public,
    *_catalogue,
    *_assessment,
]

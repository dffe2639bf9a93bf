"""Paths of lists."""

from django.urls import path

from paivand.collect.views import files, lists, review

app_name = "collect"
urlpatterns = [
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
]

"""URLs of the membership."""

from django.urls import path, re_path

from members.views import bulk, detail, exports, join, join_status, people, places, register
from members.views import map as maps

app_name = "members"
urlpatterns: list = []

# Joining: the token in the address is the right to see and edit one application.
urlpatterns += [
    path("join/", join.join_start, name="join_start"),
    path("join/resume/", join_status.join_resume, name="join_resume"),
    path("join/resume/<str:token>/", join_status.join_confirm, name="join_confirm"),
    path("join/<str:token>/", join_status.join_status, name="join_status"),
    path("join/<str:token>/link/", join.join_send_link, name="join_send_link"),
    path("join/<str:token>/decision/file/", join_status.join_decision_file, name="join_decision_file"),
    path("join/<str:token>/<slug:step>/keep/", join.join_keep, name="join_keep"),
    path("join/<str:token>/<slug:step>/", join.join_step, name="join_step"),
]

# The people of a member and its own page.
urlpatterns += [
    path("people/", people.people_list, name="people_list"),
    path("people/invite/", people.people_invite, name="people_invite"),
    path("people/invitations/<int:pk>/withdraw/", people.invitation_withdraw, name="invitation_withdraw"),
    path("people/<int:pk>/end/", people.representation_end, name="representation_end"),
    path("people/switch/", people.switch_member, name="switch_member"),
    path("invitation/<str:token>/", people.invitation, name="invitation"),
    path("profile/", people.member_edit, name="member_edit"),
    path("profile/contact/", people.contact_edit, name="contact_edit"),
    path("contact-email/<str:token>/", people.contact_email_confirm, name="contact_email_confirm"),
    path("logo/<slug:slug>/", people.member_logo, name="member_logo"),
    path("import/", bulk.bulk_import, name="bulk_import"),
    path("import/template.csv", bulk.bulk_template, name="bulk_template"),
]

# The public register. A slug has at least ten characters, so that none of the words above is one.
urlpatterns += [
    path("", register.member_list, name="member_list"),
    path("map/", maps.member_map, name="member_map"),
    path("members.<slug:kind>", exports.member_export, name="member_export"),
    re_path(r"^(?P<slug>[0-9a-z]{10,12})/$", detail.member_detail, name="member_detail"),
]

# Official places.
urlpatterns += [
    path("find-a-place/", places.place_search, name="place_search"),
]

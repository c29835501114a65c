"""Every URL of the portal. Pages carry their language in the path; machines' addresses do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from alliance.content.urls import api_urlpatterns
from alliance.content.views import machines, open_data, sitemap
from alliance.core import errors
from alliance.core.gallery import gallery
from alliance.core.known_pages import KnownPages
from alliance.core.urls import mailbox_urlpatterns
from alliance.users.views import email_addresses

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many  # allauth asks for it
handler500 = errors.server_error

_machines = [
    path("admin/", admin.site.urls),
    path("mailbox/", include(mailbox_urlpatterns)),
    path("api/v1/", include(api_urlpatterns)),
    path("data/files/<slug:name>.<slug:form>", open_data.open_data_file, name="open_data_file"),
    path("data/catalog.<slug:form>", open_data.open_data_catalogue, name="open_data_catalogue"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap_index, name="sitemap"),
    path("sitemap/<slug:section>/<int:part>.xml", sitemap.sitemap_part, name="sitemap_part"),
    path(".well-known/security.txt", machines.security, name="security_txt"),
]
# What is asked for most comes first.
_pages = i18n_patterns(
    path("", include("partnerships.urls")),
    path("", include("alliance.content.urls")),
    path("", include("alliance.core.urls")),
    path("account/", include("alliance.users.urls")),
    path("account/email/", email_addresses, name="account_email"),  # instead of allauth's own
    path("account/", include("allauth.urls")),
    path("members/", include("members.urls")),
)
urlpatterns = [*map(KnownPages, _pages), *_machines]
if settings.DEBUG or settings.LOCAL_RUN:
    urlpatterns += i18n_patterns(path("gallery/", gallery, name="gallery"))

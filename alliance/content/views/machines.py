"""What machines ask for under fixed addresses: where to crawl, whom to tell about a hole (RFC 9309, RFC 9116)."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.core.inboxes import inbox
from alliance.core.languages import LANGUAGES
from alliance.core.links import absolute

# Pages of a person, of an application, of the desk: nothing for a search engine, many of them under a secret address.
NOT_TO_CRAWL = ["/admin/", "/mailbox/", "/*/account/", "/*/my/", "/*/members/join/", "/*/mail/"]
# RFC 9116 advises less than a year, so that an abandoned site does not promise an ear for ever.
VALID_DAYS = 180
TEXT = "text/plain; charset=utf-8"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_TO_CRAWL), ""]
    lines += [f"Sitemap: {absolute(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type=TEXT)


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = midnight + timedelta(days=VALID_DAYS)
    lines = [
        f"Contact: mailto:{inbox('security')}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {absolute(reverse('security_txt'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type=TEXT)

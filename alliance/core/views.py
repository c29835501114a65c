"""Views of the kernel: one-click unsubscribe."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alliance.core.links import unsign
from alliance.core.models import MailStop, OutgoingMail


@csrf_exempt  # RFC 8058: the mail provider posts without a cookie; the signed token is the right to do it.
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks; a POST stops the category for the address."""
    parts = unsign("mail-stop", token)
    if parts is None or len(parts) != 2:
        raise Http404
    email, category = parts
    if request.method == "POST":
        MailStop.objects.get_or_create(email=email, category=category)
    stopped = MailStop.objects.filter(email=email, category=category).exists()
    label = OutgoingMail.Category(category).label
    return render(request, "core/mail_stop.html", {"category": label, "stopped": stopped})

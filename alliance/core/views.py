"""Views of the kernel: one-click unsubscribe, and the mailbox of a local run."""

from collections.abc import Callable
from functools import wraps

from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import actions, machine_translation
from alliance.core import mailbox as box
from alliance.core.links import unsign
from alliance.core.models import MailStop, OutgoingMail


@csrf_exempt  # RFC 8058: the mail provider posts without a cookie; the signed token is the right to do it.
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks; a POST stops the category for the address."""
    parts = unsign("mail-stop", token)
    if parts is None or len(parts) != 2:
        raise Http404
    email, category = parts
    if category not in OutgoingMail.Category.values or category == OutgoingMail.Category.TRANSACTIONAL:
        raise Http404
    if request.method == "POST":
        actions.stop_mail(email=email, category=category)
    stopped = MailStop.objects.filter(email=email, category=category).exists()
    label = OutgoingMail.Category(category).label
    return render(request, "core/mail_stop.html", {"category": label, "stopped": stopped})


@csrf_exempt  # A service posts without a cookie; the signed address is the right to do it.
@require_POST
@never_cache
def machine_text(request: HttpRequest, token: str) -> HttpResponse:
    """Where eTranslation sends a result or an error. Answered alike whether the text is still wanted or not."""
    parts = unsign("machine-text", token)
    if parts is None or len(parts) != 2 or not parts[0].isdecimal():
        raise Http404
    pk, mark = int(parts[0]), parts[1]
    if text := request.POST.get("translated-text", ""):
        machine_translation.store_result(pk, mark, text, by="etranslation")
    else:
        reason = request.POST.get("error-message") or request.POST.get("error-code") or "no text"
        machine_translation.refuse_result(pk, mark, reason)
    return HttpResponse(status=204)


def local_run_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 where no mailbox is kept: mails hold login codes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not settings.MAILBOX_DIR:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@never_cache
@local_run_only
def mailbox(request: HttpRequest) -> HttpResponse:
    mails, total = box.newest()
    return render(request, "core/mailbox.html", {"mails": mails, "total": total, "most": box.NEWEST})


@require_safe
@never_cache
@local_run_only
@csp_update({"frame-src": ["'self'"]})
def mailbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "core/mailbox_mail.html", {"mail": kept_or_404(name)})


@require_safe
@never_cache
@local_run_only
@csp(box.FRAME_POLICY)
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail's own HTML, for a frame in which nothing runs; its links open in a tab of their own."""
    response = HttpResponse('<base target="_blank">' + kept_or_404(name).html)
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def kept_or_404(name: str) -> box.Kept:
    kept = box.find(name)
    if kept is None:
        raise Http404
    return kept

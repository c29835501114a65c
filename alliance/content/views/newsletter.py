"""The newsletter: asking for it, confirming, and its archive."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.content.actions import newsletter as actions
from alliance.content.emails.newsletter import PURPOSE
from alliance.content.forms.newsletter import SubscribeForm
from alliance.content.models import NewsletterIssue, Subscription
from alliance.content.shown_stories import issue_page
from alliance.core import errors, lists
from alliance.core.forms import sent
from alliance.core.languages import shown
from alliance.core.links import unsign
from alliance.core.throttle import allow, client_network

# Enough for an office behind one address, too few for a flood; and nobody's mailbox can be bombed.
PER_NETWORK, PER_ADDRESS, HOUR = 20, 3, 3600
NEWEST = [("number", "desc")]
# The question in a mail is good for so long; then it is asked anew.
CONFIRM_WITHIN_SECONDS = 30 * 24 * 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request: HttpRequest) -> HttpResponse:
    """The archive, and the form."""
    form = SubscribeForm(sent(request)[0])
    status = 422 if form.errors else 200
    if request.method == "POST":
        if not _may_ask(request, form):
            form.add_error(None, errors.pause_words(HOUR))
            status = 429
        elif form.is_valid():
            actions.ask_subscription(email=form.cleaned_data["email"], language=form.cleaned_data["language"])
            return redirect("content:newsletter_asked")
    page = lists.keyset_page(NewsletterIssue.objects.public().order_by(), NEWEST, request.GET)
    context = {
        "form": form,
        "issues": [line_of(issue) for issue in page.rows],
        "pages": page.links(request.GET),
    }
    return render(request, "content/newsletter.html", context, status=status)


def _may_ask(request: HttpRequest, form: SubscribeForm) -> bool:
    """Every try counts for the network, whole requests for the address."""
    return allow("newsletter-network", client_network(request), PER_NETWORK, HOUR) and (
        not form.is_valid() or allow("newsletter-address", form.cleaned_data["email"], PER_ADDRESS, HOUR)
    )


def line_of(issue: NewsletterIssue) -> dict[str, Any]:
    return {
        "number": issue.number,
        "title": shown(issue, "title"),
        "sent_at": issue.sent_at,
        "href": reverse("content:newsletter_issue", args=[issue.number]),
    }


@require_safe
def newsletter_asked(request: HttpRequest) -> HttpResponse:
    """The same for every address: whether it reads the newsletter is told to nobody but itself."""
    return render(request, "content/newsletter_asked.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks, since mail scanners follow links; a POST confirms."""
    parts = unsign(PURPOSE, token, max_age=CONFIRM_WITHIN_SECONDS)
    if parts is None or len(parts) != 2 or not parts[0].isdecimal():
        raise Http404
    row = get_object_or_404(Subscription, pk=int(parts[0]), email=parts[1])
    if request.method == "POST":
        actions.confirm_subscription(row)
    is_active = Subscription.objects.active().filter(pk=row.pk).exists()
    return render(request, "content/newsletter_confirm.html", {"is_active": is_active})


@require_safe
def newsletter_issue(request: HttpRequest, number: int) -> HttpResponse:
    """One issue of the archive."""
    issue = get_object_or_404(NewsletterIssue.objects.public().select_related("document"), number=number)
    return render(request, "content/newsletter_issue.html", issue_page(issue))

"""The contact form and the page that confirms what was sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.content.actions import tickets
from alliance.content.forms.contact import ContactForm
from alliance.content.models import Ticket
from alliance.content.service_times import FIRST_ANSWER_GOAL
from alliance.core import errors
from alliance.core.forms import sent
from alliance.core.inboxes import inbox
from alliance.core.journal import LINK
from alliance.core.languages import reader_language
from alliance.core.links import sign, unsign
from alliance.core.throttle import allow, client_network

# Enough for an office behind one address, too few for a flood; and nobody's mailbox can be bombed.
PER_NETWORK, PER_ADDRESS, HOUR = 20, 5, 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    form = ContactForm(*sent(request), initial=known_about(request))
    status = 422 if form.errors else 200
    if request.method == "POST":
        if not _may_write(request, form):
            form.add_error(None, errors.pause_words(HOUR))
            status = 429
        elif form.is_valid():
            ticket, message = form.build()
            by = request.user if request.user.is_authenticated else LINK
            ticket = tickets.open_ticket(
                ticket=ticket, message=message, files=form.cleaned_data["files"], by=by
            )
            return redirect("content:contact_sent", token=sign("contact", ticket.number))
    context = {"form": form, "inbox": inbox(language=reader_language()), "goal_days": FIRST_ANSWER_GOAL.days}
    return render(request, "content/contact.html", context, status=status)


def _may_write(request: HttpRequest, form: ContactForm) -> bool:
    """Every try counts for the network, whole messages for the address."""
    return allow("contact-network", client_network(request), PER_NETWORK, HOUR) and (
        not form.is_valid() or allow("contact-address", form.cleaned_data["email"], PER_ADDRESS, HOUR)
    )


# Whoever reads the page in one of these most likely writes from there; the form lets them say otherwise.
LIKELY_COUNTRY = {"uk": "UA", "pl": "PL"}


def known_about(request: HttpRequest) -> dict[str, str]:
    """What a logged-in person need not type again; and the topic that a link asks for."""
    member = getattr(request, "member", None)
    country = member.country if member else LIKELY_COUNTRY.get(reader_language(), "")
    initial = {"topic": request.GET.get("topic", "")[:20], "country": country}
    if request.user.is_authenticated:
        initial |= {"name": request.user.name, "email": request.user.email}
    return initial


@never_cache
@require_safe
def contact_sent(request: HttpRequest, token: str) -> HttpResponse:
    parts = unsign("contact", token)
    if not parts:
        raise Http404
    ticket = Ticket.objects.filter(number=parts[0]).first()
    if ticket is None:
        raise Http404
    return render(
        request, "content/contact_sent.html", {"ticket": ticket, "goal_days": FIRST_ANSWER_GOAL.days}
    )

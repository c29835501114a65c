"""The receiver confirms by the link of a mail: no login, no scripts, a phone.

The address in the mail holds the right and shows nothing: it is exchanged for a note in the visitor's session, and the
page has an address without a secret. Every request asks anew whether the link still counts.
"""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core import errors
from alliance.core.audience import Audience
from alliance.core.forms import sent
from alliance.core.journal import LINK
from alliance.core.refusals import Refused
from alliance.core.throttle import allow, client_network
from members.decorators import member_page, private_page
from members.permissions import role_of
from partnerships.actions import deliveries, delivery_links
from partnerships.emails.readers import Reader, confirmers_of
from partnerships.forms.ledger import Row
from partnerships.forms.receipts import ReceiptForm
from partnerships.links import DELIVERY_DAYS, DeliveryLink, delivery_link, mailbox_mark
from partnerships.loads import on_the_road
from partnerships.models import Pledge
from partnerships.permissions import can_confirm_pledge, can_write_for
from partnerships.views import pledge_facts as facts
from partnerships.views.pledge_verbs import own_pledge, tell
from partnerships.views.readers import acting_member
from partnerships.views.transport_facts import transport_words

OPENED, HOUR, DAY = "deliveries_opened", 3600, 24 * 3600
LINKS_PER_NETWORK, RECEIPTS_PER_PLEDGE, NEW_LINKS_PER_PLEDGE = 60, 60, 5
# So many deliveries a visitor's session remembers, and how long; then the mail's link opens them again.
MOST_OPENED, OPENED_FOR = 50, 14 * DAY


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def delivery_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. Opening it changes nothing, since scanners open links too. One that grew too old offers to
    mail a fresh one to the same mailbox (POST)."""
    if not allow("delivery-open", client_network(request), LINKS_PER_NETWORK, HOUR):
        return errors.too_many(request, seconds=HOUR)
    link = delivery_link(token)
    pledge, reader = _holder(link.slug, link.version, link.mailbox) if link else (None, None)
    if pledge is None or reader is None:
        return _ended(request)
    if link.is_fresh:
        return _let_in(request, pledge, link)
    if request.method == "POST":
        delivery_links.mail_link_again(pledge, reader=reader)
        return _ended(request, is_mailed=True)
    return _ended(request, may_ask=True)


def _holder(slug: str, version: Any, mailbox: str) -> tuple[Pledge | None, Reader | None]:
    """The pledge, and whose mailbox the link was mailed to; nothing when the link was replaced, the mailbox no longer
    speaks for the receiver, or the receiver's membership is not active."""
    pledge = Pledge.objects.with_history().filter(slug=slug).first()
    if pledge is None or str(pledge.link_version) != str(version):
        return None, None
    readers = confirmers_of(pledge.receiver)
    return pledge, next((reader for reader in readers if mailbox_mark(reader.email) == mailbox), None)


def _let_in(request: HttpRequest, pledge: Pledge, link: DeliveryLink) -> HttpResponse:
    number = request.GET.get("transport", "")
    query = f"?transport={number}" if number.isascii() and number.isdigit() and len(number) < 5 else ""
    if acting_member(request) == pledge.receiver and can_confirm_pledge(request.user, pledge):
        # Who is signed in confirms under their own name.
        return redirect("partnerships:pledge_verb", pledge.slug, "confirm")
    opened = request.session.get(OPENED, {})
    opened.pop(pledge.slug, None)
    opened[pledge.slug] = [link.version, link.mailbox, timezone.now().timestamp()]
    request.session[OPENED] = dict(list(opened.items())[-MOST_OPENED:])
    return redirect(reverse("partnerships:delivery_confirm", args=[pledge.slug]) + query)


def _ended(request: HttpRequest, *, may_ask: bool = False, is_mailed: bool = False) -> HttpResponse:
    context = {"may_ask": may_ask, "is_mailed": is_mailed, "days": DELIVERY_DAYS}
    status = 200 if is_mailed else 404
    return render(request, "partnerships/delivery_ended.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def delivery_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """What is on its way, line by line, and the form that tells what came of it."""
    version, mailbox, opened_at = request.session.get(OPENED, {}).get(slug, ("", "", 0))
    pledge, reader = _holder(slug, version, mailbox) if mailbox else (None, None)
    if pledge is None or reader is None or opened_at < timezone.now().timestamp() - OPENED_FOR:
        return _ended(request)
    form, status = _form_of(request, pledge, reader), 200
    if request.method == "POST":
        answer, status = None, 422
        if not allow("delivery", slug, RECEIPTS_PER_PLEDGE, HOUR):
            status = 429
            form.add_error(None, errors.pause_words(HOUR))
        elif form.is_valid():
            answer, form = _confirm(request, pledge, reader, form)
        if answer:
            return answer
        _ask_for_the_file_again(request, form)
    return render(request, "partnerships/delivery_confirm.html", _page(request, pledge, form), status=status)


def _form_of(request: HttpRequest, pledge: Pledge, reader: Reader) -> ReceiptForm:
    rows = [
        Row(line, totals, facts.line_label(line, pledge), facts.facts_of(line, totals, facts.ARRIVAL_COLUMNS))
        for line, totals in facts.totals_of(pledge)
    ]
    return ReceiptForm(
        *sent(request),
        rows=rows,
        arriving=_arriving(pledge, _chosen(request, pledge)),
        mailbox=reader.email,
        has_all_lines=request.GET.get("lines") == "all",
    )


def _road(pledge: Pledge) -> dict[int | None, dict[str, Decimal]]:
    """Transport (its id) to what is on the road with it: slug of the line to quantity; who left first comes first."""
    found: dict[int | None, dict[str, Decimal]] = {}
    for line in pledge.lines.all():
        for transport, quantity in on_the_road(list(line.events.all())).items():
            found.setdefault(transport, {})[line.slug] = quantity
    order = {row.pk: row.number for row in pledge.transports.all()}
    return dict(sorted(found.items(), key=lambda pair: order.get(pair[0], 0)))


def _chosen(request: HttpRequest, pledge: Pledge) -> int | None:
    """The transport that the address names, else the one that left first; its id."""
    number, road = request.GET.get("transport", ""), _road(pledge)
    named = next((row.pk for row in pledge.transports.all() if str(row.number) == number), None)
    return named if named in road else next(iter(road), None)


def _arriving(pledge: Pledge, transport: int | None) -> dict[str, Decimal]:
    return _road(pledge).get(transport, {})


def _confirm(
    request: HttpRequest, pledge: Pledge, reader: Reader, form: ReceiptForm
) -> tuple[HttpResponse | None, ReceiptForm]:
    """The redirect after it was recorded; else None, and the form that says why not."""
    try:
        written = deliveries.confirm_delivery(
            pledge, lines=form.confirmations, by=LINK, submission=form.submission
        )
    except Refused as error:
        form.add_refusal(error)
        if form.is_outdated:
            form = _form_of(request, Pledge.objects.with_history().get(pk=pledge.pk), reader)
            form.is_valid()
        return None, form
    tell(request, written, _("Recorded, thank you. The giver is told."))
    return redirect("partnerships:delivery_confirm", pledge.slug), form


def _ask_for_the_file_again(request: HttpRequest, form: ReceiptForm) -> None:
    if request.FILES:
        form.fields["file"].help_text = _("Please choose the file once more: a browser does not keep it.")


def _page(request: HttpRequest, pledge: Pledge, form: ReceiptForm) -> dict[str, Any]:
    chosen = _chosen(request, pledge)
    transports = {row.pk: row for row in pledge.transports.all()}
    steps = facts.waiting_words(pledge, "receiver")
    return {
        "pledge": pledge,
        "form": form,
        "title": facts.title_of(pledge, "partner"),
        "giver": pledge.giver.shown_name,
        "receiver": pledge.receiver.shown_name,
        "due": date_format(pledge.due_on, "DATE_FORMAT") if pledge.due_on else "",
        "transport": transport_words(transports[chosen], Audience.PARTNER) if chosen in transports else None,
        "others": [
            {"number": transports[pk].number, "query": f"?transport={transports[pk].number}"}
            for pk in _road(pledge)
            if pk in transports and pk != chosen
        ],
        "is_disputed": steps["is_disputed"],
        "is_done": not form.rows,
        "recorded": [] if form.rows else _recorded(pledge),
    }


def _recorded(pledge: Pledge) -> list[dict[str, Any]]:
    """What was told of each line, for whoever counts after somebody else did."""
    told = [
        (line, facts.facts_of(line, totals, facts.ARRIVAL_COLUMNS))
        for line, totals in facts.totals_of(pledge)
    ]
    return [{"term": facts.line_label(line, pledge), "text": words} for line, words in told if words]


@require_POST
@member_page(role_of)
def pledge_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Either side asks for a new link; those mailed before end."""
    pledge = own_pledge(request, slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    if not allow("delivery-link", slug, NEW_LINKS_PER_PLEDGE, DAY):
        messages.warning(request, errors.pause_words(DAY))
    elif delivery_links.renew_links(pledge, by=request.user):
        messages.success(
            request, _("A new link is on its way to the receiver. Links mailed before have ended.")
        )
    else:
        messages.warning(
            request, _("Nobody of the receiver can get a link at the moment: write to the secretariat.")
        )
    return redirect("partnerships:pledge_detail", slug)

"""The page of one transport: packing list to print and to save, papers for customs, the clock of the report."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core.audience import Audience, may_see
from alliance.core.forms import sent
from alliance.core.units import plain
from alliance.users.decorators import login_kept_form
from members.decorators import member_page, private_page
from members.org_ids import edrpou_in
from members.permissions import role_of
from partnerships.actions import transports as actions
from partnerships.exports import packing
from partnerships.forms.transports import ReportForm, TransportForm
from partnerships.ledger import GIVER, RECEIVER
from partnerships.models import Pledge, Transport
from partnerships.permissions import audience_of_pledge, can_confirm_pledge, can_write_for
from partnerships.refusals import TransportRefused
from partnerships.views import pledge_facts as facts
from partnerships.views import transport_facts as shown
from partnerships.views.pledge_verbs import own_pledge
from partnerships.views.readers import acting_member


@require_safe
@private_page
@login_kept_form
def transport_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """For both sides and the desk."""
    pledge, transport = _readable(request, slug, number)
    return _detail(request, pledge, transport, None)


def _readable(request: HttpRequest, slug: str, number: int) -> tuple[Pledge, Transport]:
    """A transport that the reader may know of; for everybody else it does not exist."""
    pledge = Pledge.objects.with_history().filter(slug=slug).first()
    if pledge is None or not may_see(Audience.PARTNER, audience_of_pledge(request.user, pledge)):
        get_object_or_404(Transport.objects.none())
    return pledge, _of(pledge, number)


def _of(pledge: Pledge, number: int) -> Transport:
    row = next((row for row in pledge.transports.all() if row.number == number), None)
    return row or get_object_or_404(Transport.objects.none())


def _detail(request: HttpRequest, pledge: Pledge, transport: Transport, form: Any) -> HttpResponse:
    member = acting_member(request)
    side = {pledge.giver_id: GIVER, pledge.receiver_id: RECEIVER}.get(member.pk if member else None, "")
    is_imported = pledge.crosses_into_ukraine
    may_report = side == RECEIVER and can_confirm_pledge(request.user, pledge) and transport.cleared_on
    if may_report and not transport.reported_on:
        form = form or ReportForm(cleared_on=transport.cleared_on)
    context = {
        "pledge": pledge,
        "transport": transport,
        "title": facts.title_of(pledge, Audience.PARTNER),
        "giver": pledge.giver.shown_name,
        "receiver": pledge.receiver.shown_name,
        "facts": shown.transport_facts(transport, audience_of_pledge(request.user, pledge)),
        "table": shown.packing_table(pledge, transport),
        "papers": shown.paper_facts(transport) if is_imported else [],
        "clock": shown.clock_of(transport) if is_imported else {},
        "may_change": bool(side) and can_write_for(request.user, member) and (side == GIVER or is_imported),
        "is_giver": side == GIVER,
        "may_take_back": bool(may_report and transport.reported_on),
        "form": form if may_report else None,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "partnerships/transport_detail.html", context, status=status)


@require_safe
@private_page
@login_kept_form
def transport_csv(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The packing list as a file: item, quantity, unit, rating, condition."""
    pledge, transport = _readable(request, slug, number)
    rows = [[_("Item"), _("Quantity"), _("Unit"), _("Rating"), _("Condition")]]
    rows += [
        [str(line), str(plain(quantity)), facts.unit_of(line), line.range_text, line.get_condition_display()]
        for line, quantity in shown.packed(pledge, transport)
    ]
    response = HttpResponse(packing.as_csv(rows), content_type="text/csv; charset=utf-8")
    name = f"packing-list-{pledge.slug}-{transport.number}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def transport_change(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Carrier, days and papers: the giver all of it, the receiver the papers."""
    pledge = own_pledge(request, slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    transport, is_giver = _of(pledge, number), pledge.giver_id == request.member.pk
    has_papers = pledge.crosses_into_ukraine
    if not (is_giver or has_papers):
        get_object_or_404(Transport.objects.none())
    initial = {} if transport.receiver_edrpou else {"receiver_edrpou": edrpou_in(pledge.receiver.org_id)}
    form = TransportForm(
        sent(request)[0], instance=transport, initial=initial, is_giver=is_giver, has_papers=has_papers
    )
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.fields}
        try:
            actions.change_transport(Transport.objects.get(pk=transport.pk), changes=changes, by=request.user)
        except TransportRefused as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("Saved. The other side sees it here, too."))
            return redirect("partnerships:transport_detail", slug, number)
    context = {"pledge": pledge, "number": number, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "partnerships/transport_change.html", context, status=status)


@require_POST
@member_page(role_of)
def transport_report(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """“Report filed on …”, or not filed after all."""
    pledge = own_pledge(request, slug)
    if pledge.receiver_id != request.member.pk or not can_confirm_pledge(request.user, pledge):
        raise PermissionDenied
    transport = _of(pledge, number)
    if "take_back" in request.POST:
        if actions.take_report_back(transport, by=request.user):
            messages.success(request, _("The report counts as not filed; the days go on."))
        return redirect("partnerships:transport_detail", slug, number)
    if transport.cleared_on is None:
        messages.warning(request, str(TransportRefused(TransportRefused.NOT_CLEARED)))
        return redirect("partnerships:transport_detail", slug, number)
    form = ReportForm(request.POST, cleared_on=transport.cleared_on)
    if form.is_valid():
        try:
            actions.file_report(transport, reported_on=form.cleaned_data["reported_on"], by=request.user)
        except TransportRefused as error:
            form.add_error("reported_on", str(error))
        else:
            messages.success(request, _("Recorded: the report is filed, and the reminders end."))
            return redirect("partnerships:transport_detail", slug, number)
    return _detail(request, pledge, transport, form)

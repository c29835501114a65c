"""Reading pledges: the page that giver and receiver see alike, what everyone may read of it, its files, the lists."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alliance.core import lists
from alliance.core.audience import Audience, may_see, visible
from alliance.core.languages import shown
from alliance.core.units import SMALLEST
from alliance.core.uploads import attachment
from alliance.users.decorators import login_kept_form
from members.decorators import member_page
from members.permissions import role_of
from partnerships import ledger
from partnerships.actions import pledges as actions
from partnerships.actions.deliveries import is_correctable
from partnerships.models import Pledge, PledgeEvent, PledgeLine
from partnerships.names_shown import named
from partnerships.permissions import (
    audience_of_pledge,
    can_commit_pledge,
    can_confirm_pledge,
    can_correct_event,
    can_write_for,
    reader_audience,
)
from partnerships.views import pledge_facts as facts
from partnerships.views.due_days import day_facts, day_rows, has_open_day, may_move
from partnerships.views.pledge_verbs import verbs_of
from partnerships.views.readers import acting_member
from partnerships.views.transport_facts import reports_waiting, transports_of

NEWEST = [("created_at", "desc"), ("id", "desc")]
WAITING_ROWS = 20


@require_safe
def pledge_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Both sides and the desk see the same ledger; everyone else what is public of it."""
    rows = Pledge.objects.for_audience(reader_audience(request.user)).with_history()
    pledge = get_object_or_404(rows, slug=slug)
    viewer = audience_of_pledge(request.user, pledge)
    state = facts.state_of(pledge)
    context = {
        "pledge": pledge,
        "title": facts.title_of(pledge, viewer),
        "giver": named(pledge, "giver", viewer),
        "receiver": named(pledge, "receiver", viewer),
        "state": facts.pill(state, viewer),
        "is_late": facts.is_late(pledge),
        "due": facts.day(pledge.due_on),
        "day": day_facts(pledge),
        "table": facts.table_of(pledge, viewer),
        "values": facts.values_of(pledge, viewer),
        "listing": pledge.listing if _sees_listing(pledge, viewer) else None,
        "is_party": may_see(Audience.PARTNER, viewer),
    }
    if context["is_party"]:
        context |= _for_both_sides(request, pledge, viewer)
    return render(request, "partnerships/pledge_detail.html", context)


def _sees_listing(pledge: Pledge, viewer: str) -> bool:
    return bool(
        pledge.listing_id and visible(pledge, "listing", viewer) and may_see(pledge.listing.audience, viewer)
    )


def _for_both_sides(request: HttpRequest, pledge: Pledge, viewer: str) -> dict[str, Any]:
    member = acting_member(request)
    side = side_of(pledge, member) or PledgeEvent.Side.DESK
    may_write = side != PledgeEvent.Side.DESK and can_write_for(request.user, member)
    return {
        "side": side,
        "waiting": _waiting(pledge, side),
        "verbs": verbs_of(request.user, pledge, side),
        "history": facts.history_of(pledge, side, _correctable(request.user, pledge, side)),
        "transports": transports_of(pledge, viewer),
        "files": [facts.file_facts(pledge, row) for row in pledge.evidence.all()],
        "may_link": may_write and any(totals.dispatched for _line, totals in facts.totals_of(pledge)),
        "may_hide": may_write and side == PledgeEvent.Side.RECEIVER,
        "hidden_by": _hidden_by(pledge, member),
        "days": day_rows(pledge),
        "may_ask": side == PledgeEvent.Side.GIVER
        and may_move(pledge)
        and can_commit_pledge(request.user, pledge),
        "may_answer": may_write and side == PledgeEvent.Side.RECEIVER,
        "crumb": _crumb(side),
    }


def _waiting(pledge: Pledge, side: str) -> dict[str, Any]:
    """What each side has to do next: with goods, with papers, with the day."""
    words = facts.waiting_words(pledge, side)
    papers = [_("Imported goods: %(left)s") % {"left": left} for left in reports_waiting(pledge)]
    if side == PledgeEvent.Side.RECEIVER:
        asked = [_("Say whether another day is right.")] if has_open_day(pledge) else []
        words["for_you"] += [*asked, *papers]
    else:
        words["for_them"] += papers
    return words


def _hidden_by(pledge: Pledge, member: Any) -> dict[str, Any] | None:
    """The reader's own need or offer because of which the public does not read its name here."""
    own = next((row for row in pledge.hiding if member and row.member_id == member.pk), None)
    return own and {"slug": own.slug, "title": shown(own, "title")}


def side_of(pledge: Pledge, member: Any) -> str:
    """The side on which ``member`` stands; empty when on none."""
    if member is None:
        return ""
    return {pledge.giver_id: "giver", pledge.receiver_id: "receiver"}.get(member.pk, "")


def _correctable(user: Any, pledge: Pledge, side: str) -> list[int]:
    """Entries of the own side that this person may still correct."""
    may: dict[str, bool] = {}
    found = []
    for line in pledge.lines.all():
        left = ledger.left(line.events.all())
        for event in line.events.all():
            if event.side != side or not is_correctable(event, left) or not _can_shrink(line, event):
                continue
            event.line.pledge = pledge
            if event.kind not in may:
                may[event.kind] = can_correct_event(user, event)
            if may[event.kind]:
                found.append(event.pk)
    return found


def _can_shrink(line: PledgeLine, event: PledgeEvent) -> bool:
    """Whether the ledger lets anything at all be taken off an entry."""
    least = ledger.Event(0, event.kind, SMALLEST, event.side, event.pk, event.happened_on)
    return ledger.refusal(line.events.all(), least) is None


def _crumb(side: str) -> dict[str, str]:
    if side == PledgeEvent.Side.GIVER:
        return {"url": reverse("partnerships:my_promises"), "label": _("Our promises")}
    if side == PledgeEvent.Side.RECEIVER:
        return {"url": reverse("partnerships:my_deliveries"), "label": _("Our deliveries")}
    return {}


@require_safe
@never_cache
@login_kept_form
def pledge_file(request: HttpRequest, slug: str, file: str) -> FileResponse:
    """A file behind an entry, to be saved; only for both sides and the desk."""
    pledge = get_object_or_404(Pledge.objects.select_related("listing"), slug=slug)
    row = get_object_or_404(pledge.evidence, slug=file)
    if not visible(pledge, "evidence", audience_of_pledge(request.user, pledge)):
        return get_object_or_404(pledge.evidence.none())
    return attachment(row.file, filename=row.original_filename, content_type=row.content_type)


@require_POST
@member_page(role_of)
def pledge_receiver(request: HttpRequest, slug: str) -> HttpResponse:
    """The receiver says whether the public reads its name."""
    pledge = get_object_or_404(Pledge.objects.filter(receiver=request.member), slug=slug)
    if not can_confirm_pledge(request.user, pledge):
        raise PermissionDenied
    if request.POST.get("hide") == "1":
        actions.hide_receiver(pledge, by=request.user)
        messages.success(request, _("Your name is no longer shown to the public here."))
    else:
        actions.name_receiver(pledge, by=request.user)
        messages.success(request, _("Your name is shown to the public again."))
    return redirect("partnerships:pledge_detail", pledge.slug)


# --- Lists of a member --------------------------------------------------------------------------------------


@require_safe
@member_page(role_of)
def my_promises(request: HttpRequest) -> HttpResponse:
    """What the member gives: what waits for it first."""
    return _list_page(request, "giver")


@require_safe
@member_page(role_of)
def my_deliveries(request: HttpRequest) -> HttpResponse:
    """What the member receives: what waits for it first."""
    return _list_page(request, "receiver")


HEADINGS = {"giver": gettext_lazy("Our promises"), "receiver": gettext_lazy("Our deliveries")}


def _list_page(request: HttpRequest, side: str) -> HttpResponse:
    own = Pledge.objects.filter(**{side: request.member}).with_state()
    page = lists.keyset_page(own, NEWEST, request.GET)
    is_first = not page.before
    waiting = own.waiting_for(request.member).newest_first()[: WAITING_ROWS + 1] if is_first else []
    context = {
        "heading": HEADINGS[side],
        "side": side,
        "member_name": request.member.shown_name,
        "may_promise": side == "giver" and can_write_for(request.user, request.member),
        "waiting": pledge_table(list(waiting)[:WAITING_ROWS], side),
        "has_more_waiting": len(waiting) > WAITING_ROWS,
        "table": pledge_table(page.rows, side),
        "pages": page.links(request.GET),
    }
    return render(request, "partnerships/my_pledges.html", context)


def pledge_table(pledges: list[Pledge], side: str, *, has_steps: bool = True) -> dict[str, Any]:
    """Parameters of `components/table.html`; no rows, no table. ``has_steps``: with a column of who has to act."""
    other = {"giver": "receiver", "receiver": "giver"}[side]
    labels = {
        "giver": pgettext("column of a list of pledges", "Giver"),
        "receiver": pgettext("column of a list of pledges", "Receiver"),
    }
    columns = [
        _("Pledge"),
        labels[other],
        pgettext("of a pledge", "State"),
        *([_("Who has to act")] if has_steps else []),
        _("To be delivered by"),
    ]
    rows = [
        [
            {
                "text": pledge.title,
                "href": reverse("partnerships:pledge_detail", args=[pledge.slug]),
                "lang": pledge.language,
            },
            str(named(pledge, other, Audience.PARTNER).name),
            facts.pill(facts.state_of(pledge), Audience.PARTNER)["label"],
            *([_steps(pledge, side)] if has_steps else []),
            _due(pledge),
        ]
        for pledge in pledges
    ]
    return {"columns": [{"label": label} for label in columns], "rows": rows}


def _steps(pledge: Pledge, side: str) -> str:
    more = reports_waiting(pledge)
    if has_open_day(pledge):
        more = [pgettext("what a pledge waits for", "answer about another day"), *more]
    return facts.waiting_short(pledge, side, more) or pgettext("who has to act", "nobody")


def _due(pledge: Pledge) -> str:
    if pledge.due_on is None:
        return _("no day yet")
    day = date_format(pledge.due_on, "DATE_FORMAT")
    return _("%(day)s, late") % {"day": day} if facts.is_late(pledge) else day

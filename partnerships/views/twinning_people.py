"""The people of a twinning: contacts of each party on its page, the form of one's own, the hand-over of a place."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from alliance.core import errors
from alliance.core.audience import Audience
from alliance.core.forms import sent
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.actions.people import AlreadyThere
from members.decorators import member_page, private_page
from members.forms.people import AcceptForm
from members.models import Member
from members.permissions import role_of
from partnerships.actions import twinning_people as actions
from partnerships.contacts import people_of_party
from partnerships.forms.twinning_life import ContactsForm, HandOverForm
from partnerships.links import hand_over_mark, hand_over_parts
from partnerships.models import Block, StaffHandOver, Twinning, TwinningParty
from partnerships.names_shown import party_named
from partnerships.permissions.twinning_life import can_hand_over_party
from partnerships.refusals import LifeRefused
from partnerships.views.conversation import contact_items
from partnerships.views.twinning_keeping import crumb_of, own_twinning, to_twinning, too_late

HAND_OVERS_PER_DAY, DAY = 10, 24 * 3600
Seat = StaffHandOver.Seat


def contact_rows(twinning: Twinning, own: TwinningParty | None) -> list[dict[str, Any]]:
    """For `_twinning_contacts.html`: of each member that stands by it who looks after it, or that nobody does at the
    moment, and to the other parties the contact person of the member; not across a block."""
    parties = twinning.parties.of_members().with_reach()
    rows = list(parties.select_related("member__place__region", "place__region", "contact", "second_contact"))
    others = [row.member_id for row in rows]
    kept = Block.objects.kept_from(own.member_id, others) if own else set()
    return [_contact_row(row, own) for row in rows if row.member_id not in kept]


def _contact_row(row: TwinningParty, own: TwinningParty | None) -> dict[str, Any]:
    """Who is both is named once, with all that the member says of them."""
    is_shown = own is not None and row.pk != own.pk and row.member.status in Member.HOLDING
    office = contact_items(row.member, Audience.PARTNER) if is_shown else []
    people = people_of_party(row)
    named = {item["text"].casefold() for item in office}
    return {
        "who": party_named(row),
        "was_named": bool(row.contact_id or row.second_contact_id),
        "has_people": bool(people),
        "people": [person for person in people if person["email"].casefold() not in named],
        "office": office,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_contacts(request: HttpRequest, slug: str) -> HttpResponse:
    """Who looks after it for one's own side."""
    twinning, party = own_twinning(request, slug)
    acting = request.member.representatives.current().filter(user__is_active=True)
    people = list(acting.select_related("user").order_by("since", "id"))
    initial = {"contact": str(party.contact_id or ""), "second": str(party.second_contact_id or "")}
    form = ContactsForm(sent(request)[0], people=people, initial=initial)
    if not form.is_valid():
        return _page(request, twinning, party, form, 422 if form.is_bound else 200)
    try:
        actions.set_contacts(party, **form.chosen, by=request.user)
    except LifeRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, twinning, party, form, 409)
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(request, _("Saved. The other parties are told who is new."))
    return to_twinning(twinning, "#people")


def _page(
    request: HttpRequest, twinning: Twinning, party: TwinningParty, form: ContactsForm, status: int
) -> HttpResponse:
    may_hand_over = can_hand_over_party(request.user, party)
    context = {"form": form, "may_hand_over": may_hand_over, **crumb_of(twinning)}
    return render(request, "partnerships/twinning_contacts.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """A place goes to a successor, who may have no account yet. Only a signatory lets people act for the member."""
    twinning, party = own_twinning(request, slug)
    if not can_hand_over_party(request.user, party):
        raise Http404
    own_seat = Seat.SECOND if party.second_contact_id == request.user.pk else Seat.CONTACT
    form = HandOverForm(sent(request)[0], seats=_seats(party), initial={"seat": own_seat.value})
    if not form.is_valid():
        return _hand_over_page(request, twinning, form, 422 if form.is_bound else 200)
    if not allow("twinning-hand-over", request.member.slug, HAND_OVERS_PER_DAY, DAY):
        form.add_error(None, errors.pause_words(DAY))
        return _hand_over_page(request, twinning, form, 429)
    try:
        actions.hand_over(party, **form.cleaned_data, by=request.user)
    except AlreadyThere:
        form.add_error(
            "email",
            _(
                "This person acts for your member already, or an invitation is on its way. Who acts for it already"
                " is named on the page “Contacts”."
            ),
        )
        return _hand_over_page(request, twinning, form, 422)
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(
        request, _("The letter is on its way. Until your successor has accepted, nothing changes.")
    )
    return to_twinning(twinning, "#people")


def _seats(party: TwinningParty) -> list[tuple[str, str]]:
    """“contact (Olha Koval)”: each place with who holds it."""
    nobody = pgettext("contact of a party", "nobody yet")
    names = {Seat.CONTACT: party.contact, Seat.SECOND: party.second_contact}
    return [
        (seat.value, f"{seat.label} ({person.name or person.email if person else nobody})")
        for seat, person in names.items()
    ]


def _hand_over_page(
    request: HttpRequest, twinning: Twinning, form: HandOverForm, status: int
) -> HttpResponse:
    context = {"form": form, **crumb_of(twinning)}
    return render(request, "partnerships/twinning_hand_over.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def twinning_hand_over_take(request: HttpRequest, token: str) -> HttpResponse:
    """The link from the letter. Opening it changes nothing; the button takes the place. Whoever is signed in as
    somebody else is told so and takes nothing."""
    row = _handed_over(token)
    is_other = request.user.is_authenticated and row.invitation.email not in request.user.confirmed_addresses
    form = AcceptForm(sent(request)[0])
    if request.method == "POST" and not is_other and form.is_valid():
        try:
            actions.take_over(row, name=form.cleaned_data["name"])
        except NotAllowed:
            row = _handed_over(token)
        else:
            if request.user.is_authenticated:
                messages.success(request, _("Thank you. You look after it from now on."))
                return redirect("partnerships:twinning_detail", row.party.twinning.slug)
            messages.success(request, _("Welcome. Sign in with this e-mail address: we mail you a code."))
            return redirect("account_login")
    context = {
        "form": form,
        "row": row,
        "member": row.party.member,
        "is_other": is_other,
        "is_second": row.seat == Seat.SECOND,
        **crumb_of(row.party.twinning),
    }
    is_over = not row.is_open
    status = 422 if form.errors else 410 if is_over else 403 if is_other else 200
    return render(
        request, "partnerships/twinning_hand_over_take.html", context | {"is_over": is_over}, status=status
    )


def _handed_over(token: str) -> StaffHandOver:
    """The hand-over of a link, if it still goes to the mailbox that the link was sent to."""
    parts = hand_over_parts(token)
    rows = StaffHandOver.objects.select_related("invitation", "party__twinning", "party__member")
    row = get_object_or_404(rows, slug=parts[0] if parts else "")
    if hand_over_mark(row.invitation.email) != parts[1]:
        raise Http404
    return row

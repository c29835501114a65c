"""Pages of a member's people: who acts for it, invitations, switching, and the member's own page."""

import contextlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import errors
from alliance.core.forms import Form, sent
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from alliance.core.uploads import shown_picture
from members.actions import people, profile
from members.decorators import member_page, private_page
from members.domains import is_elsewhere
from members.forms.people import AcceptForm, ContactForm, InviteForm, ProfileForm
from members.links import contact_email_parts, invitation_parts
from members.middleware import SESSION_KEY
from members.models import Invitation, Member, Representative
from members.permissions import (
    can_edit_member,
    can_end_representation,
    can_import_members,
    can_invite_representative,
    can_see_people,
    is_last_signatory,
)

INVITATIONS_PER_DAY = 30
WEBSITES_PER_DAY = 5
DAY = 24 * 3600
NOT_ACTIVE = gettext_lazy("Nothing was saved: this membership is not active at the moment.")


@require_safe
@member_page(can_see_people)
def people_list(request: HttpRequest) -> HttpResponse:
    """Who acts for the member, and who is invited."""
    rows = list(request.member.representatives.current().select_related("user").order_by("since", "id"))
    signatories = [row for row in rows if row.role == Representative.Role.SIGNATORY]
    may_manage = can_invite_representative(request.user, request.member)
    for row in rows:
        mine = row.user_id == request.user.pk
        row.may_end = (may_manage or mine) and signatories != [row]
    others = Representative.objects.active().of(request.user).exclude(member=request.member)
    context = {
        "member": request.member,
        "representatives": rows,
        "invitations": list(request.member.invitations.open().order_by("-created_at", "-id")),
        "may_manage": may_manage,
        "others": list(others.select_related("member")),
        "can_edit": can_edit_member(request.user, request.member),
        "can_import": can_import_members(request.user, request.member),
    }
    return render(request, "members/people/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_invite_representative)
def people_invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(sent(request)[0])
    if request.method == "POST" and form.is_valid():
        if not allow("people-invite", request.member.slug, INVITATIONS_PER_DAY, DAY):
            form.add_error(None, errors.pause_words(DAY))
            return render(
                request, "members/people/invite.html", {"form": form, "member": request.member}, status=429
            )
        try:
            people.invite_representative(request.member, **form.cleaned_data, by=request.user)
        except people.AlreadyThere:
            form.add_error("email", _("This person acts for you already, or an invitation is on its way."))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("members:people_list")
    context = {"form": form, "member": request.member}
    return render(request, "members/people/invite.html", context, status=422 if form.errors else 200)


@require_POST
@member_page(can_invite_representative)
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, member=request.member)
    try:
        people.withdraw_invitation(invitation, by=request.user)
    except NotAllowed:
        messages.warning(request, _("This invitation has been accepted in the meantime."))
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("members:people_list")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_see_people)
def representation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once, then ends it. The last signatory is told what to do first."""
    rows = request.member.representatives.current().select_related("user", "member")
    representative = get_object_or_404(rows, pk=pk)
    mine = representative.user_id == request.user.pk
    if not mine and not can_invite_representative(request.user, request.member):
        raise Http404
    if request.method == "POST" and can_end_representation(request.user, representative):
        with contextlib.suppress(people.LastSignatory):  # the page below says what to do first
            people.end_representation(representative, by=request.user)
            messages.success(request, _("The representation has ended."))
            return redirect("users:after_login" if mine else "members:people_list")
    is_last = is_last_signatory(representative)
    context = {
        "representative": representative,
        "member": request.member,
        "is_mine": mine,
        "is_last": is_last,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "members/people/end.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed invitation. Opening it changes nothing; the button accepts."""
    parts = invitation_parts(token)
    found = Invitation.objects.filter(**parts).select_related("member").first() if parts else None
    if found is None:
        raise Http404
    form = AcceptForm(sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            people.accept_invitation(found, name=form.cleaned_data["name"])
        except NotAllowed:
            found.refresh_from_db()
        else:
            messages.success(request, _("Welcome. Sign in with this e-mail address: we mail you a code."))
            return redirect("members:people_list" if request.user.is_authenticated else "account_login")
    is_over = not found.is_open and not found.accepted_at
    context = {"form": form, "invitation": found, "member": found.member, "is_over": is_over}
    status = 422 if form.errors else 410 if is_over else 200
    return render(request, "members/people/invitation.html", context, status=status)


@require_POST
@login_required
def switch_member(request: HttpRequest) -> HttpResponse:
    """Act for another member from now on."""
    rows = Representative.objects.active().of(request.user)
    representative = rows.filter(member__slug=request.POST.get("member", "")[:12].replace("\0", "")).first()
    if representative is None:
        raise Http404
    request.session[SESSION_KEY] = representative.member_id
    return redirect("members:people_list")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_edit_member)
def member_edit(request: HttpRequest) -> HttpResponse:
    """The member's own page: names, texts, languages, web site, logo, sectors."""
    member = Member.objects.select_related("place").get(pk=request.member.pk)
    form = ProfileForm(*sent(request), instance=member)
    if request.method == "POST" and form.is_valid():
        is_new = is_elsewhere(form.cleaned_data["website"], form.initial["website"])
        if is_new and not allow("website", member.slug, WEBSITES_PER_DAY, DAY):
            form.add_error("website", errors.pause_words(DAY))
            return _profile_page(request, "edit", form, member, 429)
        try:
            profile.edit_member(member, changes=form.changes, by=request.user)
        except NotAllowed:
            form.add_error(None, NOT_ACTIVE)
            return _profile_page(request, "edit", form, member, 409)
        messages.success(request, _("Saved."))
        return redirect("members:member_edit")
    return _profile_page(request, "edit", form, member, 422 if form.errors else 200)


def _profile_page(request: HttpRequest, name: str, form: Form, member: Member, status: int) -> HttpResponse:
    """The form, with what was typed, and what the desk still has to look at."""
    context = {"form": form, "member": member, "address_changes": member.address_changes.pending()}
    return render(request, f"members/people/{name}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_edit_member)
def contact_edit(request: HttpRequest) -> HttpResponse:
    """The contact person. A new address goes to the desk once its owner has opened the link."""
    member = Member.objects.get(pk=request.member.pk)
    form = ContactForm(sent(request)[0], instance=member)
    if request.method == "POST" and form.is_valid():
        changes = form.changes
        email = changes.pop("new_email")
        old = Member.objects.get(pk=member.pk).contact_email
        if email != old and not allow("contact-email", email, 3, DAY):
            form.add_error("new_email", errors.pause_words(DAY))
            return _profile_page(request, "contact", form, member, 429)
        try:
            is_mailed = profile.edit_contact(member, changes=changes, email=email, by=request.user)
        except NotAllowed:
            form.add_error(None, NOT_ACTIVE)
            return _profile_page(request, "contact", form, member, 409)
        if is_mailed:
            messages.success(
                request,
                _(
                    "We have mailed a link to the new address. Once it is opened, the desk takes a second look;"
                    " until then letters go to the old one."
                ),
            )
        else:
            messages.success(request, _("Saved."))
        return redirect("members:contact_edit")
    return _profile_page(request, "contact", form, member, 422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def contact_email_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link to the new address. Opening it changes nothing; the button confirms."""
    parts = contact_email_parts(token)
    member = Member.objects.filter(slug=parts["slug"]).first() if parts else None
    if member is None:
        raise Http404
    waits = member.address_changes.pending().filter(new=parts["email"]).exists()
    is_done = waits or member.contact_email == parts["email"]
    if not is_done and str(member.link_version) != parts["link_version"]:
        raise Http404
    if request.method == "POST" and not is_done:
        try:
            profile.confirm_contact_email(member, email=parts["email"])
        except NotAllowed:
            raise Http404 from None
        is_done = waits = True
    context = {"member": member, "email": parts["email"], "is_done": is_done, "waits": waits}
    return render(request, "members/people/contact_confirm.html", context)


@require_safe
def member_logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The logo of a listed member, for the register's pages and its own."""
    member = get_object_or_404(Member.objects.listed(), slug=slug)
    if not member.logo:
        raise Http404
    return shown_picture(member.logo)

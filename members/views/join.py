"""Joining: from the claim of a place through five steps to the submission. No account; the link is the right."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core import errors
from alliance.core.countries import clock_of, country_name, language_name
from alliance.core.forms import sent
from alliance.core.journal import LINK
from alliance.core.languages import reader_language
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow, client_network
from members.actions import joining
from members.application import STEPS, missing_steps, needs_decision
from members.decorators import private_page
from members.forms.authority import AuthorityForm
from members.forms.joining import DecisionForm, PeopleForm, PrinciplesForm, StartForm
from members.links import application_parts, application_path, application_token
from members.models import Member, Place
from members.principles import PRINCIPLES

HOUR, DAY = 3600, 24 * 3600
STARTS_PER_NETWORK = 20
MAILS_PER_ADDRESS = 5
LINKS_PER_APPLICATION = 3
# A page saves itself at most every few seconds.
KEEPS_PER_APPLICATION = 1000
KEPT_WHILE_TYPING = ("authority", "people")

# A promised decision may follow while the desk decides and after it has.
LATE_DECISION = [Member.Status.PENDING, *Member.HOLDING]

STEP_TITLES = {
    "authority": gettext_lazy("About you"),
    "people": gettext_lazy("People"),
    "principles": gettext_lazy("Principles"),
    "decision": gettext_lazy("The decision to join"),
    "check": gettext_lazy("Check and submit"),
}
FORMS = {"authority": AuthorityForm, "people": PeopleForm, "principles": PrinciplesForm}


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def join_start(request: HttpRequest) -> HttpResponse:
    """The first claim. `?place=` names the place by its code, `none` is for those without one in the registers."""
    code = request.GET.get("place", "")
    if not code:
        return render(request, "members/join/choose.html")
    place = _claimable_or_404(code)
    email = _verified_email(request)
    kind = request.GET.get("kind", "")
    initial = {"kind": kind} if kind in Member.Kind.values else {}
    form = StartForm(sent(request)[0], place=place, email=email, initial=initial)
    status = _status_of(form)
    if request.method == "POST" and form.is_valid():
        claim = form.claim
        if _may_start(request, claim["email"]):
            member = joining.start_application(**claim, language=reader_language(), by=_actor(request))
            if not claim["email_is_confirmed"]:
                messages.success(request, _("We have mailed you a link. With it you can go on at any time."))
            return redirect(application_path(member, "authority"))
        form.add_error(None, errors.pause_words(HOUR))
        status = 429
    context = {"form": form, "place": place, "rivals": _rivals_of_place(place), "confirmed_email": email}
    return render(request, "members/join/start.html", context, status=status)


def _claimable_or_404(code: str) -> Place | None:
    if code == "none":
        return None
    place = Place.objects.selectable().filter(code=code[:40].replace("\0", "")).first()
    if place is None:
        raise Http404
    return place


def _verified_email(request: HttpRequest) -> str:
    """The address of a logged-in person who has confirmed it."""
    user = request.user
    if user.is_authenticated and user.emailaddress_set.filter(email=user.email, verified=True).exists():
        return user.email
    return ""


def _rivals_of_place(place: Place | None) -> bool:
    if place is None:
        return False
    kinds = [Member.Kind.MUNICIPALITY, Member.Kind.REGION]
    return any(Member.objects.rivals_of(Member(place=place, kind=kind)).exists() for kind in kinds)


def _may_start(request: HttpRequest, email: str) -> bool:
    return allow("join", client_network(request), STARTS_PER_NETWORK, HOUR) and allow(
        "join-mail", email, MAILS_PER_ADDRESS, DAY
    )


def _actor(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else LINK


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def join_step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """One step: shows what is saved, saves what is sent, goes on to the next."""
    member = application_or_404(token)
    if step not in STEPS:
        raise Http404
    is_editable = member.status in Member.EDITABLE_BY_APPLICANT
    if not is_editable and not (step == "decision" and member.status in LATE_DECISION):
        return redirect(application_path(member))
    timezone.activate(clock_of(member.country))
    try:
        if step == "check":
            return _check(request, member)
        if step == "decision":
            return _decision(request, member)
        return _form_step(request, member, step)
    except NotAllowed:
        messages.warning(
            request, _("This application has been sent in the meantime. Here is where it stands.")
        )
        return redirect(application_path(member))
    finally:
        timezone.deactivate()


def _form_step(request: HttpRequest, member: Member, step: str) -> HttpResponse:
    form = FORMS[step](*sent(request), instance=member)
    if request.method != "POST":
        return _show_step(request, member, step, form)
    is_valid, changes = form.is_valid(), form.changes
    fresh = Member.objects.select_related("place").get(pk=member.pk)
    if not is_valid:
        # What is right survives a power cut; the address waits until all of the page is right.
        changes.pop("contact_email", None)
        if fresh.status == Member.Status.DRAFT:
            fresh = joining.save_step(fresh, changes=changes, by=_actor(request))
        if "later" in request.POST and _only_gaps(form):
            return _finish_later(request, fresh)
        return _show_step(request, fresh, step, form)
    new_address = changes.get("contact_email", fresh.contact_email)
    if new_address != fresh.contact_email and not _may_start(request, new_address):
        changes.pop("contact_email")
        saved = joining.save_step(fresh, changes=changes, by=_actor(request))
        form.add_error("contact_email", errors.pause_words(HOUR))
        return _show_step(request, saved, step, form, status=429)
    saved = joining.save_step(fresh, changes=changes, by=_actor(request))
    if saved.contact_email != fresh.contact_email:
        messages.success(
            request, _("We have mailed a link to the new address. Please open it to confirm the address.")
        )
    return _after_save(request, saved, step)


@require_POST
@private_page
def join_keep(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """The page saves itself while one types; what is not right yet waits for the button."""
    member = application_or_404(token)
    if step not in KEPT_WHILE_TYPING:
        raise Http404
    if not allow("join-keep", member.slug, KEEPS_PER_APPLICATION, HOUR):
        return errors.too_many(request, seconds=HOUR)
    form = FORMS[step](request.POST, instance=member)
    form.is_valid()
    try:
        joining.keep_typed(Member.objects.get(pk=member.pk), changes=form.changes)
    except NotAllowed:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


def _only_gaps(form: Any) -> bool:
    """Whether nothing is wrong with the form but what is still missing."""
    return all(error.code == "required" for errors_ in form.errors.as_data().values() for error in errors_)


def _after_save(request: HttpRequest, member: Member, step: str) -> HttpResponse:
    if "later" in request.POST:
        return _finish_later(request, member)
    following = STEPS[STEPS.index(step) + 1]
    return redirect(application_path(member, "check" if "back" in request.GET else following))


def _finish_later(request: HttpRequest, member: Member) -> HttpResponse:
    if allow("join-link", member.slug, LINKS_PER_APPLICATION, HOUR):
        joining.send_link(member)
    messages.success(request, _("Saved. The link with which you go on is in your mailbox."))
    return redirect(application_path(member))


def _decision(request: HttpRequest, member: Member) -> HttpResponse:
    form = DecisionForm(*sent(request), member=member)
    if request.method != "POST":
        return _show_step(request, member, "decision", form)
    is_valid = form.is_valid()
    if changes := form.changes if is_valid or "file" not in form.errors else {}:
        joining.save_mandate(member, **changes, by=_actor(request))
    if not is_valid and not ("later" in request.POST and _only_gaps(form)):
        return _show_step(request, member, "decision", form)
    if member.status in LATE_DECISION:
        messages.success(request, _("Saved. Thank you."))
        return redirect(application_path(member))
    return _after_save(request, member, "decision")


def _check(request: HttpRequest, member: Member) -> HttpResponse:
    missing = missing_steps(member)
    if request.method == "POST":
        if "later" in request.POST:
            return _finish_later(request, member)
        try:
            joining.submit_application(member, by=_actor(request))
        except joining.Incomplete as incomplete:
            missing = incomplete.steps
        else:
            return redirect(application_path(member))
    context = {
        "summary": summary(member),
        "missing": [{"step": step, "title": STEP_TITLES[step]} for step in missing],
        "has_rivals": Member.objects.rivals_of(member).exists(),
        "was_refused": request.method == "POST",
    }
    return _show_step(
        request, member, "check", None, status=422 if missing and request.method == "POST" else 200, **context
    )


def _show_step(
    request: HttpRequest, member: Member, name: str, form: Any, *, status: int = 0, **context: Any
) -> HttpResponse:
    number = STEPS.index(name) + 1
    context |= {
        "layout": "layouts/narrow.html" if member.status in LATE_DECISION else "layouts/form_step.html",
        "member": member,
        "token": application_token(member),
        "form": form,
        "title": STEP_TITLES[name],
        "step": number,
        "steps": len(STEPS),
        "saved_at": member.updated_at,
        "previous": STEPS[number - 2] if number > 1 else "",
        "keeps_itself": name in KEPT_WHILE_TYPING,
        "step_name": name,
        "principles": PRINCIPLES,
        "needs_decision": needs_decision(member),
    }
    return render(request, f"members/join/{name}.html", context, status=status or _status_of(form))


def _status_of(form: Any) -> int:
    return 422 if form is not None and form.is_bound and form.errors else 200


def application_or_404(token: str) -> Member:
    parts = application_parts(token)
    member = Member.objects.filter(**parts).select_related("place", "parent").first() if parts else None
    if member is None:
        raise Http404
    return member


@require_POST
@private_page
def join_send_link(request: HttpRequest, token: str) -> HttpResponse:
    """“Mail me the link again”, asked by somebody who has the application open."""
    member = application_or_404(token)
    if allow("join-link", member.slug, LINKS_PER_APPLICATION, HOUR):
        joining.send_link(member)
        messages.success(request, _("We have mailed the link again. It may take a few minutes to arrive."))
    else:
        messages.warning(
            request,
            _("We have mailed the link several times already. Please look into your spam folder too."),
        )
    return redirect(application_path(member))


def summary(member: Member) -> list[dict]:
    """What was filled in, by step, for the page that checks and the one that shows where it stands."""
    texts = {
        "authority": [
            (_("Official name"), member.official_name),
            (_("Place"), str(member.place) if member.place else ""),
            (_("Kind"), member.kind_name),
            (_("Country"), country_name(member.country) if member.country else ""),
            (
                _("Short name"),
                "\u00a0· ".join(n for n in (member.name_uk, member.name_pl, member.name_en) if n),
            ),
            (_("Population"), member.population and number_format(member.population, force_grouping=True)),
            (_("Website"), member.website),
            (_("Organisation identifier"), member.org_id),
            (_("Languages"), ", ".join(language_name(code) for code in member.languages_spoken)),
            (_("Sectors"), ", ".join(sector.name for sector in member.sectors.all())),
            (_("Association"), member.parent and member.parent.shown_name),
        ],
        "people": [
            (_("Contact person"), member.contact_name),
            (_("Position"), member.contact_role),
            (_("E-mail address"), member.contact_email),
            (_("Telephone"), member.contact_phone and member.contact_phone.as_international),
            (_("Who signs for you"), member.signatory_name),
            (_("Their position"), member.signatory_role),
        ],
        "principles": [(_("Principles"), _("You share them.") if member.principles_accepted_at else "")],
        "decision": [(_("Decision"), _decision_words(member))],
    }
    return [
        {
            "step": step,
            "title": STEP_TITLES[step],
            "items": [{"term": term, "text": str(text)} for term, text in pairs if text],
        }
        for step, pairs in texts.items()
    ]


def _decision_words(member: Member) -> str:
    mandate = getattr(member, "mandate", None)
    if mandate is None:
        return "" if needs_decision(member) else _("Not needed")
    if mandate.file:
        return mandate.original_filename
    return _("It will follow by %(day)s") % {"day": date_format(mandate.promised_by)}

"""Profiles from a partner's file at the desk: every line is shown before anything is written. Mixed into the list of
members."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core.admin import DeskAdmin
from alliance.core.forms import sent
from alliance.core.languages import NATIVE_NAMES
from members.actions.profile_import import Outcome, check_profiles, import_profiles
from members.forms.profile_import import ProfilesForm
from members.models import Member
from members.profile_import import CODES, LISTS, TEXTS, as_rows, from_rows

SALT = "members.profiles"
# Lines of the check: what is wrong first. The others are counted.
MOST_SHOWN = 300
# What the confirmation sends back, under the limit of a form.
MOST_KEPT = 900_000


class ProfilesAtDesk(DeskAdmin):
    """Mixin of `MemberAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.profiles_view)
        return [path("profiles/", view, name="members_member_profiles"), *super().get_urls()]

    def profiles_view(self, request: HttpRequest) -> HttpResponse:
        """The form; with a file the look at its lines; confirmed, the writing."""
        if not self.may_decide(request):
            raise PermissionDenied
        if request.method == "POST" and "kept" in request.POST:
            return self._confirmed(request)
        form = ProfilesForm(*sent(request))
        if request.method == "POST" and form.is_valid():
            outcomes = check_profiles(form.profiles)
            good = [outcome for outcome in outcomes if outcome.fills]
            source = form.cleaned_data["source"]
            given = {"source": source, "rows": as_rows(one.profile for one in good)}
            kept = signing.dumps(given, salt=SALT, compress=True)
            if len(kept) <= MOST_KEPT:
                return self._check_page(
                    request, outcomes, {"source": source, "kept": kept, "good": len(good)}
                )
            form.add_error("file", _("The file is too long to be shown at once. Please send it in parts."))
        more = {
            "form": form,
            "error_links": form.error_links,
            "heading": ",".join([*CODES, *TEXTS, *LISTS]),
        }
        return self._page(request, "profiles", _("Profiles from a partner’s file"), more, form)

    def _confirmed(self, request: HttpRequest) -> HttpResponse:
        if detour := self.admin_site.step_up(request, _("Profiles from a partner’s file")):
            return detour
        try:
            given = signing.loads(request.POST["kept"], salt=SALT)
        except signing.BadSignature:
            return redirect("admin:members_member_profiles")
        profiles = from_rows(given["rows"], Member)
        outcomes = import_profiles(profiles, source=given["source"], by=request.user)
        count = sum(bool(outcome.fills) for outcome in outcomes)
        words = ngettext(
            "The profile of %(count)d member was filled in.",
            "The profiles of %(count)d members were filled in.",
            count,
        )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
        return redirect("admin:members_member_changelist")

    def _check_page(
        self, request: HttpRequest, outcomes: list[Outcome], more: dict[str, Any]
    ) -> HttpResponse:
        lines = sorted(outcomes, key=lambda one: (not one.problems, not one.fills, one.profile.line))
        more |= {
            "rows": [_shown(outcome) for outcome in lines[:MOST_SHOWN]],
            "beyond": max(0, len(lines) - MOST_SHOWN),
            "members": sum(outcome.member is not None for outcome in outcomes),
            "bad": sum(bool(outcome.problems) for outcome in outcomes),
        }
        return self._page(request, "profiles_check", _("Check of the file"), more)

    def _page(
        self, request: HttpRequest, name: str, title: str, more: dict[str, Any], form: Any = None
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}
        template = f"admin/members/member/{name}.html"
        return TemplateResponse(request, template, context, status=422 if form and form.errors else 200)


def _shown(outcome: Outcome) -> dict[str, Any]:
    profile = outcome.profile
    return {
        "line": profile.line,
        "code": profile.code or profile.org_id,
        "member": outcome.member,
        "fills": [(field_words(name), _value(value)) for name, value in outcome.fills.items()],
        "kept": [field_words(name) for name in outcome.kept],
        "problems": profile.problems,
    }


def field_words(name: str) -> str:
    """A field in the words of the desk; of a text in our languages, with the language."""
    stem, _line, code = name.rpartition("_")
    if code in NATIVE_NAMES and stem in ("name", "description"):
        return f"{capfirst(Member._meta.get_field(stem).verbose_name)} – {NATIVE_NAMES[code]}"
    return capfirst(Member._meta.get_field(name).verbose_name)


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

"""What the queue and the page of an application show beside the plain fields."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core.ages import age_text, days_since
from alliance.core.countries import country_name
from members.domains import domain_of, host_of, is_at, lookalikes, punycode, readable
from members.models import Mandate, Member

# The bar of waiting time is full after so many days.
FULL_BAR_DAYS = 30
# More look-alikes of one domain say nothing more.
MOST_NOTES = 5
BAR = (
    '<span class="wait">{}<svg class="wait-bar" viewBox="0 0 100 6" width="100" height="6" aria-hidden="true"'
    ' focusable="false"><rect class="wait-all" width="100" height="6" rx="3"/>'
    '<rect class="wait-done{}" width="{}" height="6" rx="3"/></svg></span>'
)


def spelling_notes(domain: str) -> list[str]:
    """How machines read a domain in other letters, or people one that machines wrote."""
    if code := punycode(domain):
        return [gettext("Attention: not in Latin letters. Machines read it as %(code)s") % {"code": code}]
    if (text := readable(domain)) != domain:
        return [gettext("Attention: not in Latin letters. People read it as %(text)s") % {"text": text}]
    return []


def domain_notes(domain: str, host: str) -> list[str]:
    """What to know of the domain of an address beside the ``host`` of the web site."""
    notes = spelling_notes(domain)
    if host and (is_at(domain, host) or is_at(host, domain)):
        notes.append(gettext("the same as the domain of the website entered"))
    elif host:
        notes.append(gettext("another domain than the website entered (%(host)s)") % {"host": host})
    return notes


def host_notes(host: str, domain: str) -> list[str]:
    """What to know of the host of a web site beside the ``domain`` of the contact address."""
    notes = spelling_notes(host)
    if is_at(domain, host) or is_at(host, domain):
        notes.append(gettext("the same as the domain of the contact address"))
    else:
        notes.append(
            gettext("another domain than that of the contact address (%(domain)s)") % {"domain": domain}
        )
    return notes


def lookalike_notes(domain: str, known: dict[str, str]) -> list[str]:
    """A warning for each domain of a member that somebody could take this one for."""
    text = gettext("Attention: it looks like %(domain)s, which %(name)s uses")
    return [
        text % {"domain": other, "name": known[other]} for other in lookalikes(domain, known)[:MOST_NOTES]
    ]


class MemberColumns:
    """Mixin of `MemberAdmin`."""

    @admin.display(description=_("waiting"), ordering="status_changed_at")
    def waiting(self, member: Member) -> str:
        if member.status not in Member.APPLYING:
            return "–"
        days = days_since(member.status_changed_at)
        width = max(min(days * 100 // FULL_BAR_DAYS, 100), 2)
        return format_html(BAR, age_text(member.status_changed_at), " is-long" if days > 7 else "", width)

    @admin.display(description=_("application"), ordering="reference")
    def application(self, member: Member) -> str:
        warning = self.warning_about(member)
        mark = format_html(' <strong class="mark">{}</strong>', warning) if warning else ""
        return format_html(
            '<span class="applicant">{}</span> <span class="reference" id="ref-{}">{}</span>{}',
            member.official_name or "–",
            member.reference,
            member.reference,
            mark,
        )

    def warning_about(self, member: Member) -> str:
        return gettext("conflict") if member.is_conflict else ""

    @admin.display(description=_("right to act"))
    def right_to_act(self, member: Member) -> str:
        return format_html(
            "{}<br>{} {}", self.proof_shown(member), gettext("decision:"), self.mandate_shown(member)
        )

    @admin.display(description=_("kind"), ordering="kind")
    def kind_shown(self, member: Member) -> str:
        return member.kind_name

    @admin.display(description=_("country"), ordering="country")
    def country_shown(self, member: Member) -> str:
        return country_name(member.country) if member.country else "–"

    @admin.display(description=_("council decision"))
    def mandate_shown(self, member: Member) -> str:
        mandate = mandate_of(member)
        if mandate is None:
            return gettext("none")
        if mandate.file:
            url = reverse("admin:members_member_mandate", args=[member.pk])
            label = mandate.original_filename or gettext("file")
            return format_html('<a href="{}">{}</a>', url, label)
        day = date_format(mandate.promised_by, "SHORT_DATE_FORMAT")
        return gettext("promised by %(day)s") % {"day": day}

    @admin.display(description=_("right to act shown by"))
    def proof_shown(self, member: Member) -> str:
        return member.get_proof_display()

    @admin.display(description=_("e-mail domain"))
    def domain_check(self, member: Member) -> str:
        """Look-alikes: a domain in other letters is spelled out, and compared with the one of the web site."""
        domain = domain_of(member.contact_email)
        return noted(domain, domain_notes(domain, host_of(member.website)))

    @admin.display(description=_("e-mail domain"))
    def domain_among_all(self, member: Member) -> str:
        """`domain_check`, and whether it looks like the domain of another member. Reads all of them: for one page."""
        domain = domain_of(member.contact_email)
        others = Member.objects.exclude(pk=member.pk).known_domains()
        notes = [*domain_notes(domain, host_of(member.website)), *lookalike_notes(domain, others)]
        return noted(domain, notes)

    @admin.display(description=_("place"))
    def place_shown(self, member: Member) -> str:
        if member.place is None:
            return "–"
        url = reverse("admin:members_place_change", args=[member.place_id])
        return format_html('<a href="{}">{}</a>', url, member.place)

    @admin.display(description=_("decide"))
    def buttons(self, member: Member) -> str:
        links = (
            (self.verb_url(member, verb), member.reference, verb.label)
            for verb in self.verbs
            if verb.applies_to(member)
        )
        return format_html_join(
            " ", '<a class="mini-button" href="{}" aria-describedby="ref-{}">{}</a>', links
        )


def noted(domain: str, notes: list[str]) -> str:
    if not domain:
        return "–"
    return format_html("<bdi>{}</bdi> – {}", domain, "; ".join(notes)) if notes else domain


def mandate_of(member: Member) -> Mandate | None:
    return getattr(member, "mandate", None)


def submitted(member: Member) -> str:
    return date_format(localtime(member.submitted_at), "DATETIME_FORMAT") if member.submitted_at else "–"


def comparison(member: Member, rivals: list[Member], columns: MemberColumns) -> list[tuple[Any, list[Any]]]:
    """Rivals side by side: rows of (label, one cell per application)."""
    everyone = [member, *rivals]
    rows: list[tuple[Any, Any]] = [
        (_("status"), lambda m: m.get_status_display()),
        (_("waiting"), lambda m: age_text(m.status_changed_at)),
        (_("submitted"), submitted),
        (_("official name"), lambda m: m.official_name),
        (_("contact person"), lambda m: f"{m.contact_name}, {m.contact_role}".rstrip(", ")),
        (_("e-mail address"), lambda m: m.contact_email),
        (_("e-mail domain"), columns.domain_check),
        (_("signatory"), lambda m: f"{m.signatory_name}, {m.signatory_role}".rstrip(", ")),
        (_("website"), lambda m: m.website or "–"),
        (_("right to act shown by"), columns.proof_shown),
        (_("council decision"), columns.mandate_shown),
    ]
    return [(label, [cell(one) for one in everyone]) for label, cell in rows]

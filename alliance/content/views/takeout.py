"""All that the portal stores about one person, as plain values for `personal_data`: a constant number of queries.

What only other people wrote, decided or sent is theirs and left out.
"""

from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from alliance.content.models import TicketMessage
from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.users.models import User
from members.models import AddressChange, Invitation, Member, Representative
from partnerships.models import (
    LinkTeller,
    Message,
    Milestone,
    Report,
    SavedSearch,
    TwinningDocument,
    TwinningNews,
    TwinningParty,
    UnsavedListing,
    UploadedSheet,
)

CONTACT = (
    "reference",
    "official_name",
    "status",
    "contact_name",
    "contact_role",
    "contact_email",
    "contact_language",
    "email_confirmed_at",
    "submitted_at",
)

Rows = list[dict[str, Any]]


def takeout(user: User) -> dict[str, Any]:
    """Under English names that programs can rely on; texts as they were written."""
    addresses = sorted(user.confirmed_addresses)
    return {
        "portal": settings.PUBLIC_URL,
        "made_at": timezone.now(),
        "account": _account(user),
        "acts_for": _representations(user),
        "invitations": _invitations(addresses),
        "contact_of": _contacts(addresses),
        "new_contact_of": _new_contacts(addresses),
        "messages": _messages(user),
        "partnerships": _partnerships(user),
        "reports": list(
            Report.objects.filter(author=user).order_by("pk").values("created_at", "reason", "text")
        ),
        "saved_searches": list(
            SavedSearch.objects.filter(user=user)
            .order_by("pk")
            .values("name", "kind", "query", "language", "frequency", "created_at", "stopped_at")
        ),
        "unsaved_forms": list(
            UnsavedListing.objects.filter(user=user).order_by("pk").values("kind", "fields", "saved_at")
        ),
        "unconfirmed_tables": list(
            UploadedSheet.objects.filter(user=user).order_by("pk").values("name", "rows", "uploaded_at")
        ),
        "confirmed_by_link": list(
            LinkTeller.objects.filter(email__in=addresses)
            .order_by("pk")
            .values("name", "email", "told_at", promise=F("pledge__slug"))
        ),
        "questions_to_us": _tickets(addresses),
        "mails": list(
            OutgoingMail.objects.filter(to__in=addresses)
            .order_by("pk")
            .values("name", "to", "subject", "language", "status", "created_at", "sent_at")
        ),
        "stopped_mails": list(
            MailStop.objects.filter(email__in=addresses).order_by("pk").values("email", "category")
        ),
        "journal": _journal(user),
    }


def _account(user: User) -> dict[str, Any]:
    names = ("email", "name", "language", "date_joined", "last_login", "is_active", "is_staff")
    return {name: getattr(user, name) for name in names} | {
        "addresses": list(user.emailaddress_set.order_by("pk").values("email", "verified", "primary")),
        "second_factors": list(
            user.authenticator_set.order_by("pk").values("type", "created_at", "last_used_at")
        ),
    }


def _representations(user: User) -> Rows:
    rows = Representative.objects.of(user).select_related("member").order_by("pk")
    return [
        {
            "member": row.member.official_name,
            "reference": row.member.reference,
            "role": row.role,
            "since": row.since,
            "until": row.until,
        }
        for row in rows
    ]


def _invitations(addresses: list[str]) -> Rows:
    rows = Invitation.objects.filter(email__in=addresses).order_by("pk")
    named = rows.values(
        "member__official_name", "email", "role", "language", "created_at", "accepted_at", "withdrawn_at"
    )
    return [{"member": row.pop("member__official_name"), **row} for row in named]


def _contacts(addresses: list[str]) -> Rows:
    """Members and applications whose letters go to the person."""
    rows = Member.objects.filter(contact_email__in=addresses).order_by("pk").only(*CONTACT, "contact_phone")
    return [
        {name: getattr(row, name) for name in CONTACT} | {"contact_phone": str(row.contact_phone)}
        for row in rows
    ]


def _new_contacts(addresses: list[str]) -> Rows:
    """Members whose letters shall go, or once were to go, to the person."""
    rows = AddressChange.objects.filter(new__in=addresses).order_by("pk")
    named = rows.values("member__official_name", "new", "status", "created_at", "status_changed_at")
    return [{"member": row.pop("member__official_name"), **row} for row in named]


def _messages(user: User) -> Rows:
    rows = Message.objects.filter(author=user).order_by("pk")
    named = rows.values("match__slug", "text", "language", "sent_at")
    return [{"conversation": row.pop("match__slug"), **row} for row in named]


def _partnerships(user: User) -> dict[str, Rows]:
    """Those that the person looks after for a member, and what they put into one."""
    parties = TwinningParty.objects.filter(Q(contact=user) | Q(second_contact=user)).order_by("pk")
    named = parties.values("twinning__slug", "member__official_name", "left_at")
    plan = Milestone.objects.filter(added_by=user).order_by("pk")
    documents = TwinningDocument.objects.filter(added_by=user).order_by("pk")
    words = [f"{name}_{code}" for name in ("title", "text") for code, _name in settings.LANGUAGES]
    news = TwinningNews.objects.filter(author=user).order_by("pk")
    return {
        "contact_in": [
            {
                "partnership": row["twinning__slug"],
                "member": row["member__official_name"],
                "left_at": row["left_at"],
            }
            for row in named
        ],
        "work_plan": list(plan.values("text", "due_on", partnership=F("twinning__slug"))),
        "documents": list(
            documents.values("caption", "original_filename", "created_at", partnership=F("twinning__slug"))
        ),
        "news": list(news.values(*words, "original_texts", "published_at", partnership=F("twinning__slug"))),
    }


def _tickets(addresses: list[str]) -> Rows:
    """What was said at their tickets, both ways; and what they wrote into those of others. Notes are the desk's own."""
    said = Q(ticket__email__in=addresses, is_other_address=False) | Q(from_email__in=addresses)
    rows = TicketMessage.objects.filter(said).exclude(kind=TicketMessage.Kind.NOTE)
    rows = rows.select_related("ticket").prefetch_related("files").order_by("pk")
    return [
        {
            "number": row.ticket.number,
            "topic": row.ticket.topic,
            **_sender(row),
            "kind": row.kind,
            "subject": row.subject,
            "text": row.whole_text or row.text,
            "files": [file.original_filename for file in row.files.all()],
            "sent_at": row.sent_at,
        }
        for row in rows
    ]


def _sender(row: TicketMessage) -> dict[str, str]:
    """Who wrote it; of a ticket of somebody else nothing but oneself."""
    if row.is_other_address:
        return {"name": row.from_name, "organisation": "", "email": row.from_email}
    return {"name": row.ticket.name, "organisation": row.ticket.organisation, "email": row.ticket.email}


def _journal(user: User) -> Rows:
    """What the person did."""
    rows = JournalEntry.objects.filter(actor=user).select_related("content_type").order_by("pk")
    return [
        {
            "at": row.created_at,
            "verb": row.verb,
            "kind": f"{row.content_type.app_label}.{row.content_type.model}",
            "number": row.object_id,
            "data": row.data,
        }
        for row in rows
    ]

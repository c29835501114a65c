"""Which fields of needs and offers the field-level history records."""

from auditlog.registry import auditlog

from partnerships.models import Appeal, AppealLine, Listing, ListingLine


def register() -> None:
    auditlog.register(
        Listing,
        exclude_fields=[
            "title",
            "text",
            "status",
            "published_at",
            "confirmed_at",
            "unread_since",
            "warned_for",
            "warned_days",
            "asked_at",
            "asked_again_at",
            "created_at",
            "updated_at",
            "status_changed_at",
        ],
        m2m_fields={"sectors"},
    )
    auditlog.register(ListingLine)
    auditlog.register(AppealLine)
    auditlog.register(
        Appeal, exclude_fields=["title", "text", "status", "created_at", "updated_at", "status_changed_at"]
    )

"""Which fields of people the field-level history records."""

from auditlog.registry import auditlog

from alliance.users.models import User

FIELDS = ["email", "name", "language", "is_staff", "is_active", "is_superuser", "anonymised_at"]


def register() -> None:
    auditlog.register(User, include_fields=FIELDS, m2m_fields={"groups"})

"""Which fields of members the field-level history records: what people entered, not what is derived from it."""

from auditlog.registry import auditlog

from members.models import Mandate, Member, Representative

DERIVED = ["sort_en", "sort_pl", "sort_uk", "spellings", "created_at", "updated_at", "status_changed_at"]
# What the journal tells, with who decided and why.
DECIDED = ["status", "desk_message", "submitted_at", "approved_at", "left_at", "link_version"]
# These two only repeat one of their columns per language.
REPEATED = ["name", "description"]


def register() -> None:
    auditlog.register(Member, exclude_fields=[*DERIVED, *DECIDED, *REPEATED], m2m_fields={"sectors"})
    auditlog.register(Mandate, exclude_fields=["created_at", "updated_at"])
    auditlog.register(Representative)

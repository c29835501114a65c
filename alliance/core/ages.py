"""How long something waits, in days and in words."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext


def days_since(moment: datetime | date) -> int:
    """Whole days since ``moment``, which may be a day."""
    if not isinstance(moment, datetime):
        return max((timezone.localdate() - moment).days, 0)
    return max((timezone.now() - moment).days, 0)


def age_text(moment: datetime | date | None) -> str:
    """“less than a day”, “1 day”, “12 days”; nothing for no moment."""
    if moment is None:
        return ""
    days = days_since(moment)
    if not days:
        return gettext("less than a day")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}

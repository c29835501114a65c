"""How long something waits, in days and in words."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext


def days_since(moment: datetime) -> int:
    """Whole days since ``moment``."""
    return max((timezone.now() - moment).days, 0)


def age_text(moment: datetime | None) -> str:
    """“less than a day”, “1 day”, “12 days”; nothing for no moment."""
    if moment is None:
        return ""
    days = days_since(moment)
    if not days:
        return gettext("less than a day")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}

"""Time zones as people choose them: names of the IANA database."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def check_time_zone(name: str) -> None:
    """A name of the IANA time zone database, such as Europe/Kyiv."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("This is no time zone that we know. Please choose one from the list."))

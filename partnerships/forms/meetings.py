"""The form that proposes a meeting: a day, a wall clock's time and whose clock it is."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, npgettext

from partnerships.clocks import moment_in, zone_choices
from partnerships.forms.matches import OncePerPage

MINUTES = (30, 45, 60, 90, 120)
FURTHEST_DAYS = 365


def _length(minutes: int) -> str:
    if minutes % 60 == 0:
        hours = minutes // 60
        return npgettext("length of a meeting", "%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


class MeetingForm(OncePerPage):
    """``clocks``: the zones of both sides, one's own first."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput)
    time = forms.TimeField(
        label=_("Begins at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("For example 10:00. Both sides see it on their own clock."),
    )
    zone = forms.ChoiceField(label=_("On the clock of"))
    minutes = forms.TypedChoiceField(label=_("How long"), coerce=int, initial=60)
    topic = forms.CharField(label=_("About what"), max_length=160, required=False)
    where = forms.CharField(
        label=_("Where, or by which link"),
        max_length=300,
        required=False,
        help_text=_("A room, or the address of a video call. Only the two sides see it."),
    )

    def __init__(self, *args: Any, clocks: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zone_choices(*clocks)
        self.fields["minutes"].choices = [(n, _length(n)) for n in MINUTES]
        self.initial.setdefault("zone", clocks[0])
        today = timezone.localdate()
        self.fields["day"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=FURTHEST_DAYS)).isoformat(),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day, time, zone = (cleaned.get(name) for name in ("day", "time", "zone"))
        if not (day and time and zone):
            return cleaned
        if abs((day - timezone.localdate()).days) > FURTHEST_DAYS:
            self.add_error("day", _("Choose a day within the next year."))
            return cleaned
        moment = moment_in(day, time, zone)
        if moment is None:
            self.add_error("time", _("On that night the clock skips this hour. Choose another time."))
        elif moment <= timezone.now():
            self.add_error("day", _("This time has passed. Choose a later one."))
        else:
            cleaned["starts_at"] = moment
        return cleaned

    @property
    def proposal(self) -> dict[str, Any]:
        """What the action wants, when the form is valid."""
        data = self.cleaned_data
        starts_at: datetime = data["starts_at"]
        return {
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=data["minutes"]),
            "zone": data["zone"],
            "topic": data["topic"],
            "where": data["where"],
            "key": data["key"],
        }

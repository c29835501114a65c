"""The forms of a cluster: its name, and who leads it from here on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form, ModelForm
from alliance.core.languages import reader_language
from members.models import Member
from partnerships.models import Cluster


class ClusterForm(ModelForm):
    class Meta:
        model = Cluster
        fields = ["name"]
        labels = {"name": _("Name of the cluster")}
        help_texts = {
            "name": _(
                "What you call yourselves, for example after a river, a valley or an oblast. Partners read it."
            )
        }

    def clean(self) -> dict[str, Any]:
        """The name is in the language of whoever typed it."""
        self.instance.language = reader_language()
        return super().clean()


class MemberChoice(forms.ModelChoiceField):
    def label_from_instance(self, member: Member) -> str:
        return member.shown_name


class HandOverForm(Form):
    """To one of the other members of the cluster."""

    to = MemberChoice(
        label=_("Who leads it from now on?"), queryset=Member.objects.none(), to_field_name="slug"
    )

    def __init__(self, *args: Any, cluster: Cluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        joined = cluster.memberships.joined().exclude(member=cluster.lead).values("member")
        self.fields["to"].queryset = Member.objects.approved().filter(pk__in=joined).in_reading_order()

"""Forms of a person's own pages."""

from alliance.core.forms import ModelForm
from alliance.users.models import User


class SettingsForm(ModelForm):
    """How a person is called and which language they read."""

    autocomplete = {"name": "name"}

    class Meta:
        model = User
        fields = ["name", "language"]

"""Find my place: what was typed, made safe to search for."""

from django import forms

from alliance.core.forms import Form
from alliance.core.spelling import fold

MAX_QUERY = 100


class PlaceSearchForm(Form):
    """A search box never refuses: what is too long is cut, what no name can hold is left out."""

    q = forms.CharField(required=False, strip=True)

    def __init__(self, data, **kwargs) -> None:
        typed = "".join(c for c in data.get("q", "")[: 2 * MAX_QUERY] if c.isprintable())
        super().__init__({"q": " ".join(typed.split())[:MAX_QUERY]}, **kwargs)
        self.full_clean()

    @property
    def query(self) -> str:
        return self.cleaned_data.get("q", "")

    @property
    def is_searchable(self) -> bool:
        """At least two letters or digits."""
        return len(fold(self.query).replace(" ", "")) >= 2

"""The lines of the form of a need or an offer. Adding and removing are submit buttons: nothing here needs scripts."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from alliance.core.forms import show_typed, summary_of
from partnerships.drafts import Line
from partnerships.forms.line import FREE, LineForm, initial_of, written
from partnerships.models import ItemTemplate, ListingLine

MOST_LINES = 20
NAME = re.compile(r"lines-(\d{1,3})-template", re.ASCII)


def catalogue() -> dict[str, ItemTemplate]:
    """Every item by code, retired ones too: a stored line may name one."""
    return {item.code: item for item in ItemTemplate.objects.in_order()}


def item_choices(items: Mapping[str, ItemTemplate]) -> list[Any]:
    """The current items in groups, and one's own words."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for item in items.values():
        if item.is_current:
            groups.setdefault(str(item.get_group_display()).capitalize(), []).append((item.code, item.name))
    return [
        ("", pgettext("item of the catalogue", "Choose")),
        (FREE, _("Something else, in our own words")),
        *groups.items(),
    ]


class LineForms:
    """The lines of one form, in their order."""

    def __init__(
        self, *, kind: str, stored: Iterable[ListingLine] = (), promised: Iterable[str] = ()
    ) -> None:
        self.kind, self.items = kind, catalogue()
        self.stored = {line.slug: line for line in stored}
        self.promised = frozenset(promised)
        self.forms: list[LineForm] = []
        self.is_too_long = False

    @classmethod
    def of_stored(cls, **kwargs: Any) -> "LineForms":
        """As the rows stand."""
        lines = cls(**kwargs)
        for number, line in enumerate(lines.stored.values()):
            lines._append(
                number, line.template.code if line.template else FREE, line.slug, initial=initial_of(line)
            )
        return lines

    @classmethod
    def of_data(cls, data: Mapping[str, Any], *, is_judged: bool, **kwargs: Any) -> "LineForms":
        """As they were sent: to be judged, or only shown again."""
        lines = cls(**kwargs)
        numbers = sorted({int(found[1]) for name in data if (found := NAME.fullmatch(name))})
        lines.is_too_long = len(numbers) > MOST_LINES
        taken: set[str] = set()
        for number in numbers[:MOST_LINES]:
            code, slug = (str(data.get(f"lines-{number}-{name}", "")) for name in ("template", "slug"))
            slug = "" if slug in taken else slug  # one row stands behind one line
            taken.add(slug)
            form = lines._append(number, code, slug, **({"data": data} if is_judged else {}))
            if not is_judged:
                show_typed(form, data)
        return lines

    def _append(self, number: int, code: str, slug: str, **kwargs: Any) -> LineForm:
        stored = self.stored.get(slug)
        item = self.items.get(code)
        if item and not item.is_current and not (stored and stored.template_id == item.pk):
            item = None
        form = LineForm(
            prefix=f"lines-{number}",
            kind=self.kind,
            entry=item,
            stored=stored,
            is_promised=slug in self.promised,
            **kwargs,
        )
        form.initial |= {"slug": slug if stored else "", "template": item.code if item else FREE}
        self.forms.append(form)
        return form

    def add(self, code: str) -> LineForm | None:
        """One more, empty; None when the form is full."""
        if len(self.forms) >= MOST_LINES:
            return None
        number = max((int(form.number) for form in self.forms), default=-1) + 1
        form = self._append(number, code, "")
        first = form.first_fields or form.amount_fields
        first[0].field.widget.attrs["autofocus"] = True
        return form

    def remove(self, number: str) -> None:
        self.forms = [form for form in self.forms if form.number != number or form.is_promised]

    def refuse(self, slugs: Iterable[str]) -> None:
        """Explain at its line that something was promised for it; one that was taken away comes back."""
        message = _(
            "Something was promised for this line already: it stays, with its item and its unit. "
            "You can change how many you need."
        )
        for slug in slugs:
            form = next((form for form in self.forms if form.data.get(form.add_prefix("slug")) == slug), None)
            if form is None:
                form = self._back(slug)
            form.is_promised = True
            form.add_error("quantity", message)

    def _back(self, slug: str) -> LineForm:
        line = self.stored[slug]
        number = max((int(form.number) for form in self.forms), default=-1) + 1
        data = {f"lines-{number}-{name}": value for name, value in written(line).items()}
        form = self._append(number, line.template.code if line.template else FREE, slug, data=data)
        form.is_valid()
        return form

    def is_valid(self) -> bool:
        judged = [form.is_valid() for form in self.forms]  # each, so that each shows what is wrong
        return all(judged) and not self.is_too_long

    @property
    def error_links(self) -> list[dict]:
        links = []
        for position, form in enumerate(self.forms, 1):
            for link in summary_of(form):
                label = _("Line %(number)d") % {"number": position}
                links.append(link | {"label": f"{label}, {link['label']}" if link["label"] else str(label)})
        return links

    @property
    def written(self) -> list[Line]:
        return [form.line for form in self.forms]

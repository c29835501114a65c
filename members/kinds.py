"""What an authority is called in its country: a hromada or oblast in Ukraine, a municipality or region elsewhere."""

from typing import Any

from django.utils.translation import pgettext_lazy

IN_UKRAINE = {
    "municipality": pgettext_lazy("kind of authority in Ukraine", "hromada"),
    "region": pgettext_lazy("kind of authority in Ukraine", "oblast"),
}
ELSEWHERE = {
    "municipality": pgettext_lazy("kind of authority outside Ukraine", "municipality"),
    "region": pgettext_lazy("kind of authority outside Ukraine", "region"),
}


def authority_name(kind: str, country: str) -> Any:
    """The word for a kind of member or a level of place; None for what is no authority. Forms and filters, which
    are about all countries at once, have words for both."""
    if not country:
        return None
    return (IN_UKRAINE if country == "UA" else ELSEWHERE).get(kind)

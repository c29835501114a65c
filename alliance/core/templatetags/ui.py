"""Tags of the design: what components and base.html cannot say in template language alone."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core import context as context_of
from alliance.core.footer import FOOTER
from alliance.core.forms import summary_of
from alliance.core.links import address_of

register = template.Library()

SPAN = re.compile(r"(?<=\d)–(?=\d)")
DAY_OR_DASH = re.compile(r"(?<=\d) (?=[^\W\d])| (?=– )")


@register.simple_block_tag(end_name="end_one_line")
def one_line(content: str) -> str:
    """What stands inside, for the title and for attributes that say the same once more: `{% one_line as name %}`."""
    return mark_safe(" ".join(content.split()).replace('"', "&quot;"))


MAIN_NAV = [
    ("partnerships:need_list", _("Needs")),
    ("partnerships:offer_list", _("Offers")),
    ("partnerships:appeal_list", _("Appeals")),
    ("partnerships:twinning_list", _("Partnerships")),
    ("members:member_list", _("Members")),
    ("members:member_map", _("Map")),
    ("content:about", _("About the Alliance")),
    ("content:joining", _("Join")),
]
# The application stands at an address of the members' and belongs to the page about joining.
MORE_UNDER = {"content:joining": ("members:join_start",)}
# A whole phrase each: languages decline here (“показано польською”, “pokazano po polsku”).
SHOWN_IN = {
    "en": _("shown in English"),
    "pl": _("shown in Polish"),
    "uk": _("shown in Ukrainian"),
    "bg": _("shown in Bulgarian"),
    "cs": _("shown in Czech"),
    "da": _("shown in Danish"),
    "de": _("shown in German"),
    "el": _("shown in Greek"),
    "es": _("shown in Spanish"),
    "et": _("shown in Estonian"),
    "fi": _("shown in Finnish"),
    "fr": _("shown in French"),
    "ga": _("shown in Irish"),
    "hr": _("shown in Croatian"),
    "hu": _("shown in Hungarian"),
    "it": _("shown in Italian"),
    "lt": _("shown in Lithuanian"),
    "lv": _("shown in Latvian"),
    "mt": _("shown in Maltese"),
    "nl": _("shown in Dutch"),
    "pt": _("shown in Portuguese"),
    "ro": _("shown in Romanian"),
    "sk": _("shown in Slovak"),
    "sl": _("shown in Slovenian"),
    "sv": _("shown in Swedish"),
}
SHOWN_IN_ANOTHER = pgettext_lazy("mark at a text", "shown in another language")
COVERAGE = ("accepted", "underway", "promised", "open", "over")


@register.simple_tag(takes_context=True)
def house(context: template.Context) -> dict:
    """The `site` of our context processor, also where a view has put something else under that name (allauth does)."""
    site = context.get("site")
    if isinstance(site, dict):
        return site
    request = context.get("request")
    return context_of.site(request)["site"] if request else context_of.house()


@register.simple_tag(takes_context=True)
def main_nav(context: template.Context) -> list[dict]:
    """The main navigation; the entry whose address the page's address begins with is the current one."""
    return _links(MAIN_NAV, context.get("request"))


@register.simple_tag(takes_context=True)
def nav_entry(context: template.Context) -> dict:
    """The entry of the main navigation that the page is or lies under; empty elsewhere."""
    request = context.get("request")
    if request is None:
        return {}
    url = _entry_over(request.path, get_language(), get_urlconf(), get_script_prefix())
    return {"url": url, "is_exact": url == request.path} if url else {}


@lru_cache(maxsize=400)
def _entry_over(path: str, _language: str, _urlconf: str | None, _prefix: str) -> str:
    """The entry with the longest address that ``path`` begins with; what else decides is in the key."""
    reached = [
        (_reach(name, url, path), url) for name, _label, *args in MAIN_NAV if (url := address_of(name, *args))
    ]
    reach, url = max(reached, default=(0, ""))
    return url if reach else ""


def _reach(name: str, url: str, path: str) -> int:
    """How much of ``path`` the longest address under this entry is; 0 when the path lies elsewhere."""
    under = (url, *map(address_of, MORE_UNDER.get(name, ())))
    return max((len(each) for each in under if each and path.startswith(each)), default=0)


@register.simple_tag(takes_context=True)
def footer_nav(context: template.Context) -> list[dict]:
    """The groups of the foot that have links."""
    request = context.get("request")
    groups = [{"heading": heading, "links": _links(names, request)} for heading, names in FOOTER]
    return [group for group in groups if group["links"]]


def _links(names: Sequence[tuple[Any, ...]], request: HttpRequest | None) -> list[dict]:
    here = request.path if request else ""
    found = [
        (_reach(name, url, here), {"url": url, "label": label, "is_exact": url == here})
        for name, label, *args in names
        if (url := address_of(name, *args))
    ]
    # “/members/map/” lies under “/members/”: only the longest match is where the reader is.
    longest = max((reach for reach, _link in found), default=0)
    return [{**link, "is_current": bool(reach) and reach == longest} for reach, link in found]


@register.filter
def link_items(links: Sequence[dict]) -> SafeString:
    """Dicts with label, url and perhaps is_current as items of a list: a page has a dozen, and the same in the language
    of templates takes four times as long."""
    return format_html_join(
        "", '<li><a href="{}"{}>{}</a></li>', ((each["url"], _current(each), each["label"]) for each in links)
    )


@register.filter
def link_line(links: Sequence[dict]) -> SafeString:
    """The same in one line, the current one in bold. The gap between them is the style sheet's: a line that wraps would
    begin or end with a sign."""
    return mark_safe(
        " ".join(
            format_html("<b>{}</b>", each["label"])
            if each.get("is_current")
            else format_html('<a href="{}">{}</a>', each["url"], each["label"])
            for each in links
        )
    )


@register.filter
def unbroken(words: str) -> str:
    """A heading on a phone: a dash opens no line, a day keeps its month, and a span of hours stays whole."""
    return DAY_OR_DASH.sub("\u00a0", SPAN.sub("\u2060–\u2060", words))


def _current(link: dict) -> str:
    return mark_safe(' aria-current="true"') if link.get("is_current") else ""


@register.filter
def shown_in(code: str) -> str:
    """“shown in Polish” for ``pl``."""
    return SHOWN_IN.get(str(code).lower()[:2], SHOWN_IN_ANOTHER)


@register.filter
def error_links(form: BaseForm) -> list[dict]:
    """Every error of a form with the address of its field, for the summary; a form of several parts joins theirs."""
    return form.error_links if hasattr(form, "error_links") else summary_of(form)


@register.filter
def moment(when: datetime) -> str:
    """For the attribute ``datetime`` of a ``<time>``: HTML knows no more than milliseconds."""
    return when.isoformat(timespec="seconds")


@register.filter
def item(sequence: Sequence, position: int) -> Any:
    """``sequence[position]``, nothing when there is none."""
    try:
        return sequence[position]
    except (IndexError, KeyError, TypeError):
        return None


@register.simple_tag
def step_states(step: int, steps: int) -> list[str]:
    """What each mark of the progress line is: done, now, or still to come."""
    return ["done" if n < step else "now" if n == step else "" for n in range(1, int(steps or 0) + 1)]


@register.simple_tag
def coverage(*numbers: Any) -> dict:
    """The coverage bar: numbers as the reader writes them, shares as SVG lengths (never localised).

    What is promised is part of what is open, and drawn as its beginning. A part that exists is at least 1 % wide: a
    small promise must not look like none.
    """
    amounts = dict(zip(COVERAGE, (max(Decimal(str(n or 0)), Decimal(0)) for n in numbers), strict=True))
    drawn = {name: amounts[name] for name in COVERAGE[:3]}
    drawn["open"] = max(amounts["open"] - amounts["promised"], Decimal(0))
    total = sum(drawn.values())
    shares, x = [], Decimal(0)
    if total:
        visible = {name: max(amount * 100 / total, Decimal(1)) for name, amount in drawn.items() if amount}
        whole = sum(visible.values())
        for name, width in visible.items():
            width = width * 100 / whole
            if name != "open":
                end = x + width
                shares.append(
                    {
                        "name": name,
                        "x": f"{x:.2f}%",
                        "width": f"{width:.2f}%",
                        "edge": f"{end:.2f}%" if end < 99 else "",
                    }
                )
            x += width
    words = {
        name: number_format(_short(amount), force_grouping=True) if amount or name == "open" else ""
        for name, amount in amounts.items()
    }
    return {**words, "shares": shares}


def _short(amount: Decimal) -> int | Decimal:
    """Whole numbers without decimals, others without trailing zeros, but the two of an amount of money."""
    if amount == amount.to_integral_value():
        return int(amount)
    return amount if amount.as_tuple().exponent == -2 else amount.normalize()

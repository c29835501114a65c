"""The promises behind a figure, line by line, as a page and as files."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from alliance.core import files, lists
from alliance.core.audience import Audience
from alliance.core.languages import reader_language
from alliance.core.links import absolute
from members.names_shown import name_of
from partnerships import ledger
from partnerships.exports import kept_promises as exports
from partnerships.kept_words import AMOUNT_LABELS, FIGURE_LABELS, FIGURE_MEANINGS, VERDICTS, WHAT_COUNTS
from partnerships.ledger_words import STATES, public_state
from partnerships.models import DayChange, PledgeLine
from partnerships.names_shown import named
from partnerships.views.kept_scope import Scope, export_links, number
from partnerships.views.pledge_facts import item_label

NEWEST = [("id", "desc")]
CHUNK = 1000
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@require_safe
def kept_promises_rows(request: HttpRequest) -> HttpResponse:
    """The promises behind a figure, line by line, the newest first."""
    scope, figure, today = Scope.of(request.GET), _figure_of(request.GET), timezone.localdate()
    page = lists.keyset_page(scope.rows.of_figure(figure, today).only("pk"), NEWEST, request.GET)
    found = PledgeLine.objects.with_days().in_bulk([line.pk for line in page.rows])
    context = {
        "count": _count_words(scope.figures[figure or "all"]),
        "links": _figure_links(request.GET, scope, figure),
        "meaning": FIGURE_MEANINGS.get(figure, ""),
        "chips": _chips(request.GET, scope),
        "columns": _columns(),
        "rows": [_row(found[line.pk], today) for line in page.rows],
        "pages": page.links(request.GET),
        "exports": export_links(scope, figure),
        "what_counts": WHAT_COUNTS,
    }
    return render(request, "partnerships/kept_promises_rows.html", context)


def _figure_of(params: QueryDict) -> str:
    return params["figure"] if params.get("figure") in FIGURE_LABELS else ""


def _count_words(count: int) -> str:
    return ngettext("%(number)s promise", "%(number)s promises", count) % {"number": number(count)}


def _figure_links(params: QueryDict, scope: Scope, chosen: str) -> list[dict[str, Any]]:
    labels = {"": pgettext("figures of promises", "all"), **FIGURE_LABELS}
    figures = scope.figures
    return [
        {
            "label": label,
            "count": number(figures[name or "all"]),
            "href": lists.address(params, figure=name or None),
            "is_current": name == chosen,
        }
        for name, label in labels.items()
    ]


def _chips(params: QueryDict, scope: Scope) -> list[dict[str, str]]:
    labels = {
        "giver": pgettext("filter of promises", "promised by %(name)s"),
        "receiver": pgettext("filter of promises", "promised to %(name)s"),
    }
    chips = [
        {"label": label % {"name": name_of(member).text}, "remove_url": lists.address(params, **{side: None})}
        for side, label in labels.items()
        if (member := getattr(scope, side))
    ]
    if scope.currency:
        chips.append({"label": scope.currency, "remove_url": lists.address(params, currency=None)})
    return chips


def _columns() -> list[dict[str, Any]]:
    texts = [
        pgettext("column of promises", "What"),
        pgettext("column of promises", "From"),
        pgettext("column of promises", "To"),
    ]
    numbers = [
        pgettext("column of promises", "By"),
        *(str(AMOUNT_LABELS[name]) for name in ("promised", "committed", "delivered", "accepted")),
    ]
    return [
        *[{"label": label} for label in texts],
        *[{"label": label, "is_number": True} for label in numbers],
        {"label": pgettext("column of promises", "What became of it")},
    ]


def _row(line: PledgeLine, today: date) -> list[Any]:
    pledge, events = line.pledge, list(line.events.all())
    totals = ledger.totals(events)
    amounts = (totals.to_commit, totals.committed, totals.received, totals.accepted)
    return [
        {
            "text": item_label(line, pledge, Audience.PUBLIC),
            "href": reverse("partnerships:pledge_detail", args=[pledge.slug]),
        },
        _side(pledge, "giver"),
        _side(pledge, "receiver"),
        date_format(pledge.due_on, "SHORT_DATE_FORMAT") if pledge.due_on else "–",
        *[line.quantity_text(amount) if amount else "–" for amount in amounts],
        _outcome(line, totals, ledger.verdict(events, pledge.due_on, today), today),
    ]


def _outcome(line: PledgeLine, totals: ledger.Totals, verdict: ledger.Verdict | None, today: date) -> str:
    """“accepted: kept”, “committed: not kept, late, still awaited: 3 pieces”."""
    said = [str(VERDICTS[verdict])] if verdict else []
    if ledger.is_late(totals, line.pledge.due_on, today):
        awaited = pgettext("what became of a promise", "late, still awaited: %(quantity)s")
        said.append(awaited % {"quantity": line.quantity_text(totals.outstanding)})
    if first := DayChange.first_day_of(line.pledge):
        moved = pgettext("what became of a promise", "first promised by %(day)s")
        said.append(moved % {"day": date_format(first, "SHORT_DATE_FORMAT")})
    state = str(STATES[public_state(totals.state)])
    pattern = pgettext("what became of a promise", "%(state)s: %(outcome)s")
    return pattern % {"state": state, "outcome": ", ".join(said)} if said else state


def _side(pledge: Any, side: str) -> dict[str, str] | str:
    member = named(pledge, side, Audience.PUBLIC)
    if not member.slug:
        return member.name.text
    href = reverse("members:member_detail", args=[member.slug])
    return {
        "text": member.name.text,
        "href": href,
        "lang": member.name.language if member.name.is_other else "",
    }


# --- Files --------------------------------------------------------------------------------------------------


@require_safe
def kept_promises_file(request: HttpRequest, kind: str) -> HttpResponse:
    """`promises.csv` or `.json`: exactly the rows of the list at that address, in the order in which they were made."""
    if kind not in CONTENT_TYPES:
        raise Http404
    if refused := files.refused(request):
        return refused
    scope, figure = Scope.of(request.GET), _figure_of(request.GET)
    chunks = _chunks(scope.rows.of_figure(figure))
    content = exports.as_csv(chunks) if kind == "csv" else exports.as_json(chunks, _about(scope, figure))
    return files.answer(
        request,
        content,
        name=f"promises.{kind}",
        content_type=CONTENT_TYPES[kind],
        is_long=scope.figures[figure or "all"] > files.WHOLE_UP_TO,
    )


def _chunks(rows: QuerySet) -> Iterator[list[dict[str, Any]]]:
    """Rows chunk by chunk, each with its own few queries: memory holds one chunk, however long the list."""
    today, last = timezone.localdate(), 0
    prefixes = {
        "promise": absolute(reverse("partnerships:pledge_detail", args=["x"])).removesuffix("x/"),
        "member": absolute(reverse("members:member_list")),
    }
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        found = PledgeLine.objects.with_days().in_bulk(ids)
        yield [_exported(found[pk], prefixes, today) for pk in ids]
        last = ids[-1]


def _exported(line: PledgeLine, prefixes: dict[str, str], today: date) -> dict[str, Any]:
    first_day = DayChange.first_day_of(line.pledge) or line.pledge.due_on
    return exports.row_of(line, prefixes=prefixes, today=today, first_day=first_day)


def _about(scope: Scope, figure: str) -> dict[str, Any]:
    """What a file says about itself."""
    return {
        "title": _("Promises and what became of them"),
        "source": absolute(scope.rows_url(figure)),
        "language": reader_language(),
        "licence": settings.SITE_LICENCE,
        "generated_at": timezone.now().isoformat(timespec="seconds"),
        "figure": str(FIGURE_LABELS[figure]) if figure else "",
        "definition": str(FIGURE_MEANINGS[figure]) if figure else "",
        "what_counts": str(WHAT_COUNTS),
    }

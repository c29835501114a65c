"""What the page of a matching round shows of its result, prepared so that the template only prints: how far it is, the
proof, who gets nobody and why, by oblast and by country."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from alliance.core.collation import sort_key
from alliance.core.countries import country_name
from alliance.core.languages import reader_language
from members.models import Place
from partnerships.models import MatchingRound, RoundParticipant

Status = MatchingRound.Status
Without = RoundParticipant.Without


def figures_of(matching_round: MatchingRound) -> dict[str, Any]:
    """Context of `admin/partnerships/matchinground/change_form.html`."""
    result = matching_round.result
    panel: dict[str, Any] = {
        "is_computing": matching_round.status == Status.COMPUTING,
        "step": matching_round.get_step_display() or _("waiting for a worker"),
        "percent": round(100 * matching_round.share_done),
        "failure": matching_round.failure,
    }
    if not result:
        return panel
    return panel | {
        "proof": _proof(result),
        "sides": _sides(result["sides"]),
        "tables": [
            _table(
                _("Ukrainian sides by oblast"),
                _("oblast"),
                result["regions"],
                _region_names(result["regions"]),
            ),
            _table(
                _("Other sides by country"),
                _("country"),
                result["countries"],
                _country_names(result["countries"]),
            ),
        ],
        "links": _links(matching_round),
        "handed_out": _handed_out(matching_round),
    }


def _proof(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Optimum and bound, side by side: equal means that nothing better exists."""
    greedy = result["greedy"]
    return [
        (
            _("Ukrainian sides that get a partner"),
            _("%(found)s; more than %(bound)s is not possible")
            % {"found": _number(result["covered"]), "bound": _number(result["covered_bound"])},
        ),
        (
            _("sum of scores"),
            _("%(found)s; more than %(bound)s is not possible")
            % {"found": _points(result["value"]), "bound": _points(result["bound"])},
        ),
        (_("pairs"), _number(result["pairs"])),
        (
            _("taking the best pair again and again would have reached"),
            _("sides: %(covered)s, points: %(value)s (%(loss)s %% less)")
            % {
                "covered": _number(greedy["covered"]),
                "value": _points(greedy["value"]),
                "loss": number_format(greedy["loss"], decimal_pos=2),
            },
        ),
    ]


def _sides(sides: dict[str, Any]) -> dict[str, Any]:
    """The two sides, and on each those that never had a partner."""
    rows = []
    for name, label in (("left", _("Ukrainian sides")), ("right", _("other sides"))):
        side = sides[name]
        rows.append([label, side["all"], side["with"], *_reasons(side)])
        rows.append(
            [_("… of them never had a partner"), side["new"], side["new_with"], *["" for _reason in Without]]
        )
    return {"columns": _columns(_("side")), "rows": [_written(row) for row in rows]}


def _table(title: str, first: str, groups: list[dict[str, Any]], names: dict[str, str]) -> dict[str, Any]:
    language = reader_language()
    named = sorted(groups, key=lambda group: sort_key(names[group["code"]], language))
    rows = [[names[each["code"]], each["all"], each["with"], *_reasons(each)] for each in named]
    return {"title": title, "columns": _columns(first), "rows": [_written(row) for row in rows]}


def _columns(first: str) -> list[str]:
    return [first, _("take part"), _("get a partner"), *(str(reason.label) for reason in Without)]


def _reasons(group: dict[str, Any]) -> list[int]:
    return [group["without"].get(reason.value, 0) for reason in Without]


def _written(row: list[Any]) -> list[str]:
    return [_number(cell) if isinstance(cell, int) else cell for cell in row]


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


def _points(value: float) -> str:
    return number_format(value, decimal_pos=1, force_grouping=True)


def _country_names(groups: Iterable[dict[str, Any]]) -> dict[str, str]:
    return {each["code"]: country_name(each["code"]) for each in groups}


def _region_names(groups: Iterable[dict[str, Any]]) -> dict[str, str]:
    codes = [each["code"] for each in groups]
    names = {place.code: place.name for place in Place.objects.filter(code__in=codes)}
    return {code: names.get(code, code) or _("without an oblast") for code in codes}


def _links(matching_round: MatchingRound) -> list[dict[str, str]]:
    of_round = {"matching_round__id__exact": matching_round.pk}
    proposals = reverse("admin:partnerships_roundproposal_changelist")
    participants = reverse("admin:partnerships_roundparticipant_changelist")
    alone = {**of_round, "got": "nobody"}
    return [
        {"label": _("All pairs"), "url": f"{proposals}?{urlencode(of_round)}"},
        {"label": _("Who gets nobody, and why"), "url": f"{participants}?{urlencode(alone)}"},
        {"label": _("Who takes part"), "url": f"{participants}?{urlencode(of_round)}"},
    ]


def _handed_out(matching_round: MatchingRound) -> list[tuple[str, str]]:
    """Once it is published: how many pairs were asked, what they said, how many were left out."""
    if matching_round.status != Status.PUBLISHED:
        return []
    match = {
        name: Count("pk", filter=Q(match__status=name))
        for name in ("requested", "accepted", "declined", "closed")
    }
    counts = matching_round.proposals.aggregate(
        waits=Count("pk", filter=Q(match=None, skipped="")),
        skipped=Count("pk", filter=~Q(skipped="")),
        **match,
    )
    labels = {
        "waits": _("still to be handed out"),
        "requested": _("awaiting an answer"),
        "accepted": _("both sides said yes"),
        "declined": _("declined"),
        "closed": _("closed without an answer, or ended"),
        "skipped": _("left out"),
    }
    return [(label, _number(counts[name])) for name, label in labels.items()]

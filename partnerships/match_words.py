"""The parts of a score in words and numbers, told to one of the two sides; and what each part means, for everyone.
Pages ask here with parts as rows keep them (`matching.Score.as_json`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from alliance.core.countries import country_name, language_name
from alliance.core.units import written
from partnerships.known_ties import NEIGHBOUR_KM
from partnerships.match_parts import TENTHS, Part

LABELS: dict[Part, Any] = {
    Part.NEEDS: gettext_lazy("Needs that offers meet"),
    Part.EXPERIENCE: gettext_lazy("Offers in sectors of interest"),
    Part.SECTORS: gettext_lazy("Sectors in common"),
    Part.LANGUAGES: gettext_lazy("Languages in common"),
    Part.SIZE: gettext_lazy("Similar size"),
    Part.LEVEL: gettext_lazy("Level of authority"),
    Part.DISTANCE: gettext_lazy("Distance"),
    Part.BORDER: gettext_lazy("Common border"),
    Part.TIES: gettext_lazy("Existing ties"),
    Part.COUNTRIES: gettext_lazy("Partnerships of the country"),
    Part.TWINNINGS: gettext_lazy("Experience with partnerships"),
    Part.CAPACITY: gettext_lazy("Room for partners"),
    Part.FIRST_PARTNER: gettext_lazy("Never had a partner"),
    Part.ATTENTION: gettext_lazy("Not yet proposed to many"),
}
MEANINGS: dict[Part, Any] = {
    Part.NEEDS: gettext_lazy(
        "How much of the open needs of either side the offers of the other would cover, in quantities. Three needs "
        "covered in full earn all points."
    ),
    Part.EXPERIENCE: gettext_lazy(
        "Open offers of either side in a sector that interests the other. Ukrainian members offer experience, too."
    ),
    Part.SECTORS: gettext_lazy(
        "Sectors of interest that both have named. The first counts most, each further one a little less."
    ),
    Part.LANGUAGES: gettext_lazy("Languages in which both can work."),
    Part.SIZE: gettext_lazy(
        "How alike the numbers of inhabitants are. Who is larger than the hromada earns less, and of two that are "
        "equally alike the larger earns more, as real partnerships have it."
    ),
    Part.LEVEL: gettext_lazy(
        "A municipality with a municipality, a region with a region, an association with an association."
    ),
    Part.DISTANCE: gettext_lazy(
        "How near both are, as the crow flies: a kilometre counts less the farther away, and from 3,000 km on it earns "
        "nothing."
    ),
    Part.BORDER: gettext_lazy("Whether the two countries share a border."),
    Part.TIES: gettext_lazy(
        "Public partnerships between the two regions and between neighbours of both, and what the two did together "
        "before: people know the way already."
    ),
    Part.COUNTRIES: gettext_lazy(
        "How many partnerships with Ukraine the country of the side abroad has, among all that it has, and how many of "
        "them with the oblast of the hromada."
    ),
    Part.TWINNINGS: gettext_lazy(
        "How many partnerships the side abroad has with other places outside Ukraine, as far as the portal knows."
    ),
    Part.CAPACITY: gettext_lazy("Whether each side still has room for a partner, as it said itself."),
    Part.FIRST_PARTNER: gettext_lazy(
        "A boost for members that never had a partner here: half of the points for each side."
    ),
    Part.ATTENTION: gettext_lazy(
        "Whoever is proposed to many members already, or has many partners, earns less here, and from the cap on "
        "nothing: well-known cities do not take all the attention."
    ),
}


KINDS = {
    "municipality": pgettext_lazy("kind of member", "municipality"),
    "region": pgettext_lazy("kind of member", "region"),
    "association": pgettext_lazy("kind of member", "association of authorities"),
    "institution": pgettext_lazy("kind of member", "institution"),
}


@dataclass(frozen=True)
class Names:
    """Words for codes, in the reader's language."""

    sectors: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """One part for `partnerships/_score_parts.html`."""

    label: str
    lines: list[str]
    points: str
    most: str
    percent: int
    tenths: int


def points_in_words(tenths: int) -> str:
    """``12.4``, or ``12`` where nothing is behind the point; as the reader writes numbers."""
    return number_format(Decimal(tenths) / TENTHS, decimal_pos=1 if tenths % TENTHS else 0)


def told(parts: Iterable[Mapping[str, Any]], names: Names) -> list[Told]:
    """Parts with the reader as the first side, in their order; those that weigh nothing are left out."""
    return [
        Told(
            label=str(LABELS[Part(each["part"])]),
            lines=LINES[Part(each["part"])](each["facts"], names),
            points=points_in_words(each["points"]),
            most=points_in_words(each["most"]),
            percent=round(100 * each["points"] / each["most"]),
            tenths=each["points"],
        )
        for each in parts
        if each["most"]
    ]


def codes_in(parts: Iterable[Mapping[str, Any]]) -> tuple[set[str], set[str]]:
    """Which sectors and which items of the catalogue the words will name."""
    sectors: set[str] = set()
    items: set[str] = set()
    for each in parts:
        facts = each["facts"]
        if each["part"] == Part.SECTORS:
            sectors.update(facts["codes"])
        elif each["part"] == Part.EXPERIENCE:
            sectors.update(facts["gives_a"], facts["gives_b"])
        elif each["part"] == Part.NEEDS:
            items.update(one["template"] for one in (*facts["met_a"], *facts["met_b"]))
    return sectors, items - {""}


# --- Lines of each part ------------------------------------------------------------------------------------


def _needs(facts: Mapping[str, Any], names: Names) -> list[str]:
    ours = _("Your need “%(item)s” (%(open)s): offers of the other side would cover %(covered)s of that.")
    theirs = _("Need of the other side, “%(item)s” (%(open)s): your offers would cover %(covered)s of that.")
    lines = [ours % _amounts(one, names) for one in facts["met_a"]]
    lines += [theirs % _amounts(one, names) for one in facts["met_b"]]
    return lines or [_("No open need of either side is met by an offer of the other.")]


def _amounts(one: Mapping[str, Any], names: Names) -> dict[str, str]:
    covered, asked = Decimal(one["covered"]), Decimal(one["open"])
    return {
        "item": names.items.get(one["template"], "") or one["words"],
        "covered": number_format(covered, use_l10n=True, force_grouping=True),
        "open": written(asked, one["unit"], one["currency"]),
    }


def _experience(facts: Mapping[str, Any], names: Names) -> list[str]:
    lines = []
    if facts["gives_b"]:
        lines.append(
            _("The other side offers something in what interests you: %(sectors)s.")
            % {"sectors": _sectors(facts["gives_b"], names)}
        )
    if facts["gives_a"]:
        lines.append(
            _("You offer something in what interests the other side: %(sectors)s.")
            % {"sectors": _sectors(facts["gives_a"], names)}
        )
    return lines or [_("No offer of either side lies in a sector that interests the other.")]


def _sectors(codes: Iterable[str], names: Names) -> str:
    return ", ".join(sorted(names.sectors.get(code, code) for code in codes))


def _in_common(facts: Mapping[str, Any], names: Names) -> list[str]:
    if facts["codes"]:
        return [_("Both named: %(sectors)s.") % {"sectors": _sectors(facts["codes"], names)}]
    if not facts["known_a"]:
        return [_("You have not said yet which sectors interest you.")]
    if not facts["known_b"]:
        return [_("The other side has not said yet which sectors interest it.")]
    return [_("No sector in common.")]


def _languages(facts: Mapping[str, Any], names: Names) -> list[str]:
    if facts["codes"]:
        spoken = ", ".join(sorted(language_name(code) for code in facts["codes"]))
        return [_("Both work in: %(languages)s.") % {"languages": spoken}]
    if not facts["known_a"]:
        return [_("You have not said yet in which languages you can work.")]
    if not facts["known_b"]:
        return [_("The other side has not said yet in which languages it can work.")]
    return [_("No language in common: the secretariat can find an interpreter.")]


def _size(facts: Mapping[str, Any], names: Names) -> list[str]:
    ours, theirs = facts["population_a"], facts["population_b"]
    if not ours or not theirs:
        return [_("The number of inhabitants of one side is not known; that counts as the average.")]
    numbers = {"ours": _grouped(ours), "theirs": _grouped(theirs)}
    return [_("Inhabitants: you %(ours)s, the other side %(theirs)s.") % numbers]


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def _level(facts: Mapping[str, Any], names: Names) -> list[str]:
    ours, theirs = facts["kind_a"], facts["kind_b"]
    if not ours or not theirs:
        return [_("What kind of authority one side is, is not known; that counts as the middle.")]
    if ours == theirs:
        return [_("The same level on both sides.")]
    kinds = {"ours": KINDS[ours], "theirs": KINDS[theirs]}
    return [_("You: %(ours)s; the other side: %(theirs)s.") % kinds]


def _distance(facts: Mapping[str, Any], names: Names) -> list[str]:
    if facts["km"] is None:
        lines = [_("Where one side lies is not known; that counts as the average.")]
    else:
        lines = [_("About %(km)s km as the crow flies.") % {"km": _grouped(facts["km"])}]
    return lines + ([_("Your countries share a border.")] if facts.get("is_border_shared") else [])


def _border(facts: Mapping[str, Any], names: Names) -> list[str]:
    if facts["is_shared"]:
        return [_("Your countries share a border.")]
    return [_("Your countries do not share a border.")]


def _ties(facts: Mapping[str, Any], names: Names) -> list[str]:
    lines = []
    if n := facts["regions"]:
        lines.append(
            ngettext("%(n)s partnership between your regions.", "%(n)s partnerships between your regions.", n)
            % {"n": n}
        )
    if n := facts["neighbours"]:
        lines.append(
            ngettext(
                "%(n)s partnership between your neighbourhoods, %(km)s km around each.",
                "%(n)s partnerships between your neighbourhoods, %(km)s km around each.",
                n,
            )
            % {"n": n, "km": NEIGHBOUR_KM}
        )
    if facts["earlier"]:
        lines.append(_("You were in contact, or partners, before."))
    return lines or [_("No partnership between your regions or neighbours is known to the portal.")]


def _countries(facts: Mapping[str, Any], names: Names) -> list[str]:
    if not facts:
        return [_("Counts between a side in Ukraine and one elsewhere only.")]
    if not any(facts[name] for name in ("with_ukraine", "with_oblast", "with_others")):
        line = _("%(country)s: the portal knows no partnership yet.")
        return [line % {"country": country_name(facts["country"])}]
    line = _(
        "%(country)s, partnerships that the portal knows: with Ukraine %(ukraine)s, of these with the oblast "
        "%(oblast)s; all others %(others)s."
    )
    return [
        line
        % {
            "country": country_name(facts["country"]),
            "ukraine": _grouped(facts["with_ukraine"]),
            "oblast": _grouped(facts["with_oblast"]),
            "others": _grouped(facts["with_others"]),
        }
    ]


def _twinnings(facts: Mapping[str, Any], names: Names) -> list[str]:
    ours, theirs = facts["known_a"], facts["known_b"]
    if ours is None and theirs is None:
        return [_("Counts between a side in Ukraine and one elsewhere only.")]
    if not (n := ours or theirs):
        return [
            _("The portal knows no partnership of the other side outside Ukraine.")
            if ours is None
            else _("The portal knows no partnership of yours outside Ukraine.")
        ]
    if ours is None:
        line = ngettext(
            "The other side has %(n)s partnership outside Ukraine that the portal knows.",
            "The other side has %(n)s partnerships outside Ukraine that the portal knows.",
            n,
        )
    else:
        line = ngettext(
            "You have %(n)s partnership outside Ukraine that the portal knows.",
            "You have %(n)s partnerships outside Ukraine that the portal knows.",
            n,
        )
    return [line % {"n": n}]


def _capacity(facts: Mapping[str, Any], names: Names) -> list[str]:
    ours, theirs = facts["room_a"], facts["room_b"]
    lines = []
    if ours is None:
        lines.append(_("You have not said how many partners you look for; that counts as the middle."))
    else:
        lines.append(
            ngettext("You have room for %(n)s more partner.", "You have room for %(n)s more partners.", ours)
            % {"n": ours}
        )
    if theirs is None:
        lines.append(
            _("The other side has not said how many partners it looks for; that counts as the middle.")
        )
    else:
        lines.append(
            ngettext(
                "The other side has room for %(n)s more partner.",
                "The other side has room for %(n)s more partners.",
                theirs,
            )
            % {"n": theirs}
        )
    return lines


def _first_partner(facts: Mapping[str, Any], names: Names) -> list[str]:
    lines = []
    if facts["never_b"]:
        lines.append(_("The other side never had a partner here: a boost, so that everyone gets a chance."))
    if facts["never_a"]:
        lines.append(_("You never had a partner here: a boost, so that everyone gets a chance."))
    return lines or [_("Both had a partner before.")]


def _attention(facts: Mapping[str, Any], names: Names) -> list[str]:
    line = pgettext(
        "how often proposed",
        "%(who)s: proposed %(percent)s %% as often as others on average, partners: %(n)s.",
    )
    sides = ((_("The other side"), "b"), (pgettext("a side of a score", "You"), "a"))
    return [
        line % {"who": who, "percent": _grouped(facts[f"proposed_{side}"]), "n": facts[f"partners_{side}"]}
        for who, side in sides
    ]


LINES: dict[Part, Callable[[Mapping[str, Any], Names], list[str]]] = {
    Part.NEEDS: _needs,
    Part.EXPERIENCE: _experience,
    Part.SECTORS: _in_common,
    Part.LANGUAGES: _languages,
    Part.SIZE: _size,
    Part.LEVEL: _level,
    Part.DISTANCE: _distance,
    Part.BORDER: _border,
    Part.TIES: _ties,
    Part.COUNTRIES: _countries,
    Part.TWINNINGS: _twinnings,
    Part.CAPACITY: _capacity,
    Part.FIRST_PARTNER: _first_partner,
    Part.ATTENTION: _attention,
}

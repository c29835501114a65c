"""What the figures of the evidence are called and what they count, in words; pure. The exact definition of each stands
in `data/evidence/*.sql`, which page and PDF print."""

from functools import lru_cache
from pathlib import Path

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_DEFINITIONS = Path(__file__).resolve().parent / "data" / "evidence"

TITLES = {
    "needs-by-sector": _("Unmet needs by sector and oblast"),
    "needs-by-dac-and-oblast": _("Unmet needs by DAC code and oblast"),
    "needs-by-dac": _("Unmet needs by DAC code"),
    "coverage": _("What is asked, covered and still open"),
    "hromadas": _("Hromadas without a partner abroad"),
    "twinnings": _("Partnerships by stage"),
    "blocked-steps": _("Steps that wait past their day"),
    "time-to-match": _("Time to find each other"),
    "time-to-deliver": _("Time to deliver"),
    "refusals": _("Reasons for refusal"),
}
MEANINGS = {
    "needs-by-sector": _(
        "Needs that everyone may read, open, and not covered in full. One that names two sectors counts in both, "
        "so totals count entries. Where the oblast would name a member that is not named, it is "
        "left out."
    ),
    "needs-by-dac-and-oblast": _(
        "The same needs by the code of the OECD’s Development Assistance Committee: each of our sectors stands under "
        "the code that most of its sub-sectors bear (first three digits; the lowest if several are equal), as the "
        "table below says. So a code is the sum of whole sectors."
    ),
    "needs-by-dac": _(
        "The same needs more exactly, for the whole country: the first three digits of the first code of each "
        "sub-sector named. By oblast, codes that cut across our sectors would give away what the table of sectors "
        "keeps back. A code that is not listed has none, or is kept back."
    ),
    "coverage": _(
        "Lines of open needs that everyone may read, item by item of the catalogue. Covered is what was firmly "
        "promised and not cancelled, lost or returned. Amounts of different items or units are never added up."
    ),
    "hromadas": _(
        "Hromadas that the goal counts, without those of occupied Crimea. With a partner: a public partnership "
        "from the solidarity contact on, with somebody outside Ukraine."
    ),
    "twinnings": _("Partnerships that are public, by the stage they are in."),
    "blocked-steps": _(
        "Agreements of which a legal clock has run out; firm promises past their day; deliveries of which both sides "
        "report different numbers; handshakes that a coordinator looks after, counted together with the tables of "
        "needs."
    ),
    "time-to-match": _(
        "Handshakes that both sides said yes to in these quarters: whole days from the question to the second yes."
    ),
    "time-to-deliver": _(
        "Firm promises that everyone may read, of which all arrived as told in these quarters: days from the first "
        "commitment to the day on which it was all there."
    ),
    "refusals": _(
        "Handshakes that one side declined in these quarters, by its reason, and those that nobody answered in 30 days."
    ),
}
STEPS = {
    "agreements_past_clock": _("agreements in approval past their clock"),
    "late_deliveries": _("firm promises past their day"),
    "disputed_deliveries": _("deliveries with two different reports"),
    "matches_handed_over": _("handshakes in a coordinator’s care"),
}
COLUMNS = {
    "oblast": pgettext_lazy("column of figures", "Oblast"),
    "sector": pgettext_lazy("column of figures", "Sector"),
    "dac": pgettext_lazy("column of figures", "DAC code"),
    "item": pgettext_lazy("column of figures", "Item"),
    "stage": pgettext_lazy("column of figures", "Stage"),
    "step": pgettext_lazy("column of figures", "Step"),
    "reason": pgettext_lazy("column of figures", "Reason"),
    "measure": pgettext_lazy("column of figures", "What"),
    "needs": pgettext_lazy("column of figures", "Needs"),
    "asked": pgettext_lazy("column of figures", "Asked"),
    "covered": pgettext_lazy("column of figures", "Covered"),
    "open": pgettext_lazy("column of figures", "Open"),
    "hromadas": pgettext_lazy("column of figures", "Hromadas"),
    "with_partner": pgettext_lazy("column of figures", "With a partner"),
    "without_partner": pgettext_lazy("column of figures", "Without one"),
    "twinnings": pgettext_lazy("column of figures", "Partnerships"),
    "waiting": pgettext_lazy("column of figures", "How many"),
    "matches": pgettext_lazy("column of figures", "Handshakes"),
    "deliveries": pgettext_lazy("column of figures", "Deliveries"),
    "median_days": pgettext_lazy("column of figures", "Half of them within days"),
    "ninth_decile_days": pgettext_lazy("column of figures", "Nine of ten within days"),
}
TOTAL_WORD = pgettext_lazy("row of figures", "Total")
NO_OBLAST_WORD = pgettext_lazy("row of figures", "oblast not told")
NO_CODE_WORD = pgettext_lazy("row of figures", "without a code")
TABLES_TOLD = _(
    "As it stood on %(day)s; new numbers are published once a quarter, or when the needs have doubled: a difference "
    "from one day to the next would reveal what is kept back."
)
# Of what the desk hands to one institution (`actions.evidence.take_evidence`).
TABLES_OF_THIS_MOMENT = _("As it stood on %(day)s, counted for the institution that asked.")
NOT_TO_BE_PUBLISHED = _(
    "The tables of needs in it are of this moment, for the institution that asked. They are not to be published beside "
    "the public ones, nor compared with others of another day: the difference gives small numbers away."
)
# The sign that statistical offices put for a number that is kept back.
KEPT_BACK = pgettext_lazy("sign for a number that is kept back", "c")
KEPT_BACK_MEANING = _(
    "%(sign)s: kept back. Numbers from 1 to 4 are not published, nor anything they could be computed from: totals, "
    "other tables and other periods do not give them away."
)


def number(value: float | None) -> str:
    """A number, or the sign that it is kept back."""
    return str(KEPT_BACK) if value is None else number_format(value, use_l10n=True, force_grouping=True)


# Names of the sectors of the OECD’s Development Assistance Committee, by their codes.
DAC = {
    "111": _("Education, level unspecified"),
    "112": _("Basic education"),
    "113": _("Secondary education"),
    "114": _("Post-secondary education"),
    "121": _("Health, general"),
    "122": _("Basic health"),
    "123": _("Non-communicable diseases"),
    "140": _("Water supply and sanitation"),
    "151": _("Government and civil society"),
    "152": _("Conflict, peace and security"),
    "160": _("Other social infrastructure and services"),
    "210": _("Transport and storage"),
    "220": _("Communications"),
    "231": _("Energy policy"),
    "232": _("Energy generation, renewable sources"),
    "236": _("Energy distribution"),
    "311": _("Agriculture"),
    "321": _("Industry"),
    "331": _("Trade policies and regulations"),
    "332": _("Tourism"),
    "410": _("General environment protection"),
    "430": _("Other multisector"),
    "720": _("Emergency response"),
    "730": _("Reconstruction relief and rehabilitation"),
    "740": _("Disaster prevention and preparedness"),
}


@lru_cache
def definition(figure: str) -> str:
    """The query that recounts a figure, as it is run by the tests."""
    return (_DEFINITIONS / f"{figure}.sql").read_text(encoding="utf-8").strip()

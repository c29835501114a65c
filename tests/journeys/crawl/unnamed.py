"""A member that its need and its offer do not name in public, with promises about both: its name is a canary that sings
in the register, so it must not stand where the titles and slugs of these rows do."""

from dataclasses import dataclass

from members.models import Member, Sector
from partnerships.actions.search import index_listing
from partnerships.models import Appeal, Listing, Pledge, PledgeLine
from tests.factories import make_event, make_listing, make_member, make_place

# How the name, the place and the number of the register may be written; and a project whose page elsewhere names them.
PROJECT = "DREAM-UA-131222-4F8C5A35"
NAMES = ("Kanarkiv", "Kanarkow", "Канарків", "37472062", PROJECT)


@dataclass(frozen=True)
class Unnamed:
    member: Member
    offer: Listing
    need: Listing
    pledges: list[Pledge]

    @property
    def marks(self) -> list[str]:
        """What says that a page or a file tells of these rows."""
        rows = [*self.pledges, self.offer, self.need]
        return [self.offer.title_uk, self.need.title_uk, *(row.slug for row in rows)]

    def names_in(self, text: str) -> set[str]:
        return {name for name in (*NAMES, self.member.slug) if name in text}


def hide_member(other: Member, sector: Sector, appeal: Appeal) -> Unnamed:
    region = make_place(
        country="UA", register="KATOTTH", level="region", code="UA59", name_uk="Сумська область"
    )
    place = make_place(
        country="UA", register="KATOTTH", region=region, code="UA5900000001", name_uk="Канарківська громада"
    )
    member = make_member(
        country="UA",
        place=place,
        official_name="Kanarkivska hromada",
        name_uk="Канарківська громада",
        name_pl="Hromada Kanarkowska",
        org_id="UA-EDR-37472062",
    )
    common = {"member": member, "is_member_hidden": True, "handover": place, "original_language": "uk"}
    need = make_listing(
        [sector], kind="need", title_uk="Прихована потреба", title_en=None, text_uk="Ліжка.", text_en=None,
        line={"item": "ліжка", "quantity": 30, "unit": "piece"}, appeal=appeal, dream_id=PROJECT, **common,
    )  # fmt: skip
    offer = make_listing(
        [sector], title_uk="Прихована пропозиція", title_en=None, text_uk="Ліжка.", text_en=None,
        line={"item": "ліжка", "quantity": 30, "unit": "piece"}, **common,
    )  # fmt: skip
    given, received = {"giver": member, "receiver": other}, {"giver": other, "receiver": member}
    pledges = [
        _promised(appeal, listing=offer, **given),
        _promised(appeal, listing=need, **received),
        # In general: a line of it alone leads to the need.
        _promised(appeal, covers=need, **received),
    ]
    for listing in (need, offer):
        index_listing(listing)
    return Unnamed(member, offer, need, pledges)


def _promised(appeal: Appeal, covers: Listing | None = None, **sides) -> Pledge:
    pledge = Pledge.objects.create(title="Ліжка, Канарківська громада", language="uk", appeal=appeal, **sides)
    line = PledgeLine.objects.create(
        pledge=pledge, item="ліжка", unit="piece", listing_line=covers and covers.lines.get()
    )
    for kind in ("promised", "committed"):
        make_event(line, kind, 7)
    return pledge

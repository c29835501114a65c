"""The taxonomy of sectors, from our own two tables into rows. Codes are keys; a sector is never deleted."""

from django.db import transaction

from members.models import Sector
from members.registers.tables import table

NAMES = ["name_en", "name_pl", "name_uk"]
KEYWORDS = ["keywords_en", "keywords_pl", "keywords_uk"]


def load_sectors() -> int:
    """Add and update sectors and sub-sectors; returns how many rows changed."""
    with transaction.atomic():
        there = {sector.code: sector for sector in Sector.objects.all()}
        changed = sum(_write(there, position, line) for position, line in enumerate(table("sectors")))
        return changed + sum(
            _write(there, position, line) for position, line in enumerate(table("subsectors"))
        )


def _write(there: dict[str, Sector], position: int, line: dict[str, str]) -> bool:
    values = {name: line[name] for name in NAMES} | {name: line.get(name, "") for name in KEYWORDS}
    values |= {
        "position": position,
        "parent_id": there[line["sector"]].pk if "sector" in line else None,
        "rdna_sector": line["rdna_sector"],
        "dac_codes": line.get("dac5_all", ""),
        "ua_investment_sector": line.get("ua_public_investment_sector_2026_2028", ""),
        "sdg": line.get("sdg", ""),
    }
    sector = there.get(line["code"]) or Sector(code=line["code"])
    if sector.pk and all(getattr(sector, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(sector, name, value)
    sector.save()
    there[sector.code] = sector
    return True

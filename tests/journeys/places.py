"""Some lines of the official registers, imported by the portal's own readers."""

import tempfile
from pathlib import Path

from members.actions.place_import import import_reading
from members.registers import katotth, lau

# KATOTTH: Sumy oblast with two hromadas, Vinnytsia oblast with a namesake, Crimea with one.
CODIFIER = """\
Перший рівень,Другий рівень,Третій рівень,Четвертий рівень,Додатковий рівень,Категорія об’єкта,Назва об’єкта
UA59000000000057109,,,,,O,Сумська
UA59000000000057109,UA59040000000045652,,,,P,Охтирський
UA59000000000057109,UA59040000000045652,UA59040130000041676,,,H,Тростянецька
UA59000000000057109,UA59040000000045652,UA59040130000041676,UA59040130010060037,,M,Тростянець
UA05000000000010236,,,,,O,Вінницька
UA05000000000010236,UA05040000000050292,,,,P,Гайсинський
UA05000000000010236,UA05040000000050292,UA05040250000027965,,,H,Тростянецька
UA05000000000010236,UA05040000000050292,UA05040250000027965,UA05040250010017575,,T,Тростянець
UA01000000000013043,,,,,O,Автономна Республіка Крим
UA01000000000013043,UA01020000000022387,,,,P,Бахчисарайський
UA01000000000013043,UA01020000000022387,UA01020050000056842,,,H,Бахчисарайська
UA01000000000013043,UA01020000000022387,UA01020050000056842,UA01020050010045207,,M,Бахчисарай
"""
LAU = """\
gisco_id,country,nuts3_2024,name,name_latin,population_2020,lat,lon
PL_1019023,PL,PL71B,Szadek,Szadek,7185,51.6936,18.9772
PL_1061011,PL,PL711,Łódź,Łódź,679941,51.7687,19.4570
"""
TROSTIANETS = "UA59040130000041676"  # the one in Sumy oblast
BAKHCHYSARAI = "UA01020050000056842"
SZADEK = "PL_1019023"


def import_some_places() -> None:
    with tempfile.TemporaryDirectory() as folder:
        codifier, units = Path(folder) / "codifier.csv", Path(folder) / "lau.csv"
        codifier.write_text(CODIFIER, encoding="utf-8")
        units.write_text(LAU, encoding="utf-8")
        for reading in (katotth.read(codifier, edition="2026-01-01"), lau.read(units)):
            assert reading.bad == []
            import_reading(reading)

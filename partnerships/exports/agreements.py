"""Documents of the assistant as files: what is in one, and the PDF (tagged, PDF/UA-1) that typst sets from it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from partnerships.agreement_text import SIGNATURES, Block

# Where offices break no line: after a word of one letter, between a number and what it counts or what it is the number
# of, before “р.” of a day, before a dash. What an article, a paragraph or a point is the next part of may end a line.
ALONE = {"pl": "aiouwzAIOUWZ", "uk": "аеєийіїоуюявзАЄІЇОУЮЯВЗ"}
COUNTED = re.compile(
    r"(?<=\d) (?=[^\W\d_])(?!(?:ust|pkt|art|lit|No|nr)\b)|(?<=№) |(?<=_) (?=[рr]\.)| (?=[–—] )"
)
NUMBERED = re.compile(r"\b(art\.|ust\.|poz\.|pkt|[nN]r|No\.|Сторона|Strona|Party) (?=\d)")
LAYOUT = Path(__file__).resolve().parent / "agreement.typ"
STANDARD = "ua-1"
AUTHOR = "European Alliance of Cities and Regions for the Reconstruction of Ukraine"

# Printed words of the layouts themselves; what is agreed stands in the templates.
SIGNING = {
    "uk": "Підписи Сторін", "pl": "Podpisy Stron", "en": "Signatures of the Parties",
    "bg": "Подписи на страните", "cs": "Podpisy stran", "da": "Parternes underskrifter",
    "de": "Unterschriften der Parteien", "el": "Υπογραφές των μερών", "es": "Firmas de las Partes",
    "et": "Poolte allkirjad", "fi": "Osapuolten allekirjoitukset", "fr": "Signatures des Parties",
    "hr": "Potpisi stranaka", "hu": "A felek aláírása", "it": "Firme delle Parti", "lt": "Šalių parašai",
    "lv": "Pušu paraksti", "nl": "Handtekeningen van de partijen", "pt": "Assinaturas das Partes",
    "ro": "Semnăturile părților", "sk": "Podpisy strán", "sl": "Podpisi pogodbenic", "sv": "Parternas underskrifter",
}  # fmt: skip
SIGN_HERE = {
    "uk": "підпис, дата, печатка", "pl": "podpis, data, pieczęć", "en": "signature, date, seal",
    "bg": "подпис, дата, печат", "cs": "podpis, datum, razítko", "da": "underskrift, dato, stempel",
    "de": "Unterschrift, Datum, Siegel", "el": "υπογραφή, ημερομηνία, σφραγίδα", "es": "firma, fecha, sello",
    "et": "allkiri, kuupäev, pitser", "fi": "allekirjoitus, päiväys, leima", "fr": "signature, date, cachet",
    "hr": "potpis, datum, pečat", "hu": "aláírás, dátum, pecsét", "it": "firma, data, timbro",
    "lt": "parašas, data, antspaudas", "lv": "paraksts, datums, zīmogs", "nl": "handtekening, datum, stempel",
    "pt": "assinatura, data, carimbo", "ro": "semnătura, data, ștampila", "sk": "podpis, dátum, pečiatka",
    "sl": "podpis, datum, žig", "sv": "underskrift, datum, stämpel",
}  # fmt: skip
VERSION = {
    "uk": "Проєкт, версія %(version)d (%(day)s).",
    "pl": "Projekt, wersja %(version)d (%(day)s r.).",
    "en": "Draft, version %(version)d (%(day)s).",
}
NO_ADVICE = {
    "uk": "Портал Альянсу зберігає і нагадує; юридичних консультацій не надає.",
    "pl": "Portal Sojuszu przechowuje i przypomina; nie udziela porad prawnych.",
    "en": "The Alliance’s portal stores and reminds; it gives no legal advice.",
}


@dataclass(frozen=True)
class Signature:
    """One party as it signs: its name, and who signs in which position, in each language."""

    names: Sequence[str]
    people: Sequence[str]


@dataclass(frozen=True)
class Document:
    """``texts``: one for each of ``languages``. ``version``: which one it is, in the languages of the foot.
    ``in_columns``: side by side, where both go line by line."""

    title: str
    languages: Sequence[str]
    texts: Sequence[Sequence[Block]]
    made_at: datetime
    version: Mapping[str, str] = field(default_factory=dict)
    signatures: Sequence[Signature] = ()
    in_columns: bool = False

    @property
    def is_signed(self) -> bool:
        return any(block.kind == SIGNATURES for text in self.texts for block in text)

    @property
    def footer(self) -> list[tuple[str, str]]:
        """What each page says below: in each language, in English where we have no words in it."""
        codes = [code if code in NO_ADVICE else "en" for code in self.languages]
        return [(code, f"{self.version.get(code, '')} {NO_ADVICE[code]}".strip()) for code in codes]

    def words(self, table: dict[str, str]) -> list[str]:
        """A printed word in each language; one in which we have none gets the English one."""
        return [table.get(code, table["en"]) for code in self.languages]


def as_pdf(document: Document) -> bytes:
    """The document as PDF/UA-1, the same bytes for the same document."""
    return _compiled(document, format="pdf", pdf_standards=[STANDARD])


def as_pictures(document: Document, ppi: float = 80) -> list[bytes]:
    """Its pages as PNG, to be looked at."""
    pages = _compiled(document, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _compiled(document: Document, **how: Any) -> Any:
    import typst

    made_at = document.made_at.astimezone(UTC).replace(microsecond=0)
    return typst.compile(
        _layout(),
        sys_inputs={"doc": json.dumps(_data(document), ensure_ascii=False)},
        ignore_system_fonts=True,
        timestamp=made_at,
        **how,
    )


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return LAYOUT.read_bytes()


def _data(document: Document) -> dict[str, Any]:
    signing = {
        "title": document.words(SIGNING),
        "line": document.words(SIGN_HERE),
        "parties": [list(zip(party.names, party.people, strict=True)) for party in document.signatures],
    }
    return {
        "title": document.title,
        "author": AUTHOR,
        "languages": list(document.languages),
        "columns": document.in_columns,
        "texts": [
            [[block.kind, block.number, tied(block.text, code)] for block in with_address(text)]
            for code, text in zip(document.languages, document.texts, strict=True)
        ],
        "footer": document.footer,
        "signing": signing if document.is_signed else None,
    }


def with_address(text: Sequence[Block]) -> list[Block]:
    """Paragraphs above the title of a letter say to whom it goes."""
    kinds = [block.kind for block in text]
    above = kinds.index("title") if "title" in kinds else 0
    return [block._replace(kind="address") for block in text[:above]] + list(text[above:])


def tied(text: str, code: str) -> str:
    """The same words, with spaces at which no line ends."""
    text = NUMBERED.sub("\\1\u00a0", COUNTED.sub("\u00a0", text))
    return re.sub(rf"(?<=\b[{ALONE[code]}]) ", "\u00a0", text) if code in ALONE else text

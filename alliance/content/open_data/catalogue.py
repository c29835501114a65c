"""The catalogue of the open data in the words of DCAT-AP 3.0.1, as statements. Pure.

Who harvests it (data.europa.eu and national portals) finds titles in each language, the files with their checksums, the
interface, feeds and IATI, the licence, whom to ask.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import override

from alliance.content.open_data.datasets import Dataset
from alliance.content.open_data.rdf import TYPE, Ref, Statement, Words
from alliance.core.languages import LANGUAGES

EU = "http://publications.europa.eu/resource/authority/"
MEDIA = "https://www.iana.org/assignments/media-types/"
LANGUAGE_CODES = {"en": "ENG", "pl": "POL", "uk": "UKR"}
THEMES = {
    "GOVE": "Government and public sector",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "INTR": "International issues",
    "ECON": "Economy and finance",
}
# Form → (EU file type, media type).
FORMS = {
    "csv": ("CSV", "text/csv"),
    "json": ("JSON", "application/json"),
    "geojson": ("GEOJSON", "application/geo+json"),
    "atom": ("ATOM", "application/atom+xml"),
    "iati": ("XML", "application/xml"),
}
LICENCES = {"CC BY 4.0": "CC_BY_4_0", "CC BY-SA 4.0": "CC_BYSA_4_0", "CC0 1.0": "CC0"}
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


@dataclass(frozen=True)
class Distribution:
    """One way to have a set: a file, a feed, a list of the interface."""

    form: str
    url: str
    size: int | None = None
    sha256: str = ""
    made_at: datetime | None = None
    is_service: bool = False


@dataclass(frozen=True)
class Catalogue:
    """What the pages know and the statements need."""

    url: str
    title: Any
    text: Any
    publisher: Any
    home: str
    email: str
    licence: str
    licence_url: str
    service_title: Any
    service_url: str
    service_description: str
    documentation: str
    made_at: datetime
    datasets: Sequence[tuple[Dataset, str, Sequence[Distribution]]]


def statements(catalogue: Catalogue) -> Iterator[Statement]:
    yield from _catalogue(catalogue)
    yield from _service(catalogue)
    for dataset, page, distributions in catalogue.datasets:
        yield from _dataset(catalogue, dataset, page, distributions)
    yield from _people(catalogue)
    yield from _tables(catalogue)


def _in_each(subject: str, predicate: str, text: Any) -> Iterator[Statement]:
    for code in LANGUAGES:
        with override(code):
            yield subject, predicate, Words(str(text), code)


def _typed(subject: str, *kinds: str) -> Iterator[Statement]:
    for kind in kinds:
        yield subject, TYPE, Ref(kind)


def _moment(value: datetime) -> Words:
    return Words(value.isoformat(timespec="seconds"), kind="xsd:dateTime")


def _licence(catalogue: Catalogue) -> str:
    code = LICENCES.get(catalogue.licence)
    return f"{EU}licence/{code}" if code else catalogue.licence_url


def _languages(subject: str) -> Iterator[Statement]:
    for code in LANGUAGES:
        yield subject, "dct:language", Ref(f"{EU}language/{LANGUAGE_CODES[code]}")


def _catalogue(catalogue: Catalogue) -> Iterator[Statement]:
    me = catalogue.url
    yield from _typed(me, "dcat:Catalog")
    yield from _in_each(me, "dct:title", catalogue.title)
    yield from _in_each(me, "dct:description", catalogue.text)
    yield from _languages(me)
    yield me, "dct:publisher", Ref(f"{me}#publisher")
    yield me, "foaf:homepage", Ref(catalogue.documentation)
    if licence := _licence(catalogue):
        yield me, "dct:license", Ref(licence)
    yield me, "dct:spatial", Ref(f"{EU}continent/EUROPE")
    yield me, "dct:spatial", Ref(f"{EU}country/UKR")
    yield me, "dcat:themeTaxonomy", Ref(f"{EU}data-theme")
    yield me, "dct:modified", _moment(catalogue.made_at)
    yield me, "dcat:service", Ref(f"{me}#service")
    for dataset, _page, _distributions in catalogue.datasets:
        yield me, "dcat:dataset", Ref(f"{me}#{dataset.name}")


def _service(catalogue: Catalogue) -> Iterator[Statement]:
    me = f"{catalogue.url}#service"
    yield from _typed(me, "dcat:DataService")
    yield from _in_each(me, "dct:title", catalogue.service_title)
    yield me, "dcat:endpointURL", Ref(catalogue.service_url)
    yield me, "dcat:endpointDescription", Ref(catalogue.service_description)
    yield me, "dcat:landingPage", Ref(catalogue.documentation)
    yield me, "dcat:contactPoint", Ref(f"{catalogue.url}#contact")
    yield me, "dct:publisher", Ref(f"{catalogue.url}#publisher")
    yield me, "dct:accessRights", Ref(f"{EU}access-right/PUBLIC")
    if licence := _licence(catalogue):
        yield me, "dct:license", Ref(licence)
    for dataset, _page, _distributions in catalogue.datasets:
        yield me, "dcat:servesDataset", Ref(f"{catalogue.url}#{dataset.name}")


def _dataset(
    catalogue: Catalogue, dataset: Dataset, page: str, distributions: Sequence[Distribution]
) -> Iterator[Statement]:
    me = f"{catalogue.url}#{dataset.name}"
    yield from _typed(me, "dcat:Dataset")
    yield from _in_each(me, "dct:title", dataset.title)
    yield from _in_each(me, "dct:description", dataset.text)
    yield from _languages(me)
    yield me, "dct:identifier", Words(me)
    yield me, "dct:publisher", Ref(f"{catalogue.url}#publisher")
    yield me, "dcat:contactPoint", Ref(f"{catalogue.url}#contact")
    yield me, "dcat:landingPage", Ref(page)
    yield me, "foaf:page", Ref(f"{catalogue.documentation}dictionary/#{dataset.name}")
    yield me, "dct:accessRights", Ref(f"{EU}access-right/PUBLIC")
    yield me, "dct:accrualPeriodicity", Ref(f"{EU}frequency/DAILY")
    yield me, "dct:spatial", Ref(f"{EU}continent/EUROPE")
    yield me, "dct:spatial", Ref(f"{EU}country/UKR")
    for theme in dataset.themes:
        yield me, "dcat:theme", Ref(f"{EU}data-theme/{theme}")
    made = [each.made_at for each in distributions if each.made_at]
    if made:
        yield me, "dct:modified", _moment(max(made))
    for number, distribution in enumerate(distributions, 1):
        yield me, "dcat:distribution", Ref(f"{me}-{number}")
        yield from _distribution(catalogue, dataset, f"{me}-{number}", distribution)


def _distribution(
    catalogue: Catalogue, dataset: Dataset, me: str, distribution: Distribution
) -> Iterator[Statement]:
    file_type, media = FORMS[distribution.form]
    yield from _typed(me, "dcat:Distribution")
    for code in LANGUAGES:
        with override(code):
            yield me, "dct:title", Words(f"{dataset.title} ({file_type})", code)
    yield me, "dcat:accessURL", Ref(distribution.url)
    yield me, "dct:format", Ref(f"{EU}file-type/{file_type}")
    yield me, "dcat:mediaType", Ref(f"{MEDIA}{media}")
    yield me, "dcatap:availability", Ref(f"{EU}planned-availability/STABLE")
    if licence := _licence(catalogue):
        yield me, "dct:license", Ref(licence)
    if distribution.is_service:
        yield me, "dcat:accessService", Ref(f"{catalogue.url}#service")
    else:
        yield me, "dcat:downloadURL", Ref(distribution.url)
    if distribution.made_at:
        yield me, "dct:modified", _moment(distribution.made_at)
    if distribution.size is not None:
        yield me, "dcat:byteSize", Words(str(distribution.size), kind="xsd:nonNegativeInteger")
    if distribution.sha256:
        yield me, "spdx:checksum", Ref(f"{me}-checksum")
        yield from _typed(f"{me}-checksum", "spdx:Checksum")
        yield f"{me}-checksum", "spdx:algorithm", Ref(SHA256)
        yield f"{me}-checksum", "spdx:checksumValue", Words(distribution.sha256, kind="xsd:hexBinary")


def _people(catalogue: Catalogue) -> Iterator[Statement]:
    publisher, contact = f"{catalogue.url}#publisher", f"{catalogue.url}#contact"
    yield from _typed(publisher, "foaf:Agent")
    yield from _in_each(publisher, "foaf:name", catalogue.publisher)
    yield publisher, "foaf:homepage", Ref(catalogue.home)
    yield from _typed(contact, "vcard:Organization", "vcard:Kind")
    yield from _in_each(contact, "vcard:fn", catalogue.publisher)
    yield contact, "vcard:hasEmail", Ref(f"mailto:{catalogue.email}")


def _tables(catalogue: Catalogue) -> Iterator[Statement]:
    """What the things are that the catalogue points to: validators do not fetch them."""
    kinds = {
        f"{EU}access-right/PUBLIC": "dct:RightsStatement",
        f"{EU}frequency/DAILY": "dct:Frequency",
        f"{EU}continent/EUROPE": "dct:Location",
        f"{EU}country/UKR": "dct:Location",
        catalogue.documentation: "foaf:Document",
        catalogue.home: "foaf:Document",
        SHA256: "spdx:ChecksumAlgorithm",
    }
    kinds |= {f"{EU}language/{code}": "dct:LinguisticSystem" for code in LANGUAGE_CODES.values()}
    if licence := _licence(catalogue):
        kinds[licence] = "dct:LicenseDocument"
    for dataset, page, distributions in catalogue.datasets:
        kinds |= {
            page: "foaf:Document",
            f"{catalogue.documentation}dictionary/#{dataset.name}": "foaf:Document",
        }
        for file_type, media in (FORMS[each.form] for each in distributions):
            kinds[f"{EU}file-type/{file_type}"] = "dct:MediaTypeOrExtent"
            kinds[f"{MEDIA}{media}"] = "dct:MediaType"
    for address, kind in kinds.items():
        yield from _typed(address, kind)
    stable = f"{EU}planned-availability/STABLE"
    yield from _typed(stable, "skos:Concept")
    yield stable, "skos:prefLabel", Words("stable", "en")
    yield from _typed(f"{EU}data-theme", "skos:ConceptScheme")
    yield f"{EU}data-theme", "dct:title", Words("Data theme", "en")
    for theme, label in THEMES.items():
        yield from _typed(f"{EU}data-theme/{theme}", "skos:Concept")
        yield f"{EU}data-theme/{theme}", "skos:prefLabel", Words(label, "en")

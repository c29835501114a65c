"""IATI 2.03: the frame of an activity file, built from plain values. Pure.

Source: the IATI Activity Standard 2.03 (iatistandard.org) and its code lists; element order is that of its schema.
Elements are written one activity at a time, so a file of any length needs the memory of one activity.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

# Code lists, by their IATI names.
PLEDGE_OUT, PLEDGE_IN = "12", "13"
COMMITMENT_OUT, COMMITMENT_IN = "2", "11"
DISBURSEMENT, EXPENDITURE = "3", "4"
FUNDING, ACCOUNTABLE, EXTENDING, IMPLEMENTING = "1", "2", "3", "4"
PIPELINE, IMPLEMENTATION, CLOSED, CANCELLED = "1", "2", "4", "5"
PLANNED_START, ACTUAL_START, PLANNED_END, ACTUAL_END = "1", "2", "3", "4"
OTHER_ACTIVITY = "A9"  # OtherIdentifierType
DAC_5_DIGIT = "1"
OUTPUT, UNITS = "1", "1"
# Characters that XML 1.0 cannot hold, not even escaped.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Words = Mapping[str, str]  # language code → text


@dataclass(frozen=True)
class Organisation:
    """``ref`` is an organisation identifier such as ``UA-EDR-04053482``; empty when none is known."""

    names: Words
    kind: str = "11"
    ref: str = ""


@dataclass(frozen=True)
class Transaction:
    ref: str
    kind: str
    on: date
    value: Decimal
    currency: str
    words: Words
    provider: Organisation
    receiver: Organisation


@dataclass(frozen=True)
class Indicator:
    """Goods and services in their own units: what was committed (target) and accepted (actual)."""

    title: Words
    unit: Words
    starts: date
    ends: date
    target: Decimal
    actual: Decimal


@dataclass(frozen=True)
class Activity:
    identifier: str
    reporter: Organisation
    title: Words
    words: Words
    participants: Sequence[tuple[str, Organisation]]
    status: str
    dates: Sequence[tuple[str, date]]
    country: str
    sectors: Sequence[str]
    updated_at: datetime
    language: str
    currency: str
    is_humanitarian: bool = False
    # Ids of the same or a larger project elsewhere, and whose ids they are.
    others: Sequence[tuple[str, str]] = field(default=())
    transactions: Sequence[Transaction] = field(default=())
    indicators: Sequence[Indicator] = field(default=())


def as_file(activities: Iterable[Activity], *, generated_at: datetime, licence: str = "") -> Iterator[bytes]:
    """A whole activity file, piece by piece."""
    moment = _moment(generated_at)
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    if licence:
        yield f"<!-- {clean(licence).replace('--', '- -')} -->\n".encode()
    yield f'<iati-activities version="2.03" generated-datetime="{moment}">\n'.encode()
    for activity in activities:
        yield tostring(element_of(activity), encoding="unicode").encode() + b"\n"
    yield b"</iati-activities>\n"


def element_of(activity: Activity) -> Element:
    """One ``iati-activity``, its parts in the order of the schema."""
    root = Element(
        "iati-activity",
        {
            "xml:lang": activity.language,
            "default-currency": activity.currency,
            "last-updated-datetime": _moment(activity.updated_at),
            "humanitarian": "1" if activity.is_humanitarian else "0",
        },
    )
    SubElement(root, "iati-identifier").text = activity.identifier
    _organisation(root, "reporting-org", activity.reporter, {"secondary-reporter": "1"})
    _words(SubElement(root, "title"), activity.title)
    _words(SubElement(root, "description", type="1"), activity.words or activity.title)
    for role, organisation in activity.participants:
        _organisation(root, "participating-org", organisation, {"role": role})
    for ref, owner in activity.others:
        other = SubElement(root, "other-identifier", ref=ref, type=OTHER_ACTIVITY)
        SubElement(SubElement(other, "owner-org"), "narrative").text = owner
    SubElement(root, "activity-status", code=activity.status)
    for kind, on in activity.dates:
        SubElement(root, "activity-date", {"type": kind, "iso-date": on.isoformat()})
    SubElement(root, "recipient-country", code=activity.country, percentage="100")
    for code, percentage in shares(activity.sectors):
        SubElement(root, "sector", vocabulary=DAC_5_DIGIT, code=code, percentage=f"{percentage}")
    for transaction in activity.transactions:
        _transaction(root, transaction)
    for indicator in activity.indicators:
        _result(root, indicator)
    return root


def shares(codes: Sequence[str]) -> list[tuple[str, Decimal]]:
    """Equal percentages for ``codes`` that add up to exactly 100, as the standard asks."""
    codes = list(dict.fromkeys(codes))
    if not codes:
        return []
    cents, left = divmod(10_000, len(codes))
    return [(code, Decimal(cents + (n < left)) / 100) for n, code in enumerate(codes)]


def clean(text: str) -> str:
    """Without the characters that no XML file can hold."""
    return ILLEGAL.sub("", text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _words(parent: Element, words: Words) -> None:
    said = {language: clean(text) for language, text in words.items() if clean(text)}
    for language, text in said.items():
        SubElement(parent, "narrative", {"xml:lang": language}).text = text
    if not said:  # the schema asks for one
        SubElement(parent, "narrative").text = "–"


def _organisation(parent: Element, name: str, organisation: Organisation, more: dict[str, str]) -> None:
    attributes = {"type": organisation.kind, **more}
    if organisation.ref:
        attributes["ref"] = organisation.ref
    _words(SubElement(parent, name, attributes), organisation.names)


def _transaction(root: Element, transaction: Transaction) -> None:
    found = SubElement(root, "transaction", ref=transaction.ref)
    on = transaction.on.isoformat()
    SubElement(found, "transaction-type", code=transaction.kind)
    SubElement(found, "transaction-date", {"iso-date": on})
    value = SubElement(found, "value", {"currency": transaction.currency, "value-date": on})
    value.text = f"{transaction.value:f}"
    _words(SubElement(found, "description"), transaction.words)
    for name, organisation in (
        ("provider-org", transaction.provider),
        ("receiver-org", transaction.receiver),
    ):
        _organisation(found, name, organisation, {})


def _result(root: Element, indicator: Indicator) -> None:
    result = SubElement(root, "result", {"type": OUTPUT, "aggregation-status": "0"})
    _words(SubElement(result, "title"), indicator.title)
    found = SubElement(result, "indicator", {"measure": UNITS, "ascending": "1"})
    _words(SubElement(found, "title"), indicator.title)
    _words(SubElement(found, "description"), indicator.unit)
    period = SubElement(found, "period")
    SubElement(period, "period-start", {"iso-date": indicator.starts.isoformat()})
    SubElement(period, "period-end", {"iso-date": indicator.ends.isoformat()})
    SubElement(period, "target", value=f"{indicator.target:f}")
    SubElement(period, "actual", value=f"{indicator.actual:f}")

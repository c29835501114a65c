"""Atom feeds (RFC 4287), built from plain values. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from partnerships.exports.iati import ILLEGAL

NAMESPACE = "http://www.w3.org/2005/Atom"
XML_LANG = "xml:lang"


@dataclass(frozen=True)
class Entry:
    """``language``: that of title and text where it is not the feed's."""

    key: str
    href: str
    title: str
    text: str
    author: str
    published: datetime
    updated: datetime
    categories: Sequence[tuple[str, str]] = ()
    language: str = ""


@dataclass(frozen=True)
class Feed:
    """``key`` says which list it is, whatever the portal is called: ids are made of it and never change."""

    key: str
    language: str
    title: str
    author: str
    own_href: str
    page_href: str
    rights: str
    updated: datetime
    entries: Sequence[Entry] = ()


def urn(key: str) -> str:
    """An id that depends neither on the address of the portal nor on a language."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'alliance:{key}')}"


def as_xml(feed: Feed) -> bytes:
    root = Element("feed", {"xmlns": NAMESPACE, XML_LANG: feed.language})
    _add(root, "id", urn(feed.key))
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated.isoformat())
    SubElement(root, "link", rel="self", type="application/atom+xml", href=feed.own_href)
    SubElement(root, "link", rel="alternate", type="text/html", hreflang=feed.language, href=feed.page_href)
    _add(SubElement(root, "author"), "name", feed.author)
    if feed.rights:
        _add(root, "rights", feed.rights)
    for entry in feed.entries:
        _add_entry(root, entry, feed.language)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")


def _add_entry(root: Element, entry: Entry, language: str) -> None:
    found = SubElement(root, "entry", {XML_LANG: entry.language} if entry.language else {})
    _add(found, "id", urn(entry.key))
    _add(found, "title", entry.title)
    _add(found, "published", entry.published.isoformat())
    _add(found, "updated", entry.updated.isoformat())
    SubElement(found, "link", rel="alternate", type="text/html", hreflang=language, href=entry.href)
    _add(SubElement(found, "author"), "name", entry.author)
    for term, label in entry.categories:
        SubElement(found, "category", term=term, label=ILLEGAL.sub("", label))
    _add(found, "summary", entry.text)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = ILLEGAL.sub("", text)

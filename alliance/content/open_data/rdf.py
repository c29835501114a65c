"""Statements about things, written as Turtle, RDF/XML and JSON-LD. Pure; knows nothing of what they say."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
TYPE = "rdf:type"


@dataclass(frozen=True)
class Ref:
    """Another thing, by its address; ``dcat:Dataset`` is one of the prefixes above."""

    to: str


@dataclass(frozen=True)
class Words:
    """A text with its language, or a value with its type."""

    text: str
    language: str = ""
    kind: str = ""


Statement = tuple[str, str, Ref | Words]


def full(name: str) -> str:
    prefix, _colon, rest = name.partition(":")
    return f"{PREFIXES[prefix]}{rest}" if prefix in PREFIXES else name


def _by_subject(statements: Iterable[Statement]) -> dict[str, dict[str, list[Ref | Words]]]:
    found: dict[str, dict[str, list[Ref | Words]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in dict.fromkeys(statements):
        found[subject][predicate].append(value)
    return found


# --- Turtle --------------------------------------------------------------------------------------------------


def as_turtle(statements: Iterable[Statement]) -> str:
    lines = [f"@prefix {prefix}: <{address}> ." for prefix, address in PREFIXES.items()]
    for subject, facts in _by_subject(statements).items():
        parts = [
            f"    {'a' if predicate == TYPE else predicate} {', '.join(map(_turtle, values))}"
            for predicate, values in facts.items()
        ]
        lines += ["", f"<{full(subject)}>", " ;\n".join(parts) + " ."]
    return "\n".join(lines) + "\n"


def _turtle(value: Ref | Words) -> str:
    if isinstance(value, Ref):
        return value.to if value.to.partition(":")[0] in PREFIXES else f"<{value.to}>"
    text = json.dumps(value.text, ensure_ascii=False)  # the escapes of JSON are those of Turtle
    return text + (f"@{value.language}" if value.language else f"^^{value.kind}" if value.kind else "")


# --- RDF/XML -------------------------------------------------------------------------------------------------


def as_rdf_xml(statements: Iterable[Statement]) -> str:
    names = " ".join(f"xmlns:{prefix}={quoteattr(address)}" for prefix, address in PREFIXES.items())
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<rdf:RDF {names}>"]
    for subject, facts in _by_subject(statements).items():
        lines.append(f"  <rdf:Description rdf:about={quoteattr(full(subject))}>")
        for predicate, values in facts.items():
            lines += [f"    {_xml(predicate, value)}" for value in values]
        lines.append("  </rdf:Description>")
    return "\n".join([*lines, "</rdf:RDF>"]) + "\n"


def _xml(predicate: str, value: Ref | Words) -> str:
    if isinstance(value, Ref):
        return f"<{predicate} rdf:resource={quoteattr(full(value.to))}/>"
    mark = f" xml:lang={quoteattr(value.language)}" if value.language else ""
    if value.kind:
        mark = f" rdf:datatype={quoteattr(full(value.kind))}"
    return f"<{predicate}{mark}>{escape(value.text)}</{predicate}>"


# --- JSON-LD -------------------------------------------------------------------------------------------------


def as_json_ld(statements: Iterable[Statement]) -> str:
    graph = []
    for subject, facts in _by_subject(statements).items():
        node: dict[str, object] = {"@id": subject}
        for predicate, values in facts.items():
            name = "@type" if predicate == TYPE else predicate
            node[name] = [
                value.to if predicate == TYPE and isinstance(value, Ref) else _json(value) for value in values
            ]
        graph.append(node)
    return json.dumps({"@context": PREFIXES, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _json(value: Ref | Words) -> dict[str, str]:
    if isinstance(value, Ref):
        return {"@id": value.to}
    more = {"@language": value.language} if value.language else {"@type": value.kind} if value.kind else {}
    return {"@value": value.text, **more}

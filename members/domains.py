"""Domains of e-mail addresses and web sites: how machines read them, and which look like another one. Pure.

Unicode's report 39 calls the form in which look-alikes coincide a skeleton; this one also knows the digits, pairs of
letters and hyphens that whoever impersonates an office uses. It is a hint for people who look, never a decision.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from alliance.core.alphabets import PLAIN_LETTERS, table

# Letters of other alphabets that are drawn like a Latin one; digits and letters that are taken for another.
_TWINS = str.maketrans(
    table(
        "а=a в=b с=c ԁ=d е=e є=e г=r һ=h н=h і=l ї=l ӏ=l ј=j к=k м=m о=o п=n р=p ԛ=q ѕ=s т=t у=y ц=u ш=w х=x ԝ=w ь=b "
        "α=a β=b γ=y ε=e η=n ι=l κ=k ν=v ο=o ρ=p τ=t υ=u χ=x ω=w i=l 1=l 0=o 3=e 5=s"
    )
)
_PAIRS = (("rn", "m"), ("vv", "w"))
# Between a name and its country: “rada” of rada.gov.ua.
_SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "in", "info", "mil", "net", "org"}
# One letter more, less or other is a coincidence between short names.
SHORTEST_TO_COMPARE = 6


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def host_of(website: str) -> str:
    """The host without www, in lower case; empty where there is none."""
    try:
        return (urlsplit(website).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def punycode(domain: str) -> str:
    """The domain as machines read it, where it is written in other letters than ASCII; empty elsewhere."""
    if domain.isascii():
        return ""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain.encode("unicode_escape").decode("ascii")


def readable(domain: str) -> str:
    """The domain as people read it, where machines write xn--; the same elsewhere."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def is_at(domain: str, official: str) -> bool:
    """Whether ``domain`` is ``official`` or lies below it, however the two are written."""
    domain, official = (punycode(name) or name for name in (domain, official))
    return bool(official) and (domain == official or domain.endswith(f".{official}"))


def is_elsewhere(website: str, before: str) -> bool:
    """Whether a web site would make another domain the official one than that of the one ``before``."""
    return bool(website) and not is_at(host_of(website), host_of(before))


@lru_cache(maxsize=50_000)
def skeleton(domain: str) -> str:
    """What is left of a domain's name, without its ending, when everything that looks alike is the same."""
    labels = readable(domain).lower().removeprefix("www.").split(".")
    labels = labels[:-1] or labels
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels = labels[:-1]
    name = ".".join(labels).translate(PLAIN_LETTERS)
    name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    name = name.translate(_TWINS).replace("-", "")
    for pair, letter in _PAIRS:
        name = name.replace(pair, letter)
    return name


def lookalikes(domain: str, known: Iterable[str]) -> list[str]:
    """Which of the ``known`` domains somebody could take ``domain`` for; those that it belongs to are none."""
    mine = skeleton(domain)
    return [
        other
        for other in known
        if not (is_at(domain, other) or is_at(other, domain))
        and (domain.startswith(f"{other}.") or _are_close(mine, skeleton(other)))
    ]


def _are_close(one: str, other: str) -> bool:
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1 or max(len(one), len(other)) < SHORTEST_TO_COMPARE:
        return False
    return _differ_in_one(one, other)


def _differ_in_one(one: str, other: str) -> bool:
    """One letter more, less or other, or two neighbours exchanged."""
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])

"""Domains: how they are written, what belongs together, and what looks like another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members import domains


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("https://www.gdynia.pl/urzad", "gdynia.pl"),
        ("http://Gdynia.PL:8080", "gdynia.pl"),
        ("https://gov.ua@evil.example/", "evil.example"),
        ("https://житомир.укр/", "житомир.укр"),
        ("https://[broken", ""),
        ("gdynia.pl", ""),
        ("", ""),
    ],
)
def test_host_of(website, host):
    assert domains.host_of(website) == host


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("gdynia.pl", ""),
        ("gdуnia.pl", "xn--gdnia-fze.pl"),
        ("житомир.укр", "xn--f1aeapjok.xn--j1amh"),
        (f"{'ж' * 70}.ua", "\\u0436"),
    ],
)
def test_punycode(domain, code):
    assert domains.punycode(domain).startswith(code)
    assert bool(domains.punycode(domain)) == (not domain.isascii())


def test_readable_is_the_way_back():
    assert domains.readable("xn--f1aeapjok.xn--j1amh") == "житомир.укр"
    assert domains.readable("gdynia.pl") == "gdynia.pl"
    assert domains.readable("xn--0.pl") == "xn--0.pl"
    assert domains.readable("житомир.укр") == "житомир.укр"


@pytest.mark.parametrize(
    ("domain", "official", "is_at"),
    [
        ("gdynia.pl", "gdynia.pl", True),
        ("um.gdynia.pl", "gdynia.pl", True),
        ("xn--f1aeapjok.xn--j1amh", "житомир.укр", True),
        ("egdynia.pl", "gdynia.pl", False),
        ("gdynia.pl", "um.gdynia.pl", False),
        ("gdynia.pl", "", False),
    ],
)
def test_is_at(domain, official, is_at):
    assert domains.is_at(domain, official) == is_at


KNOWN = ["zhytomyr-rada.gov.ua", "gdynia.pl", "ukr.net", "gmail.com", "вінниця.укр", "kyivcity.gov.ua"]


@pytest.mark.parametrize(
    ("domain", "taken_for"),
    [
        ("zhytomyrrada.gov.ua", "zhytomyr-rada.gov.ua"),
        ("zhytomyr-rada.org", "zhytomyr-rada.gov.ua"),
        ("zhуtomyr-rada.gov.ua", "zhytomyr-rada.gov.ua"),  # a Cyrillic у
        ("zhytornyr-rada.gov.ua", "zhytomyr-rada.gov.ua"),
        ("zhytomir-rada.gov.ua", "zhytomyr-rada.gov.ua"),
        ("zhytomyr-rada.gov.ua.example.com", "zhytomyr-rada.gov.ua"),
        ("gdynla.pl", "gdynia.pl"),
        ("gdyna.pl", "gdynia.pl"),
        ("dgynia.pl", "gdynia.pl"),
        ("gdynia.com", "gdynia.pl"),
        ("gmai1.com", "gmail.com"),
        ("xn--gdnia-fze.pl", "gdynia.pl"),
        ("вiнниця.укр", "вінниця.укр"),  # a Latin i
        ("kyivclty.gov.ua", "kyivcity.gov.ua"),
    ],
)
def test_lookalikes(domain, taken_for):
    assert domains.lookalikes(domain, KNOWN) == [taken_for]


@pytest.mark.parametrize(
    "domain",
    [
        "gdynia.pl",
        "um.gdynia.pl",
        "mail.zhytomyr-rada.gov.ua",
        "gov.ua",
        "sopot.pl",
        "uke.net",
        "chortkivmr.gov.ua",
        "example.org",
    ],
)
def test_what_is_the_same_or_other_is_no_lookalike(domain):
    assert domains.lookalikes(domain, KNOWN) == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_written_breaks_them(one, other):
    domains.lookalikes(one, [other])
    domains.host_of(f"https://{one}/")
    domains.domain_of(f"{one}@{other}")


@given(st.text("abchkm", min_size=6, max_size=12), st.integers(0, 11), st.sampled_from("dgpz"))
def test_one_other_letter_in_a_long_name_never_hides_it(name, where, letter):
    where %= len(name)
    changed = name[:where] + letter + name[where + 1 :]
    assert domains.lookalikes(f"{changed}.pl", [f"{name}.pl"]) == [f"{name}.pl"]

"""Our wording of texts of allauth and Django: it is what pages show, well formed, and still asked for."""

import re
from functools import cache
from pathlib import Path

import allauth
import django
import polib
import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from alliance.content.management.commands.prepare import compile_catalogues
from tests import messages

VENDOR = Path(settings.BASE_DIR) / "locale" / "vendor"
LANGUAGES = ["pl", "uk"]
PLURALS = {"pl": messages.POLISH_PLURALS, "uk": messages.UKRAINIAN_PLURALS}
ALLAUTH, DJANGO = Path(allauth.__file__).parent, Path(django.__file__).parent
SOURCES = [
    *[ALLAUTH / name for name in ("account", "mfa", "templates/account", "templates/mfa")],
    *[DJANGO / name for name in ("contrib/auth", "contrib/admin", "core/validators.py", "forms")],
    DJANGO / "db" / "models" / "fields",
]


def catalogue(language: str) -> polib.POFile:
    return messages.catalogue(VENDOR / language / "LC_MESSAGES" / "django.po")


def own_catalogue(language: str) -> polib.POFile:
    return messages.catalogue(VENDOR.parent / language / "LC_MESSAGES" / "django.po")


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@cache
def installed_messages() -> frozenset[str]:
    """Every msgid in the installed sources of the packages; mails are left out, ours are others."""
    found = set()
    for source in SOURCES:
        paths = [source] if source.is_file() else sorted(source.rglob("*.*"))
        for path in paths:
            if path.suffix == ".py":
                found.update(text for _context, text in messages.in_source(path.read_text(encoding="utf-8")))
            elif path.suffix in (".html", ".txt") and "email" not in path.parts[-2:-1]:
                found.update(in_template(path.read_text(encoding="utf-8")))
    return frozenset(found)


def in_template(source: str) -> set[str]:
    """Their templates are indented, and the tokenizer of Python minds that."""
    lines = templatize(source).splitlines()
    return {text for _context, text in messages.in_source("\n".join(line.lstrip() for line in lines))}


@pytest.mark.parametrize("language", [*LANGUAGES, "en"])
def test_every_entry_is_a_message_of_the_installed_packages(language):
    assert sorted({entry.msgid for entry in catalogue(language)} - installed_messages()) == []


def test_the_packages_are_read_at_all():
    assert {"Sign In", "Enter a valid email address.", "Select %s to change"} <= installed_messages()
    assert "Sign in, dear Sir or Madam" not in installed_messages()
    assert in_template('  <p>\n    {% trans "a" %}\n  </p>\n {% translate "b" %}') == {"a", "b"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_well_formed(language):
    po = catalogue(language)
    assert {entry.msgid: found for entry in po if (found := messages.faults(entry, PLURALS[language]))} == {}
    assert [entry.msgid for entry in po if entry.obsolete or messages.copies_english(entry)] == []


def test_both_languages_word_the_same_messages():
    assert {entry.msgid for entry in catalogue("pl")} == {entry.msgid for entry in catalogue("uk")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_hidden_by_one_of_our_own_catalogue(language):
    own = {entry.msgid for entry in own_catalogue(language) if not entry.msgctxt}
    assert [entry.msgid for entry in catalogue(language) if entry.msgid in own] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_our_own_catalogue(language):
    """Catalogues with other rules would be kept apart instead of merged, and the order of precedence lost."""
    assert catalogue(language).metadata["Plural-Forms"] == own_catalogue(language).metadata["Plural-Forms"]


def test_ukrainian_is_ukrainian():
    found = [text for entry in catalogue("uk") for text in texts(entry)]
    assert [text for text in found if messages.RUSSIAN_LETTERS.search(text)] == []
    assert [text for text in found if messages.MIXED_WORD.search(messages.PLACEHOLDER.sub("", text))] == []
    assert [text for text in found if "'" in text or "аутентифік" in text.lower()] == []


ADDRESSED_AS_A_FRIEND = ("Twoj", "twoj", "Twój", "Twoje", "Zapomniałeś", "Jesteś", "Możesz", "Dodałeś", "(-a")


def test_polish_addresses_nobody_by_first_name_or_gender():
    found = [text for entry in catalogue("pl") for text in texts(entry)]
    assert [text for text in found if any(word in text for word in ADDRESSED_AS_A_FRIEND)] == []


def test_english_is_spelt_as_on_our_own_pages():
    """“E-mail”, and capitals only where a sentence or a name begins: also in what the packages say."""
    with translation.override("en"):
        shown = [translation.gettext(entry.msgid) for entry in catalogue("pl") if not entry.msgid_plural]
    words = [PLACEHOLDERS.sub("", text) for text in shown]
    assert [text for text in words if re.search(r"\bemail", text, re.IGNORECASE)] == []
    assert [text for text in words if TITLE_CASE.search(text)] == []


# What has no words of its own: parameters, and the addresses of links.
PLACEHOLDERS = re.compile(r"%\(\w+\)[a-z]|mailto:")
TITLE_CASE = re.compile(r"^[A-Z][\w-]+ (?:[A-Z][a-z]+)(?: [A-Z][a-z]+)*$")

SHOWN = [
    ("en", "Confirm Access", "Is it still you?"),
    ("en", "Sign In", "Sign in"),
    ("en", "Email Addresses", "E-mail addresses"),
    ("pl", "Email", "Adres e-mail"),
    ("pl", "Request Code", "Wyślij kod"),
    ("pl", "Two-Factor Authentication", "Drugi składnik logowania"),
    ("pl", "Select %s to change", "Wybór pozycji: %s"),
    ("pl", "Password", "Hasło"),  # of our own catalogue
    ("uk", "Email", "Адреса електронної пошти"),
    ("uk", "Invalid login.", "Не вдалося увійти."),
    ("uk", "Sign in with a passkey", "Увійти за допомогою ключа доступу"),
    ("uk", "This field is required.", "Це поле обов’язкове."),
    ("uk", "Password", "Пароль"),
]


@pytest.mark.parametrize(("language", "msgid", "shown"), SHOWN)
def test_the_override_is_what_a_page_says(language, msgid, shown):
    with translation.override(language):
        assert translation.gettext(msgid) == shown


PLURAL = ("You have added %(count)s security key.", "You have added %(count)s security keys.")


@pytest.mark.parametrize(
    ("language", "count", "shown"),
    [
        ("pl", 1, "klucz dostępu"),
        ("pl", 3, "klucze dostępu"),
        ("pl", 12, "kluczy dostępu"),
        ("uk", 21, "ключ доступу"),
        ("uk", 2, "ключі доступу"),
        ("uk", 5, "ключів доступу"),
    ],
)
def test_the_override_has_its_plural_forms(language, count, shown):
    with translation.override(language):
        assert translation.ngettext(*PLURAL, count).endswith(f"{shown}.")


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "label"), [("pl", "Adres e-mail"), ("uk", "Адреса електронної пошти")])
@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_request_login_code"])
def test_account_pages_name_the_address_in_the_readers_language(client, language, label, page):
    with translation.override(language):
        address = reverse(page)
    text = client.get(address).content.decode()
    assert label in text
    assert [english for english in (">Email<", "Sign In", "Sign Up", "Request Code") if english in text] == []


def test_every_folder_of_catalogues_is_compiled(tmp_path, settings):
    """`prepare` compiles what each of LOCALE_PATHS holds; the first folder does not stand for the second."""
    assert [Path(path) for path in settings.LOCALE_PATHS] == [VENDOR.parent, VENDOR]
    source = tmp_path / "pl" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "a"\nmsgstr "b"\n'
    )
    compile_catalogues(tmp_path)
    assert polib.mofile(str(source.with_suffix(".mo")))[0].msgstr == "b"


def test_every_page_of_allauth_finds_the_tags_it_loads():
    """Its list of passkeys loads django.contrib.humanize; without that application it would be a 500."""
    folder = ALLAUTH / "templates"
    pages = sorted(path for name in ("account", "mfa") for path in (folder / name).rglob("*.html"))
    assert folder / "mfa" / "webauthn" / "authenticator_list.html" in pages
    for page in pages:
        get_template(str(page.relative_to(folder)))

"""Drafts of agreements: the form, the versions and who is told, the files word by word, and who gets none of it."""

import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from members.models import Member
from partnerships.actions.agreement_templates import load_templates, write_wording
from partnerships.actions.agreements import write_draft
from partnerships.actions.twinning_consents import consent_to_stage, propose_stage
from partnerships.business_names import looks_like_business
from partnerships.models import (
    AgreementDraft,
    AgreementTemplate,
    AgreementWording,
    StageProposal,
    Twinning,
)
from partnerships.refusals import AgreementRefused
from tests.desk import open_desk
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_draft,
    make_member,
    make_party,
    make_place,
    make_representative,
    make_sector,
    make_twinning,
    make_user,
)

pytestmark = pytest.mark.django_db

# Taken from the files by hand once and read through; to take them anew delete one, run the test, read the difference.
GOLDEN = Path(__file__).parent / "golden"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# Names in Ukrainian, Polish, English; who signs.
SIDES = [
    (
        "UA",
        (
            "Охтирська міська територіальна громада",
            "Gmina terytorialna Ochtyrka",
            "Okhtyrka Urban Territorial Community",
        ),
        ("міський голова", "Mer", "Mayor"),
        ("Ганна Шевченко", "Hanna Szewczenko", "Hanna Shevchenko"),
    ),
    (
        "PL",
        ("Гміна Бжозова-над-Віслою", "Gmina Brzozowa nad Wisłą", "Municipality of Brzozowa nad Wisłą"),
        ("бурмістр", "Burmistrz", "Mayor"),
        ("Лукаш Жолондзь", "Łukasz Żołądź", "Łukasz Żołądź"),
    ),
    (
        "UA",
        ("Сумська обласна рада", "Sumska Rada Obwodowa", "Sumy Oblast Council"),
        ("голова ради", "Przewodniczący Rady", "Chair of the Council"),
        ("Петро Ґалаґан", "Petro Gałagan", "Petro Galagan"),
    ),
    (
        "LT",
        ("Самоврядування Шяуляйського району", "Samorząd rejonu szawelskiego", "Šiauliai District"),
        ("", "", ""),
        ("", "", ""),
    ),
]
CODES = ("uk", "pl", "en")


@pytest.fixture(autouse=True)
def templates():
    load_templates()
    make_sector(code="ENE", position=1, name_uk="Енергетика", name_pl="Energetyka", name_en="Energy")
    make_sector(
        code="EDU", position=2, name_uk="Освіта і наука", name_pl="Oświata i nauka", name_en="Education"
    )


def partnership(count, **changes):
    """A partnership of the first ``count`` sides, the first of which can write."""
    members = [
        make_member(
            country=country,
            official_name=names[1 if country == "PL" else 0],
            name_uk=names[0],
            name_pl=names[1],
            name_en=names[2],
        )
        for country, names, _roles, _people in SIDES[:count]
    ]
    return make_twinning(*members, **({"status": "first_contact"} | changes))


def person(member, role="editor", **changes):
    user = make_user(**changes)
    make_representative(member, user, role=role)
    client = Client()
    assert client.login(username=user.email, password=PASSWORD)
    return client


def at_desk():
    return open_desk(Client(), make_coordinator(has_second_factor=True))


def first_member(twinning):
    return twinning.parties.first().member


def answers(count, other, **changes):
    index = CODES.index(other)
    data = {
        "areas": ["ENE", "EDU"],
        "years": "5",
        "seen": "0",
        "place_0": "Суми",
        "place_1": ["", "Sumy", "Sumy"][index],
    }
    for number, (_country, *words) in enumerate(SIDES[:count]):
        for what, forms in zip(("name", "role", "signatory"), words, strict=True):
            data |= {f"{what}_{number}_0": forms[0], f"{what}_{number}_1": forms[index]}
    data["clauses_0"] = "Сторони щороку відзначають День партнерства {громад}."
    data["clauses_1"] = [
        "",
        "Strony co roku obchodzą Dzień Partnerstwa {gmin}.",
        "The Parties celebrate a {community} day every year.",
    ][index]
    return data | changes


def url(twinning, name="twinning_agreement", *args):
    return reverse(f"partnerships:{name}", args=[twinning.slug, *args])


def send(client, twinning, data, kind="agreement", language="pl"):
    return client.post(f"{url(twinning, 'twinning_draft', kind)}?language={language}", data)


def pdf_text(content):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def docx_lines(content):
    """Paragraphs in their order: style, languages of its runs, words."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    rows = []
    for paragraph in root.iter(f"{WORD}p"):
        style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
        words = "".join(
            node.text or "\n" for node in paragraph.iter() if node.tag in (f"{WORD}t", f"{WORD}br")
        )
        codes = sorted({node.get(f"{WORD}val") for node in paragraph.iter(f"{WORD}lang")})
        name = style.get(f"{WORD}val") if style is not None else "Normal"
        rows.append(f"[{name} {' '.join(codes)}] {words}".rstrip())
    return rows


def squeezed(text):
    """Without what line breaks put into a text."""
    return re.sub(r"[\s\u00ad\-‐]+", "", text)


def compare(name, text):
    path = GOLDEN / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
        pytest.fail(f"{path} was not there and is written now: read it, then run again")
    assert text + "\n" == path.read_text(encoding="utf-8")


# --- The files, word by word ---------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["pl", "en"])
@pytest.mark.parametrize("count", [2, 4])
@time_machine.travel("2026-11-26 10:00:00Z", tick=False)
def test_an_agreement_is_whole_in_both_languages_as_pdf_and_as_docx(count, other):
    twinning = partnership(count)
    client = person(first_member(twinning))
    assert send(client, twinning, answers(count, other), language=other).status_code == 302
    pdf = client.get(url(twinning, "twinning_draft_file", "agreement", 1, "pdf") + "?layout=after")
    columns = client.get(url(twinning, "twinning_draft_file", "agreement", 1, "pdf"))
    docx = client.get(url(twinning, "twinning_draft_file", "agreement", 1, "docx"))
    assert [each["Content-Type"].partition("/")[0] for each in (pdf, columns, docx)] == ["application"] * 3
    assert pdf["Content-Disposition"] == f'attachment; filename="agreement-1-uk-{other}.pdf"'
    lines = docx_lines(docx.content)
    compare(f"agreement-{count}-uk-{other}.pdf.txt", pdf_text(pdf.content))
    compare(f"agreement-{count}-uk-{other}.docx.txt", "\n".join(lines))
    for text in (pdf_text(pdf.content), pdf_text(columns.content), "\n".join(lines)):
        assert not re.search(r"\{(?!громад|gmin|community)|None|\bparty_", text)
        for _country, names, roles, people in SIDES[:count]:
            for index in (0, CODES.index(other)):
                for words in (names[index], roles[index], people[index]):
                    assert squeezed(words) in squeezed(text), words
    reader = PdfReader(BytesIO(pdf.content))
    assert reader.trailer["/Root"]["/Lang"] == "uk"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()


@time_machine.travel("2026-11-26 10:00:00Z", tick=False)
def test_the_letter_and_the_papers_word_by_word():
    twinning = partnership(4)
    client = person(first_member(twinning))
    assert send(client, twinning, answers(4, "pl"), kind="letter").status_code == 302
    assert send(client, twinning, answers(4, "pl")).status_code == 302
    letter = client.get(url(twinning, "twinning_draft_file", "letter", 1, "docx"))
    compare("letter-4-uk-pl.docx.txt", "\n".join(docx_lines(letter.content)))
    for name in ("cover_letter", "checklist"):
        pdf = client.get(url(twinning, "twinning_paper", name, "pdf"))
        compare(f"{name}-4.pdf.txt", pdf_text(pdf.content))
        docx = client.get(url(twinning, "twinning_paper", name, "docx"))
        assert "{" not in "".join(docx_lines(docx.content))


def test_the_list_for_a_polish_council_has_polish_names_beside_an_english_text():
    twinning = partnership(4)
    client = person(first_member(twinning))
    send(client, twinning, answers(4, "en"), language="en")
    lines = "\n".join(docx_lines(client.get(url(twinning, "twinning_paper", "checklist", "docx")).content))
    for _country, names, _roles, _people in SIDES:
        assert names[1] in lines.replace("\xa0", " ")
        assert names[2] not in lines.replace("\xa0", " ")


@pytest.mark.parametrize("count", [2, 4])
@time_machine.travel("2026-11-26 10:00:00Z", tick=False)
def test_another_language_brings_its_own_text(count):
    twinning = partnership(count)
    client = person(first_member(twinning))
    data = answers(count, "en", own_text="", clauses_1="")
    assert "own_text" in send(client, twinning, data, language="de").context["form"].errors
    data["own_text"] = "VEREINBARUNG\n\nDie Parteien arbeiten zusammen."
    assert send(client, twinning, data, language="de").status_code == 302
    draft = AgreementDraft.objects.get()
    assert not draft.is_parallel
    assert draft.wording.template.languages == "uk"
    assert "німецькою" in str(draft.first)
    pdf, docx = (
        client.get(url(twinning, "twinning_draft_file", "agreement", 1, form)).content
        for form in ("pdf", "docx")
    )
    assert "[Normal de] Die Parteien arbeiten zusammen." in docx_lines(docx)
    compare(f"agreement-{count}-uk-de.pdf.txt", pdf_text(pdf))
    compare(f"agreement-{count}-uk-de.docx.txt", "\n".join(docx_lines(docx)))
    assert not re.search(r"\{(?!громад)|None|\bparty_", pdf_text(pdf))


# --- Versions ------------------------------------------------------------------------------------------------


def test_each_change_is_a_version_and_the_others_are_told():
    twinning = partnership(4)
    members = [party.member for party in twinning.parties.all()]
    for member, language in zip(members, ("uk", "pl", "uk", "en"), strict=True):
        make_representative(member, make_user(language=language))
    client = person(members[0])
    send(client, twinning, answers(4, "pl"))
    assert OutgoingMail.objects.filter(name="partnerships/agreement_written").count() == 3
    send(client, twinning, answers(4, "pl", seen="1"))  # the same again is no version
    send(client, twinning, answers(4, "pl", seen="1", years="", note="Безстрокова"))
    versions = list(AgreementDraft.objects.order_by("version").values_list("version", "note"))
    assert versions == [(1, ""), (2, "Безстрокова")]
    assert (
        list(JournalEntry.objects.about(twinning).values_list("verb", flat=True))
        == ["twinning.draft_written"] * 2
    )
    assert OutgoingMail.objects.filter(name="partnerships/agreement_written").count() == 6
    first, second = AgreementDraft.objects.order_by("version")
    assert "5 років" in str(first.first)
    assert "невизначений" in str(second.first)
    shown = client.get(url(twinning)).context["drafts"][1]
    assert (shown["newest"]["version"], [row["version"] for row in shown["earlier"]]) == (2, [1])


def test_who_wrote_meanwhile_is_not_overwritten_unread():
    twinning = partnership(2)
    client = person(first_member(twinning))
    send(client, twinning, answers(2, "pl"))
    late = send(client, twinning, answers(2, "pl", years="9"))
    assert late.status_code == 422
    assert "newer version" in late.content.decode()
    assert 'name="years" value="9"' in late.content.decode()
    assert (
        send(
            client, twinning, answers(2, "pl", years="9", seen=late.context["form"].data["seen"])
        ).status_code
        == 302
    )
    assert AgreementDraft.objects.count() == 2


def test_a_consent_is_to_one_version():
    twinning = partnership(2)
    member = first_member(twinning)
    client = person(member)
    send(client, twinning, answers(2, "pl"))
    proposal = propose_stage(twinning, member=member, stage="drafted", by=make_user())
    assert proposal.draft == AgreementDraft.objects.get()
    assert AgreementDraft.objects.for_stage(twinning, "letter") is None
    assert AgreementDraft.objects.for_stage(twinning, "solidarity") is None
    shown = next(each for each in client.get(url(twinning)).context["drafts"] if each["kind"] == "agreement")
    assert (len(shown["consents"]["given"]), len(shown["consents"]["missing"])) == (1, 1)
    send(client, twinning, answers(2, "pl", seen="1", years="9"))
    proposal.refresh_from_db()
    assert proposal.status == "lapsed"
    assert AgreementDraft.objects.for_stage(twinning, "in_force").version == 2
    shown = next(each for each in client.get(url(twinning)).context["drafts"] if each["kind"] == "agreement")
    assert (len(shown["consents"]["given"]), len(shown["consents"]["missing"])) == (0, 2)


def test_a_new_version_of_what_was_agreed_is_agreed_to_anew():
    twinning = partnership(2)
    one, other = (party.member for party in twinning.parties.all())
    client = person(one, role="signatory")
    send(client, twinning, answers(2, "pl"))
    first = propose_stage(twinning, member=one, stage="drafted", by=make_user())
    assert consent_to_stage(first, member=other, by=make_user())
    assert Twinning.objects.get(pk=twinning.pk).status == "drafted"
    with pytest.raises(NotAllowed):  # this text has been agreed to
        propose_stage(twinning, member=one, stage="drafted", by=make_user())
    send(client, twinning, answers(2, "pl", seen="1", years="9"))
    assert "version 2 of the text" in client.get(url(twinning, "twinning_stage")).content.decode()
    second = propose_stage(twinning, member=other, stage="drafted", by=make_user())
    assert consent_to_stage(second, member=one, by=make_user())
    second.refresh_from_db()
    assert (second.status, second.draft.version) == ("reached", 2)
    shown = client.get(url(twinning)).context["drafts"][1]
    assert (len(shown["consents"]["given"]), shown["consents"]["missing"]) == (2, [])


def test_the_next_version_begins_with_the_answers_of_the_last_one():
    twinning = partnership(4)
    client = person(first_member(twinning))
    send(client, twinning, answers(4, "pl"))
    party = twinning.parties.all()[2]
    type(party).objects.filter(pk=party.pk).update(left_at=party.agreed_at)
    form = client.get(url(twinning, "twinning_draft", "agreement")).context["form"]
    shown = {
        name: form.initial[name]
        for name in ("areas", "years", "seen", "name_2_0", "signatory_1_1", "clauses_0")
    }
    assert shown == {
        "areas": ["ENE", "EDU"],
        "years": 5,
        "seen": 1,
        "name_2_0": SIDES[3][1][0],  # the fourth is the third now
        "signatory_1_1": "Łukasz Żołądź",
        "clauses_0": "Сторони щороку відзначають День партнерства {громад}.",
    }


def test_the_first_form_knows_what_the_portal_knows():
    place = make_place(country="PL", official_name="Brzozowa", name_uk="Бжозова")
    hromada = make_member(
        country="UA", official_name="Охтирська громада", name_pl="Ochtyrka", signatory_name="Ганна Ґалаґан"
    )
    gmina = make_member(
        country="PL", official_name="Gmina Brzozowa", place=place, name_uk="", signatory_role="Burmistrz"
    )
    client = person(hromada)
    form = client.get(url(make_twinning(hromada, gmina), "twinning_draft", "agreement")).context["form"]
    names = [form.initial[f"name_{number}_{index}"] for number in range(2) for index in range(2)]
    assert names == ["Охтирська громада", "Ochtyrka", "Бжозова", "Gmina Brzozowa"]
    assert (form.initial["signatory_0_0"], form.initial["signatory_0_1"]) == (
        "Ганна Ґалаґан",
        "Hanna Galagan",
    )
    assert (form.initial["role_1_0"], form.initial["role_1_1"]) == ("", "Burmistrz")


def test_the_database_keeps_every_version_as_it_was():
    draft = make_draft()
    changes = [
        lambda: AgreementDraft.objects.update(note="x"),
        lambda: AgreementDraft.objects.all().delete(),
        lambda: AgreementWording.objects.update(first="x"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AgreementDraft.objects.get(pk=draft.pk).note == ""


# --- What is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"areas": []}, "areas", "required"),
        ({"years": "0"}, "years", "greater"),
        ({"years": "99"}, "years", "less"),
        ({"name_1_0": ""}, "name_1_0", "required"),
        ({"name_1_1": "Budex sp. z o.o."}, "name_1_1", "Law 3668-IX"),
        ({"name_1_0": "ТОВ «Світло»"}, "name_1_0", "Law 3668-IX"),
        ({"place_1": ""}, "place_1", "other language"),
        ({"signatory_0_0": ""}, "signatory_0_0", "other language"),
        ({"clauses_1": ""}, "clauses_1", "counterpart"),
        ({"clauses_0": "x" * 6001}, "clauses_0", "6000"),
    ],
)
def test_bad_input_is_said_at_the_field_and_stays(changes, field, words):
    twinning = partnership(2)
    response = send(person(first_member(twinning)), twinning, answers(2, "pl", **changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert words in str(response.context["form"].errors[field])
    assert "Burmistrz" in response.content.decode()
    assert not AgreementDraft.objects.exists()


@pytest.mark.parametrize(
    ("status", "reason"),
    [("in_approval", "AT_MINISTRY"), ("in_force", "IN_FORCE"), ("ended", "ENDED"), ("dormant", "IN_FORCE")],
)
def test_no_draft_where_there_is_nothing_to_agree(status, reason):
    more = {
        "ended": {"end_reason": "agreed", "ended_on": "2026-01-01"},
        "dormant": {"stage_before_dormant": "in_force"},
    }
    twinning = partnership(2, status=status, **more.get(status, {}))
    client = person(first_member(twinning))
    words = AgreementRefused.WORDS[getattr(AgreementRefused, reason)]
    assert client.get(url(twinning, "twinning_draft", "agreement")).status_code == 302
    assert str(words) in client.get(url(twinning)).content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("parties", "reason"),
    [
        (lambda: [make_member(country="UA")], AgreementRefused.FEW),
        (lambda: [make_member(country="DE"), make_member(country="PL")], AgreementRefused.NOT_UKRAINIAN),
        (lambda: [make_member(country="UA"), "Budex GmbH"], AgreementRefused.BUSINESS),
        (
            lambda: [make_member(country="UA"), make_member(kind=Member.Kind.INSTITUTION, country="LU")],
            AgreementRefused.INSTITUTION,
        ),
    ],
)
def test_who_cannot_be_a_party_is_refused_with_an_explanation(parties, reason):
    twinning = make_twinning(*parties())
    member = first_member(twinning)
    terms = {"parties": [], "languages": ["uk", "pl"]}
    with pytest.raises(AgreementRefused) as refused:
        write_draft(twinning, kind="agreement", terms=terms, member=member, by=make_user())
    assert refused.value.args[0] == reason
    assert not AgreementDraft.objects.exists()


def test_businesses_are_told_by_their_legal_form():
    businesses = [
        "ТОВ «Світло»",
        "Budex Sp. z o.o.",
        "Stadtwerke GmbH",
        "Acme Ltd",
        "Energia S.A.",
        "PROJEKT s.r.o.",
        "КП «Водоканал»",
        "Комунальне підприємство Житомира",
        "ДП „Антонов”",
        "Przedsiębiorstwo Wodociągów",
        "Energia SpA",
        "Bouw BV",
        "Budapest Kft.",
        "SIA Rīga",
        "Helsinki Oy",
    ]
    authorities = [
        "Львівська міська рада", "Gmina Starzyska nad Wisłą", "Асоціація міст України", "Comune di S. Arcangelo",
        "Ville de Sarlat", "Атлантична громада", "Związek Miast Polskich", "Regione Sicilia",
        "Ville de Spa", "Buchs AG", "Sia", "Oy-Mittelberg", "Спілка підприємців і громад", "КП-5 (мікрорайон)",
    ]  # fmt: skip
    assert all(looks_like_business(name) for name in businesses)
    assert not any(looks_like_business(name) for name in authorities)


# --- Who may -------------------------------------------------------------------------------------------------


def test_parties_read_editors_write_nobody_else_gets_anything():
    twinning = partnership(2)
    make_draft(twinning)
    asked = make_party(twinning, make_member(), agreed_at=None, agreed_by=None)
    gone = make_party(twinning, make_member())
    type(gone).objects.filter(pk=gone.pk).update(left_at=gone.agreed_at)
    coordinator = at_desk()
    people = {
        "editor": (person(first_member(twinning)), 200, 200),
        "viewer": (person(first_member(twinning), role="viewer"), 200, 403),
        "asked": (person(asked.member), 404, 404),
        "gone": (person(gone.member), 404, 404),
        "other": (person(make_member()), 404, 404),
        "desk": (coordinator, 404, 404),
        "anonymous": (Client(), 302, 302),
    }
    reading = (
        url(twinning),
        url(twinning, "twinning_draft_file", "agreement", 1, "pdf"),
        url(twinning, "twinning_paper", "cover_letter", "docx"),
    )
    for name, (client, read, write) in people.items():
        assert [client.get(address).status_code for address in reading] == [read] * 3, name
        assert client.get(url(twinning, "twinning_draft", "agreement")).status_code == write, name


def test_the_desk_reads_that_a_draft_exists_and_everyone_else_not_even_that():
    twinning = partnership(2)
    make_draft(twinning)
    page = reverse("partnerships:twinning_detail", args=[twinning.slug])
    desk = at_desk()
    assert "Draft agreement, version 1" in desk.get(page).content.decode()
    assert url(twinning) not in desk.get(page).content.decode()
    assert "Draft agreement" not in Client().get(page).content.decode()
    assert url(twinning) in person(first_member(twinning)).get(page).content.decode()


def test_unknown_papers_versions_and_forms_are_not_there():
    twinning = partnership(2)
    client = person(first_member(twinning))
    assert client.get(url(twinning, "twinning_paper", "cover_letter", "pdf")).status_code == 404
    make_draft(twinning)
    for address in (
        url(twinning, "twinning_paper", "agreement", "pdf"),
        url(twinning, "twinning_paper", "cover_letter", "exe"),
        url(twinning, "twinning_draft_file", "agreement", 2, "pdf"),
        url(twinning, "twinning_draft_file", "letter", 1, "pdf"),
        url(twinning, "twinning_draft", "novel"),
    ):
        assert client.get(address).status_code == 404, address


def test_the_page_asks_as_much_for_four_versions_as_for_one(django_assert_max_num_queries):
    twinning = partnership(4)
    draft = make_draft(twinning)
    proposed = {"twinning": twinning, "party": twinning.parties.first(), "author": draft.written_by}
    StageProposal.objects.create(**proposed, draft=draft, stage="drafted", number=1, status="lapsed")
    client = person(first_member(twinning))
    client.get(url(twinning))
    with django_assert_max_num_queries(30) as one:
        client.get(url(twinning))
    for version in (2, 3, 4):
        draft = make_draft(twinning, version=version, wording=draft.wording)
    for number in (2, 3, 4):
        StageProposal.objects.create(**proposed, draft=draft, stage="drafted", number=number, status="lapsed")
    with django_assert_max_num_queries(len(one)):
        client.get(url(twinning))


# --- The desk words the templates ----------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def template_page(template):
    return reverse("admin:partnerships_agreementtemplate_change", args=[template.pk])


def test_what_the_desk_words_anew_changes_the_next_version_only(desk):
    twinning = partnership(2)
    client = person(first_member(twinning))
    send(client, twinning, answers(2, "pl"))
    template = AgreementTemplate.objects.get(kind="agreement", languages="uk+pl")
    shown = desk.get(template_page(template)).context["adminform"].form
    chapters = {"first": "\n# Нове\n+ Нове", "second": "\n# Nowe\n+ Nowe"}
    texts = {name: shown.initial[name] + chapter for name, chapter in chapters.items()}
    response = desk.post(template_page(template), texts | {"note": "a chapter"} | MANAGEMENT)
    assert response.status_code == 302
    assert next((row.number, row.note, row.actor) for row in template.wordings.all()) == (
        2,
        "a chapter",
        desk.user,
    )
    assert JournalEntry.objects.filter(verb="agreementtemplate.worded", actor=desk.user).count() == 1
    send(client, twinning, answers(2, "pl", seen="1"))
    first, second = AgreementDraft.objects.order_by("version")
    assert "Нове" not in str(first.first)
    assert "Нове" in str(second.first)
    assert "Nowe" in str(second.second)
    assert (first.wording.number, second.wording.number) == (1, 2)


MANAGEMENT = {"wordings-TOTAL_FORMS": "0", "wordings-INITIAL_FORMS": "0"}


@pytest.mark.parametrize(
    ("first", "second", "field", "words"),
    [
        ("= T\n{nobody}", "= T\nx", "first", "Line 2: {nobody} is not known"),
        ("= T\n{if term}", "= T\n{if term}", "first", "{end} is missing"),
        ("= T\n+ a", "= T\na", "second", "Line 2"),
        ("", "= T", "first", "required"),
    ],
)
def test_what_is_wrong_in_a_template_is_said_at_the_field_and_nothing_is_stored(
    desk, first, second, field, words
):
    template = AgreementTemplate.objects.get(kind="agreement", languages="uk+pl")
    response = desk.post(template_page(template), {"first": first, "second": second} | MANAGEMENT)
    assert response.status_code == 422
    assert words in str(response.context["adminform"].form.errors[field])
    assert template.wordings.count() == 1


def test_templates_are_loaded_once_and_what_the_desk_wrote_stays(desk):
    template = AgreementTemplate.objects.get(kind="checklist")
    write_wording(template, texts=["= Nowa lista"], by=desk.user)
    assert load_templates() == 0
    assert AgreementTemplate.objects.wording("checklist", "pl").first == "= Nowa lista"
    again = write_wording(template, texts=["= Nowa lista"], by=desk.user)
    assert (again.number, template.wordings.count()) == (2, 2)
    assert desk.get(reverse("admin:partnerships_agreementtemplate_changelist")).status_code == 200


def test_a_version_is_a_sign_of_life_and_wakes_a_dormant_partnership():
    twinning = partnership(2, status="dormant", stage_before_dormant="letter")
    send(person(first_member(twinning)), twinning, answers(2, "pl"))
    woken = Twinning.objects.get(pk=twinning.pk)
    assert (woken.status, woken.stage_before_dormant) == ("letter", "")
    assert woken.lively_at > twinning.lively_at

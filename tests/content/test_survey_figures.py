"""What is told of the answers to a survey: nobody can compute a small count, and the figures are those of a recount."""

import csv
import io
import itertools
import json
import random
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from alliance.content.actions import surveys
from alliance.content.models import Survey
from alliance.content.models.survey_queries import counted
from alliance.content.suppression import THRESHOLD, WIDTH, protect_line
from alliance.content.survey_figures import Counted, figures_of
from alliance.core.journal import SYSTEM
from tests.factories import make_member, make_survey, make_survey_answer, make_user

# --- a line of counts ---


@pytest.mark.parametrize(("size", "totals"), [(2, range(10, 40)), (3, range(10, 24)), (4, [10, 14, 16])])
def test_whoever_tries_the_rule_on_every_line_learns_no_small_count(size, totals):
    for total in totals:
        heads = itertools.product(range(total + 1), repeat=size - 1)
        lines = [(*head, total - sum(head)) for head in heads if sum(head) <= total]
        behind = defaultdict(list)
        for line in lines:
            behind[tuple(protect_line(dict(zip("abcd", line, strict=False))).values())].append(line)
        for told, possible in behind.items():
            for place, count in enumerate(told):
                values = {line[place] for line in possible}
                if count is None:
                    assert len(values) >= WIDTH, (told, values)
                    assert max(values) >= THRESHOLD, (told, values)
                else:
                    assert values == {count}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((30, 20, 10), (30, 20, 10)),
        ((30, 0, 5), (30, 0, 5)),
        ((60, 37, 3), (60, None, None)),
        ((60, 30, 7, 3), (60, 30, None, None)),
        ((5, 3, 1), (None, None, None)),
        ((12, 11, 2), (12, None, None)),
        ((12, 11, 4), (None, None, None)),
        ((0, 0), (None, None)),
    ],
)
def test_what_is_told_of_a_line(counts, told):
    assert tuple(protect_line(dict(zip("abcd", counts, strict=False))).values()) == told


# --- the figures of a survey ---


def test_few_answers_tell_only_that_they_are_few():
    question = Counted(1, "one", {"7": 3, "8": 1}, 4)
    assert figures_of(40, 4, [question]) == {
        "asked": 40,
        "answered": None,
        "questions": [
            {
                "id": 1,
                "kind": "one",
                "cells": [{"key": key, "count": None} for key in ("7", "8", "none")],
            }
        ],
    }
    assert figures_of(40, 9, [Counted(1, "one", {"7": 9}, 9)])["questions"][0]["cells"][0]["count"] is None


def rows_of(answered, counts):
    """What a question tells, row by row."""
    (told,) = figures_of(40, answered, [Counted(1, "one", counts, sum(counts.values()))])["questions"]
    return {cell["key"]: cell["count"] for cell in told["cells"]}


def test_where_all_is_kept_back_the_rows_do_not_say_whether_somebody_left_the_question_out():
    untold = {"7": None, "8": None, "9": None, "none": None}
    for everybody, not_all in (((4, 2, 1), (3, 1, 1)), ((12, 11, 4), (12, 11, 0))):
        for counts in (everybody, not_all):
            assert rows_of(sum(everybody), dict(zip("789", counts, strict=True))) == untold
    assert rows_of(30, {"7": 20, "8": 10}) == {"7": 20, "8": 10}, "where it is told, nobody has no row"


@pytest.mark.parametrize(
    ("numbers", "average", "median"),
    [
        ([10, 20, 30, 40, 50, 60], 35.0, 35.0),
        # The second largest could work out the largest.
        ([1000, 30, 20, 10, 5, 1], None, 15.0),
        ([0] * 10, 0.0, 0.0),
        ([1, 2, 3, 4], None, None),
    ],
)
def test_an_average_gives_nobody_away(numbers, average, median):
    given = tuple(map(Decimal, numbers))
    (told,) = figures_of(50, 20, [Counted(1, "number", given=len(given), numbers=given)])["questions"]
    assert (told.get("average"), told.get("median")) == (average, median)


def test_the_average_of_a_scale_is_told_only_with_all_of_its_counts():
    whole = {"1": 5, "2": 0, "3": 10, "4": 20, "5": 15}
    (told,) = figures_of(60, 50, [Counted(1, "scale", whole, 50)])["questions"]
    assert told["average"] == 3.8
    (told,) = figures_of(60, 50, [Counted(1, "scale", whole | {"1": 2, "5": 18}, 50)])["questions"]
    assert "average" not in told


def test_of_several_choices_what_nearly_all_chose_is_kept_back_like_what_few_chose():
    (told,) = figures_of(60, 50, [Counted(1, "several", {"7": 48, "8": 3, "9": 25, "10": 0}, 50)])[
        "questions"
    ]
    assert [cell["count"] for cell in told["cells"]] == [None, None, 25, 0]


RECOUNT = """
SELECT question.kind, question.position, option.position, value.scale, count(*), count(DISTINCT value.answer_id)
FROM content_surveyvalue value
JOIN content_surveyanswer sheet ON sheet.id = value.answer_id AND sheet.answered_at IS NOT NULL
JOIN content_surveyquestion question ON question.id = value.question_id
LEFT JOIN content_surveyoption option ON option.id = value.option_id
WHERE sheet.survey_id = %s
GROUP BY 1, 2, 3, 4
"""


def randomly_answered(seed, members):
    """A closed survey of many members, each with an answer by chance, some with none."""
    chance, survey = random.Random(seed), make_survey("closed")
    for _number in range(members):
        says = {
            "one": chance.choice([1, 1, 1, 2, 2, 3]),
            "several": chance.sample([1, 2, 3], chance.randint(1, 3)),
            "number": Decimal(chance.randint(0, 400)),
            "scale": chance.choice([3, 4, 5]),
            "text": "Words",
        }
        left = {kind: value for kind, value in says.items() if chance.random() < 0.8 or kind == "text"}
        make_survey_answer(survey, make_member(), says=left if chance.random() < 0.85 else None)
    return survey


@pytest.mark.django_db
def test_the_summary_is_what_an_independent_recount_finds():
    survey = randomly_answered(7, 60)
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [survey.pk])
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT count(*), count(answered_at) FROM content_surveyanswer WHERE survey_id = %s", [survey.pk]
        )
        asked, answered = cursor.fetchone()
        cursor.execute(
            "SELECT avg(number)::numeric(14, 2), percentile_cont(0.5) WITHIN GROUP (ORDER BY number) "
            "FROM content_surveyvalue WHERE kind = 'number'"
        )
        average, median = cursor.fetchone()
    surveys.publish_survey(survey, by=SYSTEM)
    figures = Survey.objects.get(pk=survey.pk).figures
    assert (figures["asked"], figures["answered"]) == (asked, answered)
    assert asked == 60 > answered > 40
    recounted = {(kind, option or scale): n for kind, _place, option, scale, n, _given in rows}
    told = 0
    for question, each in zip(survey.questions.all(), figures["questions"], strict=True):
        places = {str(option.pk): option.position for option in question.options.all()}
        for cell in each.get("cells", []):
            if cell["key"] == "none" or cell["count"] is None:
                continue
            place = places.get(cell["key"]) or int(cell["key"])
            assert cell["count"] == recounted.get((question.kind, place), 0)
            told += 1
    assert told >= 6
    by_kind = {each["kind"]: each for each in figures["questions"]}
    assert by_kind["number"]["given"] == recounted["number", None]
    assert (by_kind["number"]["average"], by_kind["number"]["median"]) == (float(average), float(median))
    assert by_kind["text"]["given"] == recounted["text", None]
    assert "Words" not in json.dumps(figures)


@pytest.mark.django_db
def test_counting_costs_the_same_for_any_number_of_answers(django_assert_num_queries):
    survey = make_survey("closed")
    for _round in range(2):
        make_survey_answer(
            survey, says={"one": 1, "several": [1, 2], "number": 3, "scale": 5, "text": "Words"}
        )
        with django_assert_num_queries(7):
            counted(survey)


# --- for everyone ---


@pytest.fixture
def published():
    survey = randomly_answered(11, 30)
    for code, words in (
        ("en", "We need **buses**."),
        ("pl", "Brakuje autobusów."),
        ("uk", "Бракує автобусів."),
    ):
        setattr(survey, f"result_{code}", words)
    survey.save()
    surveys.publish_survey(survey, by=SYSTEM)
    return survey


@pytest.mark.django_db
def test_everyone_reads_the_summary_and_nobody_what_was_not_published(client, published):
    page = client.get(published.get_absolute_url())
    assert page.status_code == 200
    assert "We need <strong>buses</strong>." in page.text
    assert "Words" not in page.text
    assert "Бракує автобусів." in client.get(published.get_absolute_url().replace("/en/", "/uk/")).text
    for name in ("content:policy", "content:survey_list"):
        assert published.get_absolute_url() in client.get(reverse(name)).text
    assert "sessionid" not in client.cookies
    for status in ("draft", "open", "closed"):
        other = make_survey(status)
        assert client.get(other.get_absolute_url()).status_code == 404
        assert client.get(reverse("content:survey_file", args=[other.slug, "json"])).status_code == 404
        assert other.title_en not in client.get(reverse("content:survey_list")).text


@pytest.mark.django_db
def test_page_and_files_tell_the_same(client, published):
    cells = [cell["count"] for each in published.figures["questions"] for cell in each.get("cells", [])]
    address = reverse("content:survey_file", args=[published.slug, "json"])
    found = json.loads(b"".join(client.get(address)))
    assert [row["count"] for question in found["questions"] for row in question["answers"]] == cells
    assert found["questions"][0]["answers"][0]["label"]["pl"] == "Choice 1 pl"
    address = reverse("content:survey_file", args=[published.slug, "csv"])
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(address)).decode("utf-8-sig"))))
    told = [row for row in rows if row["measure"] == "members"]
    assert [int(row["value"]) if row["value"] else None for row in told] == cells
    assert all((row["kept_back"] == "yes") == (row["value"] == "") for row in rows)
    assert client.get(reverse("content:survey_file", args=[published.slug, "pdf"])).status_code == 404


@pytest.mark.django_db
def test_no_spreadsheet_runs_what_stands_in_a_question_or_a_choice(client, published):
    question = published.questions.first()
    type(question).objects.filter(pk=question.pk).update(label_en='=HYPERLINK("https://example.org")')
    choice = question.options.first()
    type(choice).objects.filter(pk=choice.pk).update(label_en="-5 to 0 °C")
    address = reverse("content:survey_file", args=[published.slug, "csv"])
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(address)).decode("utf-8-sig"))))
    assert {row["question_en"] for row in rows if row["question"] == "1"} == {
        '\'=HYPERLINK("https://example.org")'
    }
    assert "'-5 to 0 °C" in {row["choice_en"] for row in rows}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["content:survey_list", "content:policy"])
def test_lists_cost_as_much_for_three_rows_as_for_one(client, name, django_assert_max_num_queries):
    client.force_login(make_user())  # past the micro-cache
    counts = []
    for _round in range(2):
        make_survey("published")
        client.get(reverse(name))
        with django_assert_max_num_queries(20) as asked:
            client.get(reverse(name))
        counts.append(len(asked))
        make_survey("published")
    assert counts[0] == counts[1]

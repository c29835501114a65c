"""The open interface against its own description: requests made up from it, good and bad; and what it describes."""

import json
import random
from collections import Counter
from urllib.parse import urlencode

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from alliance.content.views.api import interface
from alliance.core.problems import CONTENT_TYPE
from partnerships.actions.search import reindex_listings
from tests.factories import (
    make_appeal,
    make_document,
    make_event,
    make_listing,
    make_member,
    make_place,
    make_pledge_line,
    make_sector,
    make_twinning,
)
from tests.journeys.crawl.nasty import VALUES

pytestmark = pytest.mark.django_db
# A request that is good by its types may still ask for what does not exist (a day that no calendar has), so refusing
# one is no fault; an answer that the description does not have is.
CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]
EXAMPLES = 6


@pytest.fixture
def rows():
    """One of everything, by the names of the parameters that ask for one."""
    member = make_member(place=make_place(register="katotth", code="UA01"), country="UA")
    need, offer = make_listing([make_sector()], kind="need", member=member), make_listing()
    line = make_pledge_line(listing_line=need.lines.get())
    make_event(line, "committed", 2)
    reindex_listings()
    return {
        "member_id": member.slug,
        "place_register": "katotth",
        "place_code": "UA01",
        "need_id": need.slug,
        "offer_id": offer.slug,
        "appeal_id": make_appeal().slug,
        "twinning_id": make_twinning(member, make_member()).slug,
        "delivery_id": line.slug,
        "document_id": make_document().slug,
    }


@pytest.fixture
def schema(rows, monkeypatch):
    """Asked as the server asks, within the transaction of the test."""
    monkeypatch.setattr(interface, "REQUESTS_PER_NETWORK", 1_000_000)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(reverse("api:openapi-json"), get_wsgi_application())
    for signal in signals:
        signal.connect(close_old_connections)


def operations(schema):
    return [found.ok() for found in schema.get_all_operations()]


def test_no_request_meets_an_answer_that_is_not_described(schema, rows):
    asked, met = operations(schema), Counter()
    assert len(asked) >= 14
    for operation in asked:
        names = [parameter.name for parameter in operation.path_parameters]
        known = operation.Case(path_parameters={name: rows[name] for name in names})
        assert known.call_and_validate(checks=CHECKS).status_code == 200, operation.path
        met += ask_many(operation.as_strategy())
        if operation.query:  # of a path nothing is wrong by its type
            met += ask_many(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    assert met[200] > EXAMPLES
    assert met[404] > EXAMPLES
    assert met[422] > EXAMPLES


def ask_many(strategy):
    """What was answered, how often."""
    met = Counter()

    @seed(5)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def ask(case):
        met[case.call_and_validate(checks=CHECKS).status_code] += 1

    ask()
    return met


def test_the_description_is_openapi_3_1_and_says_what_may_go_wrong():
    response = Client().get(reverse("api:openapi-json"))
    found = response.json()
    assert found["openapi"].startswith("3.1")
    assert found["info"]["license"]["name"] == "CC BY 4.0"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    for path, operations_of_path in found["paths"].items():
        assert list(operations_of_path) == ["get"], path
        answers = operations_of_path["get"]["responses"]
        assert {"200", "304", "400", "405", "422", "429", "500", "503"} <= set(answers)
        assert ("404" in answers) == ("{" in path or path.endswith("/deliveries"))
        assert list(answers["429"]["content"]) == [CONTENT_TYPE]
    assert 'additionalProperties": false' not in json.dumps(found)
    # No page of it that would load scripts from elsewhere.
    assert Client().get("/api/v1/docs").status_code == 404


def test_nasty_values_do_no_harm(schema, rows):
    """Each parameter of each list with values that nobody foresaw, as far as they can be sent."""
    dice, met = random.Random(20261127), Counter()
    for operation in operations(schema):
        for parameter in operation.query:
            for value in dice.sample(VALUES, 4):
                sent = value.encode("utf-8", "surrogatepass").replace(b"\0", b"%00")
                query = urlencode({parameter.name: sent})
                response = Client().get(f"{operation.path.partition('{')[0]}?{query}"[:7_900])
                assert response.status_code in (200, 400, 404, 422), (operation.path, parameter.name, value)
                assert response.headers["Content-Type"] in (CONTENT_TYPE, "application/json; charset=utf-8")
                met[response.status_code] += 1
    assert met[422] > 50

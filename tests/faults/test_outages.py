"""Redis or PostgreSQL away, with real processes: what a visitor sees, how long it takes, and what is left to do."""

import re
import time

import pytest

from alliance.core.forms import shown_at_token
from alliance.core.models import OutgoingMail
from tests.factories import make_member, make_user
from tests.faults.visitors import Visitor
from tests.live import wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

# Of an idle machine. On a busy one all takes longer, what is waited for and what is computed: `slowness` measures it.
SLOWEST = 3.0  # seconds of a POST without Redis
SLOWEST_REFUSAL = 5.0  # seconds until the visitor knows that the database is away
BACK_WITHIN = 10.0  # seconds after the database is back
A_PAGE = 0.1


FORMS = {
    "/uk/contact/": {
        "topic": "membership",
        "subject": "Joining",
        "text": "How does our municipality join?",
        "name": "Visitor",
        "email": "contact@example.org",
    },
    "/uk/account/signup/": {"email": "signup@example.org", "password1": "a long phrase"},
    "/uk/account/password/reset/": {"email": "reset@example.org"},
    "/uk/members/join/?place=none": {
        "kind": "municipality",
        "official_name": "Town",
        "country": "PL",
        "contact_name": "Visitor",
        "email": "join@example.org",
        "homepage": "",
    },
    "/uk/members/join/resume/": {"who": "resume@example.org", "homepage": ""},
}
WRITTEN_TO = {f"{name}@example.org" for name in ("contact", "signup", "reset", "join", "resume")}
CLOSED = {
    "/uk/account/login/": {"login": "reset@example.org", "password": "wrong"},
    "/uk/account/login/code/": {"email": "reset@example.org"},
}


def slowness(portal) -> float:
    """How many times longer than on an idle machine the pages take, asked again while nothing is broken."""
    _first, again = ([Visitor(portal).ask(path).seconds for path in FORMS] for _ in range(2))
    return max(1.0, max(again) / A_PAGE)


@pytest.mark.parametrize("fault", ["refuses", "hangs"])
def test_without_redis_forms_work_the_login_is_closed_and_mails_go_out_afterwards(
    sink, broker, start_portal, start_worker, start_beat, fault
):
    make_user(email="reset@example.org")
    make_member(contact_email="resume@example.org", status="draft")
    start_worker(sink, REDIS_URL=broker.url)
    start_beat(sink, REDIS_URL=broker.url)
    portal = start_portal(sink, REDIS_URL=broker.url)
    slowest = SLOWEST * slowness(portal)
    broker.stop() if fault == "refuses" else broker.freeze()
    time.sleep(0.5)
    for path, form in FORMS.items():
        time.sleep(1)  # so that some of them meet the end of a pause, when the cache is tried again
        answer = Visitor(portal).post(path, form | {"shown_at": shown_at_token(60)})
        assert answer.status == 302, path
        assert answer.seconds < slowest, path
    for path, form in CLOSED.items():
        answer = Visitor(portal).post(path, form)
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "60"
        assert '<html lang="uk"' in answer.page
        assert answer.seconds < slowest
    assert {mail.to for mail in OutgoingMail.objects.all()} >= WRITTEN_TO
    assert not sink.taken, "the fault is there: no worker hears of the mails"
    broker.start() if fault == "refuses" else broker.thaw()
    wait_for(lambda: {to for to, _content in sink.taken} >= WRITTEN_TO, 40, "the mails go out")
    assert max(sink.message_ids().values()) == 1
    wait_for(lambda: Visitor(portal).post(*next(iter(CLOSED.items()))).status == 422, 15, "the login opens")


def test_without_the_database_visitors_get_a_page_of_theirs_and_it_comes_back(sink, database, start_portal):
    portal = start_portal(sink, DATABASE_URL=database.url)
    visitor, times = Visitor(portal), slowness(portal)
    whole = visitor.ask("/pl/members/")
    assert whole.status == 200
    assert not re.search(r"\d", whole.headers.get("Server", "")), "no version of the server"
    database.stop()
    form = FORMS["/uk/contact/"] | {"shown_at": shown_at_token(60)}
    answers = [visitor.ask(f"{path}?fresh") for path in ("/pl/", "/pl/members/", "/pl/members/map/")]
    answers.append(visitor.post("/pl/contact/", form))  # the page itself needs no database
    for answer in answers:
        assert answer.status == 503
        assert '<html lang="pl"' in answer.page
        assert answer.seconds < SLOWEST_REFUSAL * times
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    database.start()
    start = time.monotonic()
    wait_for(
        lambda: visitor.ask(f"/pl/members/?fresh={time.monotonic()}").status == 200, BACK_WITHIN, "pages"
    )
    assert visitor.post("/pl/contact/", form).status == 302
    assert time.monotonic() - start < BACK_WITHIN * times
    assert database.rows("SELECT count(*) FROM content_ticket") == [(1,)]

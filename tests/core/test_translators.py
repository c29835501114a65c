"""The three services' protocols, against a local fake of each that speaks HTTP."""

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from alliance.core.translators import Order, Service, ServiceFailed, parse, translate

ORDER = Order("Потрібні генератори", "uk", "pl", "https://portal.example.org/callback/", "17")
REALM, NONCE = "etranslation", "abc"


class Fake(BaseHTTPRequestHandler):
    """Answers as `server.answer(path, headers, body)` says: (status, body)."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer, headers = self.server.answer(self.path, self.headers, json.loads(body))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        payload = answer.encode()
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args):
        pass


@pytest.fixture
def fake():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fake)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def service(fake, setting: str) -> Service:
    return parse(setting.format(port=fake.server_address[1]))


def answering(fake, status, answer):
    def reply(path, headers, body):
        fake.asked.append((path, dict(headers), body))
        return status, answer, {}

    fake.answer = reply


def test_libretranslate_sends_text_and_key_and_reads_the_answer(fake):
    answering(fake, 200, '{"translatedText": "Potrzebne agregaty"}')
    at = service(fake, "libretranslate+http://:se%2Fcret@127.0.0.1:{port}")
    assert translate(at, ORDER) == "Potrzebne agregaty"
    path, _headers, body = fake.asked[0]
    assert path == "/translate"
    assert body == {"q": ORDER.text, "source": "uk", "target": "pl", "format": "text", "api_key": "se/cret"}


def test_deepl_sends_the_key_in_a_header_and_british_english(fake):
    answering(fake, 200, '{"translations": [{"text": "Generators needed"}]}')
    at = service(fake, "deepl+http://:key@127.0.0.1:{port}")
    order = Order(ORDER.text, "uk", "en", "", "1")
    assert translate(at, order) == "Generators needed"
    path, headers, body = fake.asked[0]
    assert (path, headers["Authorization"]) == ("/v2/translate", "DeepL-Auth-Key key")
    assert body == {"text": [ORDER.text], "source_lang": "UK", "target_lang": "EN-GB"}


def digest_of(headers, user, password, uri):
    """Whether an Authorization header proves the password (RFC 7616, MD5, qop=auth)."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', headers.get("Authorization", "")))
    md5 = lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # noqa: E731
    ha1, ha2 = md5(f"{user}:{REALM}:{password}"), md5(f"POST:{uri}")
    expected = md5(f"{ha1}:{NONCE}:{given.get('nc')}:{given.get('cnonce')}:auth:{ha2}")
    return given.get("response") == expected


def test_etranslation_proves_its_password_and_waits_for_the_callback(fake):
    def reply(path, headers, body):
        fake.asked.append((path, dict(headers), body))
        if not digest_of(headers, "alliance", "pass word", "/si/translate"):
            challenge = f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5'
            return 401, "", {"WWW-Authenticate": challenge}
        return 200, "12345", {}

    fake.answer = reply
    at = service(fake, "etranslation+http://alliance:pass%20word@127.0.0.1:{port}/si")
    assert translate(at, ORDER) is None
    assert len(fake.asked) == 2
    body = fake.asked[-1][2]
    assert body["textToTranslate"] == ORDER.text
    assert (body["sourceLanguage"], body["targetLanguages"]) == ("UK", ["PL"])
    assert body["requesterCallback"] == body["errorCallback"] == ORDER.callback
    assert body["externalReference"] == "17"


@pytest.mark.parametrize(
    ("kind", "status", "answer", "is_passing"),
    [
        ("libretranslate", 429, "{}", True),
        ("libretranslate", 503, "", True),
        ("libretranslate", 400, '{"error": "bad"}', False),
        ("libretranslate", 200, "<html>", True),
        ("libretranslate", 200, '{"translatedText": "  "}', False),
        ("deepl", 456, "{}", True),
        ("deepl", 403, "{}", False),
        ("deepl", 200, '{"translations": []}', True),
        ("etranslation", 200, "-20028", True),
        ("etranslation", 200, "-20003", False),
        ("etranslation", 200, "what?", True),
    ],
)
def test_what_goes_wrong_says_whether_it_passes(fake, kind, status, answer, is_passing):
    answering(fake, status, answer)
    with pytest.raises(ServiceFailed) as failure:
        translate(service(fake, kind + "+http://u:p@127.0.0.1:{port}"), ORDER)
    assert failure.value.is_passing is is_passing


def test_a_service_that_is_away_is_asked_again(fake):
    port = fake.server_address[1]
    fake.shutdown()
    fake.server_close()
    with pytest.raises(ServiceFailed) as failure:
        translate(parse(f"libretranslate+http://127.0.0.1:{port}"), ORDER)
    assert failure.value.is_passing


@pytest.mark.parametrize("setting", ["ftp://x", "deepl://", "deepl+file://host", "nonsense"])
def test_a_setting_that_names_no_service_is_refused(setting):
    with pytest.raises(ValueError, match="MACHINE_TRANSLATION"):
        parse(setting)


def test_a_setting_is_taken_apart():
    assert parse("") is None
    assert parse("deepl://:k%40y@api.deepl.com") == Service("deepl", "https://api.deepl.com", "", "k@y")

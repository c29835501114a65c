"""Machine translation services behind one interface: eTranslation, LibreTranslate, DeepL. Off unless configured.

Only the worker calls them (`core.machine_translation`), never a request. Nothing here knows a table.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

SECONDS = 20
LARGEST_ANSWER = 1_000_000
# What a service may be asked again for, later.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
DEEPL_QUOTA = 456


class ServiceFailed(Exception):
    """A service did not translate. ``is_passing``: worth another try later."""

    def __init__(self, reason: str, *, is_passing: bool) -> None:
        super().__init__(reason)
        self.is_passing = is_passing


@dataclass(frozen=True)
class Service:
    """Where and as whom: parsed from ``etranslation://user:password@host/path``, ``deepl://:key@host`` and the like."""

    kind: str
    url: str
    user: str = ""
    secret: str = ""


@dataclass(frozen=True)
class Order:
    """One text to translate. ``callback`` is where an asynchronous service sends its result."""

    text: str
    source: str
    target: str
    callback: str
    reference: str


class Translator(Protocol):
    """:returns: the translation, or None when the service will send it to ``order.callback``
    :raises ServiceFailed:"""

    def __call__(self, service: Service, order: Order) -> str | None: ...


def parse(setting: str) -> Service | None:
    """The service that a setting names; None for an empty one.

    The scheme says which protocol; ``+http`` behind it (``libretranslate+http://…``) leaves out TLS.

    :raises ValueError: for a protocol that is none of `TRANSLATORS`
    """
    if not setting:
        return None
    parts = urlsplit(setting)
    kind, _plus, scheme = parts.scheme.partition("+")
    if kind not in TRANSLATORS or scheme not in ("", "http", "https") or not parts.hostname:
        raise ValueError(
            f"MACHINE_TRANSLATION: {kind} is none of {', '.join(TRANSLATORS)}, or no host is named"
        )
    port = f":{parts.port}" if parts.port else ""
    url = f"{scheme or 'https'}://{parts.hostname}{port}{parts.path.rstrip('/')}"
    return Service(kind, url, unquote(parts.username or ""), unquote(parts.password or ""))


def translate(service: Service, order: Order) -> str | None:
    """Hand one text to a service. See `Translator`."""
    return TRANSLATORS[service.kind](service, order)


# --- The three protocols -----------------------------------------------------------------------------------


def etranslation(service: Service, order: Order) -> None:
    """The European Commission's service: a text is ordered, and its translation arrives by a POST of its own.

    Source: “How to submit a translation request via the eTranslation web service”, European Commission. Digest
    authentication; the answer is a number: positive the request's id, negative an error.
    """
    body = {
        "callerInformation": {"application": service.user},
        "textToTranslate": order.text,
        "sourceLanguage": order.source.upper(),
        "targetLanguages": [order.target.upper()],
        "domain": "GEN",
        "externalReference": order.reference,
        "requesterCallback": order.callback,
        "errorCallback": order.callback,
    }
    answer = _post(f"{service.url}/translate", body, {}, _digest(service))
    try:
        number = int(answer.strip())
    except ValueError:
        raise ServiceFailed("the service answered with no number", is_passing=True) from None
    if number < 0:
        # Of the documented codes only “too many requests at once” and internal errors pass by themselves.
        raise ServiceFailed(f"error {number}", is_passing=number in (-20028, -20049, -20048, -1))


def libretranslate(service: Service, order: Order) -> str:
    """LibreTranslate's API: ``POST /translate`` answers with ``translatedText``."""
    body = {"q": order.text, "source": order.source, "target": order.target, "format": "text"}
    if service.secret:
        body["api_key"] = service.secret
    return _text(_post(f"{service.url}/translate", body, {}), lambda data: data["translatedText"])


def deepl(service: Service, order: Order) -> str:
    """DeepL's API, version 2: ``POST /v2/translate`` with the key in a header."""
    target = {"en": "EN-GB"}.get(order.target, order.target.upper())
    body = {"text": [order.text], "source_lang": order.source.upper(), "target_lang": target}
    headers = {"Authorization": f"DeepL-Auth-Key {service.secret}"}
    answer = _post(f"{service.url}/v2/translate", body, headers)
    return _text(answer, lambda data: data["translations"][0]["text"])


TRANSLATORS: Mapping[str, Translator] = {
    "etranslation": etranslation,
    "libretranslate": libretranslate,
    "deepl": deepl,
}


def _digest(service: Service) -> urllib.request.HTTPDigestAuthHandler:
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, service.url, service.user, service.secret)
    return urllib.request.HTTPDigestAuthHandler(passwords)


def _post(
    url: str, body: dict[str, Any], headers: dict[str, str], *handlers: urllib.request.BaseHandler
) -> str:
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked in parse()
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.read(LARGEST_ANSWER).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        error.close()
        passing = error.code in PASSING or error.code == DEEPL_QUOTA
        raise ServiceFailed(f"HTTP {error.code}", is_passing=passing) from None
    except (OSError, ValueError) as error:
        raise ServiceFailed(type(error).__name__, is_passing=True) from None


def _text(answer: str, read: Callable[[Any], Any]) -> str:
    try:
        text = read(json.loads(answer))
    except (ValueError, KeyError, IndexError, TypeError):
        raise ServiceFailed("the answer holds no translation", is_passing=True) from None
    if not isinstance(text, str) or not text.strip():
        raise ServiceFailed("the translation is empty", is_passing=False)
    return text

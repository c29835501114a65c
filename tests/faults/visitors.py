"""Visitors of a live portal who need no browser."""

import http.cookiejar
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlencode

from tests.live import Portal


@dataclass
class Answer:
    status: int
    page: str
    seconds: float
    headers: Message


class Visitor:
    """A browser without scripts."""

    def __init__(self, portal: Portal, session: str = "", network: str = "") -> None:
        """``session``: the cookie of somebody signed in; ``network``: where a trusted proxy saw the visitor."""
        self.url = portal.url
        jar = http.cookiejar.CookieJar(
            http.cookiejar.DefaultCookiePolicy(allowed_domains=["localhost.local"])
        )
        if session:
            jar.set_cookie(cookie("sessionid", session))
        self.opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPCookieProcessor(jar))
        if network:
            self.opener.addheaders = [("X-Forwarded-For", network)]

    def ask(self, path: str, data: dict[str, str] | None = None) -> Answer:
        body = urlencode(data).encode() if data is not None else None
        start = time.monotonic()
        try:
            with self.opener.open(f"{self.url}{path}", body, timeout=120) as answer:
                status, page, headers = answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            status, page, headers = error.code, error.read(), error.headers
        return Answer(status, page.decode(), time.monotonic() - start, headers)

    def post(self, path: str, data: dict[str, str]) -> Answer:
        """As a browser does: the page first, then the form with its token."""
        page = self.ask(path)
        assert page.status == 200
        return self.send(path, data, page)

    def send(self, path: str, data: dict[str, str], page: Answer) -> Answer:
        """The form of a page that was shown before."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.page)[1]
        return self.ask(path, data | {"csrfmiddlewaretoken": token})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def cookie(name: str, value: str) -> http.cookiejar.Cookie:
    """One that ends with the browser, for this host and every path."""
    return http.cookiejar.Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain="localhost.local",
        domain_specified=False,
        domain_initial_dot=False,
        path="/",
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )

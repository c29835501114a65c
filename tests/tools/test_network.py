"""Which port is free, and who answers."""

import http.server
import socket
import threading

import pytest

from tools import network


@pytest.fixture
def busy():
    with socket.socket() as server:
        server.bind((network.LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_the_next_free_port_is_not_the_taken_one(busy):
    assert not network.is_free(busy)
    assert network.next_free(busy) > busy


def test_a_free_port_is_taken_as_asked():
    port = network.any_free()
    assert network.next_free(port) == port


def test_no_free_port_is_an_error(busy):
    with pytest.raises(OSError, match="no free port"):
        network.next_free(busy, tries=1)


def test_accepts(busy):
    assert network.accepts(busy)
    assert not network.accepts(network.any_free())


def test_an_error_page_is_an_answer_too():
    class NotFound(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer((network.LOOPBACK, 0), NotFound) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert network.answers_http(server.server_port)
        thread.join()
    assert not network.answers_http(network.any_free())

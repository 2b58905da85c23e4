"""Bytes on the wire, as no well-behaved client sends them: the served product answers each with a 4xx and lives on."""

import encodings
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from authspine.api.errors import PROBLEM_JSON
from authspine.api.wire import Handler, ReadRequest
from authspine.kernel import trace
from authspine.kernel.ids import new_id
from authspine.kernel.trace import Work
from tests.fixtures import new_organization
from tests.rest import new_key
from tests.servers import gunicorn

CLIENTS = b"/api/platform/clients"
JSON = b"Content-Type: application/json\r\n"
FORM = b"Content-Type: multipart/form-data; boundary=x\r\n"

type Send = Callable[..., tuple[int, bytes]]


@pytest.fixture(scope="module")
def send(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Send]:
    """Sends one request, closes its side, and gives status and body of what comes back."""
    key = new_key(new_organization()).encode()
    log = tmp_path_factory.mktemp("wire") / "server.log"
    with gunicorn(Path(log), workers=1, threads=4) as url:
        port = int(url.rpartition(":")[2])

        def request(
            line: bytes, headers: bytes = b"", body: bytes = b"", host: bytes = b"localhost"
        ) -> tuple[int, bytes]:
            head = b"Host: " + host + b"\r\nAuthorization: Bearer " + key + b"\r\nConnection: close\r\n"
            with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
                wire.sendall(line + b" HTTP/1.1\r\n" + head + headers + b"\r\n" + body)
                wire.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: wire.recv(65536), b""))
            return int(answer.split(b" ")[1]), answer.partition(b"\r\n\r\n")[2]

        request.port = port  # type: ignore[attr-defined]
        yield request


@pytest.fixture
def port(send: Send) -> int:
    return int(send.port)  # type: ignore[attr-defined]


def test_it_works(send: Send) -> None:
    body = b'{"email": "ana@example.com", "name": "Ana"}'
    assert send(b"POST " + CLIENTS, JSON + b"Content-Length: %d\r\n" % len(body), body)[0] == 201
    assert send(b"GET " + CLIENTS)[0] == 200


DEEP = b"[" * 100_000
EMPTY = b"{}"
MANY = b"?" + b"&a" * 1001

BAD: dict[str, tuple[int, tuple[bytes, ...]]] = {
    "NUL in a header": (400, (b"GET " + CLIENTS, b"X-A: a\0b\r\n")),
    "NUL in the request line": (400, (b"GET " + CLIENTS + b"?search=\0",)),
    "a byte that is no text": (400, (b"GET " + CLIENTS + b"?search=\xff",)),
    "an encoded NUL in the path": (404, (b"GET " + CLIENTS + b"/%00",)),
    "an encoded byte that is no text": (404, (b"GET " + CLIENTS + b"/%ff",)),
    "two slashes": (404, (b"GET //api/platform/clients",)),
    "a step up": (404, (b"GET /api/platform/x/../clients",)),
    "an unknown method": (405, (b"SENT " + CLIENTS,)),
    "TRACE": (405, (b"TRACE " + CLIENTS,)),
    "a method in small letters": (400, (b"get " + CLIENTS,)),
    "two keys": (401, (b"GET " + CLIENTS, b"Authorization: Bearer x\r\n")),
    "a foreign host": (400, (b"GET " + CLIENTS, b"", b"", b"evil.example")),
    "depth": (400, (b"POST " + CLIENTS, JSON + b"Content-Length: 100000\r\n", DEEP)),
    "more than can be": (413, (b"POST " + CLIENTS, JSON + b"Content-Length: 99999999999\r\n", EMPTY)),
    "more than a page takes": (413, (b"POST /accounts/login", FORM + b"Content-Length: 99999999999\r\n", EMPTY)),
    "chunks to a page": (400, (b"POST /accounts/login", FORM + b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    "a length that is none": (400, (b"POST " + CLIENTS, JSON + b"Content-Length: -1\r\n", EMPTY)),
    "two lengths": (400, (b"POST " + CLIENTS, JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n", EMPTY)),
    "two hosts": (400, (b"GET " + CLIENTS, b"Host: evil.example\r\n")),
    "two idempotency keys": (
        400,
        (
            b"POST " + CLIENTS,
            JSON + b"Content-Length: 2\r\nIdempotency-Key: first\r\nIdempotency-Key: second\r\n",
            EMPTY,
        ),
    ),
    "a blank before the colon": (400, (b"POST " + CLIENTS, JSON + b"Transfer-Encoding : chunked\r\n", EMPTY)),
    "chunks of another kind": (
        501,
        (b"POST " + CLIENTS, JSON + b"Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", EMPTY),
    ),
    "a header of 9 KiB": (431, (b"GET " + CLIENTS, b"X-A: " + b"a" * 9000 + b"\r\n")),
    "two hundred headers": (431, (b"GET " + CLIENTS, b"".join(b"X-%d: a\r\n" % n for n in range(200)))),
    "a length and chunks": (
        400,
        (b"POST " + CLIENTS, JSON + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
    ),
    "a type with a parameter that is none": (
        400,
        (b"GET " + CLIENTS, b"Content-Type: application/json; x*=no''%41\r\n"),
    ),
    "the same in a page": (400, (b"GET /platform-demo", b"Content-Type: application/json; x*=no''%41\r\n")),
    "a charset that is none of text": (400, (b"GET " + CLIENTS + b"?a=b", b"Content-Type: x/y; charset=rot13\r\n")),
    "too many parameters": (400, (b"GET " + CLIENTS + MANY, b"Content-Type: x/y; charset=utf-8\r\n")),
    "a line of 8 KiB": (414, (b"GET " + CLIENTS + b"?search=" + b"a" * 8192,)),
    "a type that is none": (415, (b"POST " + CLIENTS, b"Content-Type: \xff\r\nContent-Length: 2\r\n", EMPTY)),
}


# What gunicorn itself refuses, in its own words, and an address that is none of the API's.
IN_OTHER_WORDS = {
    "NUL in a header", "NUL in the request line", "a byte that is no text", "a method in small letters",
    "two hosts", "a blank before the colon", "chunks of another kind", "a header of 9 KiB", "two hundred headers",
    "a length that is none", "two lengths", "a length and chunks", "a line of 8 KiB", "two slashes",
    "the same in a page", "more than a page takes", "chunks to a page",
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_http_or_not_ours(send: Send, what: str) -> None:
    """(D15, D16, D18) What is sent twice has one rule: it is refused, by gunicorn or by us."""
    expected, request = BAD[what]
    status, answer = send(*request)
    assert status == expected
    if what not in IN_OTHER_WORDS:
        # Where no middleware has run, it comes in one chunk, between its length and the end.
        problem = json.loads(answer[answer.index(b"{") : answer.rindex(b"}") + 1])
        assert (problem["status"], problem["type"]) == (expected, "about:blank")
    assert send(b"GET " + CLIENTS)[0] == 200


def test_a_head_that_django_refuses_is_a_problem_under_the_api(send: Send) -> None:
    flaw = b"Content-Type: application/json; x*=nonsense''%41\r\n"
    assert b'"code": "validation_error"' in send(b"GET " + CLIENTS, flaw)[1]
    assert b"<h1>Bad Request</h1>" in send(b"GET /platform-demo", flaw)[1]


def test_a_body_that_is_cut_off_is_not_taken_for_the_whole(send: Send) -> None:
    body = b'{"email": "cut@example.com", "name": "Cut"}'
    status, answer = send(b"POST " + CLIENTS, JSON + b"Content-Length: %d\r\n" % (len(body) + 5), body)
    assert (status, b"ended before" in answer) == (400, True)
    assert b"cut@example.com" not in send(b"GET " + CLIENTS)[1]


def test_a_body_in_chunks_is_not_taken_for_none(send: Send) -> None:
    """An action without a body would not notice that there was one."""
    verify = b"POST /api/platform/professionals/01a20714-91af-71ac-8f24-8ecdeea3c4d5/verify"
    status, answer = send(verify, JSON + b"Transfer-Encoding: chunked\r\n", b'7\r\n{"a":1}\r\n0\r\n\r\n')
    assert (status, b"in one piece" in answer) == (400, True)


SMUGGLED = b"DELETE /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
PAIRS = {
    "a length, then chunks": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % (len(SMUGGLED) + 5),
    "chunks, then a length": b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n" % (len(SMUGGLED) + 5),
    "a blank before the colon": b"Content-Length: 0\r\nTransfer-Encoding : chunked\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n" % (len(SMUGGLED) + 5),
    "chunks by another name": b"Content-Length: 0\r\nTransfer_Encoding: chunked\r\n",
}


@pytest.mark.parametrize("pair", PAIRS)
def test_no_request_is_smuggled_in_the_body_of_another(send: Send, port: int, pair: str) -> None:
    """(D18) On a connection that stays open: what two servers could read in two ways is refused, and the connection
    is closed, so that nothing behind it is taken for the request of whoever comes next."""
    head = b"POST " + CLIENTS + b" HTTP/1.1\r\nHost: localhost\r\n" + JSON + PAIRS[pair] + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(head + b"0\r\n\r\n" + SMUGGLED)
        wire.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    statuses = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses[0] in (400, 401, 501)
    assert not set(statuses[1:]) - {400}, "nothing but a refusal follows"
    assert b"smuggled" not in answer
    assert send(b"GET " + CLIENTS)[0] == 200


# Codecs of bytes, one that reads nothing, some that cannot write all they read, other ones of text, and none.
CHARSETS = (
    *("rot13", "hex", "zlib", "bz2", "base64", "quopri", "undefined", "idna", "punycode", "ascii", "latin-1"),
    *("utf-16", "utf-8-sig", "unicode_escape", "nonsense", "", "a\x00b"),
)
KINDS = ("x/y", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
API = ("/api/platform/clients", "/api/platform/webhooks/stripe")
PATHS = (*API, "/accounts/login", "/static/api/page.css", "/nothing")


@cache
def handler() -> Handler:
    return Handler(lets_in=lambda: True)


def handled(method: str, path: str, content_type: str, query: str = "", **sent: str) -> Any:
    """What the handler answers, past all that the web server looks at."""
    head = {"CONTENT_TYPE": content_type, "QUERY_STRING": query, **sent}
    environ = RequestFactory().generic(method, path, b"--x\r\na=\xff&b=\\N{x}").environ | head
    return handler()(environ, lambda *head: None)


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("kind", KINDS)
def test_text_in_another_charset_is_refused_wherever_it_is_sent(kind: str, charset: str) -> None:
    for method, path, query in product(("GET", "POST"), PATHS, ("", "a=%ff&b=\\N{x}")):
        answer = handled(method, path, f"{kind}; charset={charset}", query)
        assert answer.status_code == 400, (method, path, query)
        assert answer.headers["Content-Type"].startswith(PROBLEM_JSON if path in API else "text/html")
        assert {"X-Request-ID", "Content-Security-Policy"} <= set(answer.headers)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
def test_utf_8_is_read_however_it_is_spelled(charset: str) -> None:
    assert handled("GET", "/accounts/login", f"text/plain; charset={charset}", "next=%C3%A9").status_code == 200


@pytest.mark.parametrize("content_type", ["x/y; charset=utf-8", "x/y; charset=hex", "x/y; x*=no''%41", "x/y"])
def test_too_many_parameters_are_no_crash(content_type: str) -> None:
    for path in PATHS:
        with closing(handled("GET", path, content_type, MANY.decode())) as answer:
            assert answer.status_code < 500, path


def test_what_is_said_while_a_head_is_read_belongs_to_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    doing = []

    class Slow(ReadRequest):
        def __init__(self, environ: dict[str, Any]) -> None:
            doing.append(trace.current())
            super().__init__(environ)

    monkeypatch.setattr(Handler, "request_class", Slow)
    for number in ("one", "two"):
        handled("GET", "/nothing", "x/y", HTTP_X_REQUEST_ID=number, REMOTE_ADDR="203.0.113.7")
    assert doing == [Work("one", address="203.0.113.7"), Work("two", address="203.0.113.7")]


@pytest.mark.parametrize("wanted", ["charset={}", "x*={}''%41", "charset*={}''utf-8"])
def test_no_codec_is_looked_up_that_a_stranger_names(wanted: str) -> None:
    """Python keeps the name of each that it has not found for as long as the process lives."""
    name = f"no_{new_id().hex}"
    assert handled("GET", PATHS[0], f"x/y; {wanted.format(name)}").status_code == 400
    assert name not in encodings._cache

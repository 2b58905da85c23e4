"""Where a request comes from, and over what: a header says so only where a proxy of ours has written it.

TRUSTED_PROXIES names the networks of these proxies, and `unix` for one that comes by a socket in the file system, which
has no address: whoever may write to that socket is let in by the file's mode. From anybody else the headers are taken
away before anything reads them. A proxy of ours must set `X-Forwarded-Proto`, and add to `X-Forwarded-For`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Network = IPv4Network | IPv6Network

# The word for a peer without an address.
UNIX: Final = "unix"
# A household or a small business gets so much of IPv6, and may choose its addresses in it as it likes.
COUNTED_BITS: Final = 64
FORWARDED: Final = (
    *("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_REAL_IP"),
)
_LONGEST: Final = 80  # of an address in words, with a zone and a port


class ForwardedByOurs:
    """The first middleware: what a stranger says of who they are and how they came is not there for those behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forget_forwarded(request.META)
        return self.get_response(request)


def forget_forwarded(sent: dict[str, Any]) -> None:
    """Take away what is forwarded by nobody of ours; of the proto keep what the last proxy has said."""
    if not is_trusted(sent.get("REMOTE_ADDR", "")):
        for name in FORWARDED:
            sent.pop(name, None)
    elif "HTTP_X_FORWARDED_PROTO" in sent:
        sent["HTTP_X_FORWARDED_PROTO"] = sent["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip()


def client_address(request: Any) -> str:
    """Who has sent this request; '' where nobody knows."""
    return address_in(request.META)


def address_in(sent: Mapping[str, Any]) -> str:
    """Who has sent a request with this head: the peer, or where it is a proxy of ours, whom that one names.

    Of `X-Forwarded-For` the right-most address that is no proxy of ours counts: all before it is the client's to write.
    At what is no address the reading ends, and the last one that was believed stands. '' where nobody knows.
    """
    found = _read(sent.get("REMOTE_ADDR", ""))
    if not is_trusted(sent.get("REMOTE_ADDR", "")):
        return str(found or "")
    for entry in reversed(sent.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        named = _read(entry)
        if named is None:
            break
        found = named
        if not _is_among(named, settings.TRUSTED_PROXIES):
            break
    return str(found or "")


def counted_as(address: str) -> str:
    """What is counted for this address: of IPv6 the network of 64 bits."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, COUNTED_BITS), strict=False))
    return str(found or "")


def is_trusted(peer: str) -> bool:
    """Whether the peer is a proxy of ours."""
    found = _read(peer)
    if found is None:
        return not peer and UNIX in settings.TRUSTED_PROXIES
    return _is_among(found, settings.TRUSTED_PROXIES)


def _is_among(address: IPv4Address | IPv6Address, trusted: Sequence[Network | str]) -> bool:
    return any(address in network for network in trusted if not isinstance(network, str))


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write them: with a port, or in brackets. IPv4 within IPv6 is IPv4; a zone is left out."""
    return _parsed(text.strip()) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    text = text.partition("%")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found

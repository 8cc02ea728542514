"""Addresses at which the server can be reached."""

import ipaddress
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

_ANY = {"0.0.0.0", "::"}  # noqa: S104  not bound here, only compared
_ELSEWHERE = "192.0.2.1"  # of no machine (RFC 5737): asking for the way there sends nothing


def is_loopback(host: str) -> bool:
    """Whether an address to listen at can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def listens_beyond() -> str | None:
    """The address that the running server listens at, if other machines can reach it."""
    host = st.get_option("server.address")
    return None if host is None or is_loopback(str(host)) else str(host)


def address_for_others(opened: str | None) -> str | None:
    """The root under which other devices reach the running server; None where none can, as far as is known.

    Args:
        opened: the address of the page in the browser: where that is no name of this machine for itself, as behind a
            reverse proxy, others come the same way.
    """
    page = urlsplit(opened or "")
    if page.hostname and not is_loopback(page.hostname):
        return f"{page.scheme}://{page.netloc}"
    host = listens_beyond()
    if host in _ANY:
        host = _own_address()
    if host is None:
        return None
    return f"http://{f'[{host}]' if ':' in host else host}:{st.get_option('server.port')}"


def _own_address() -> str | None:
    """The address of this machine in its network; None without one."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((_ELSEWHERE, 9))
        own = str(probe.getsockname()[0])
        return None if is_loopback(own) else own
    return None

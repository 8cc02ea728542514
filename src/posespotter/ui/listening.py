"""Addresses at which the server can be reached."""

import ipaddress

import streamlit as st


def is_loopback(host: str) -> bool:
    """Whether an address to listen at can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listens_beyond() -> str | None:
    """The address that the running server listens at, if other machines can reach it."""
    host = st.get_option("server.address")
    return None if host is None or is_loopback(str(host)) else str(host)

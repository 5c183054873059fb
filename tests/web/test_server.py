"""Listening: a taken port is one sentence, and 0 finds a free one."""

import socket

import pytest

from app.web.server import PortError, address_elsewhere, address_of, listen


def test_taken_port_is_named_with_the_flag() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]

        with pytest.raises(PortError, match=rf"Port {port} .* is taken .*--port"):
            listen("127.0.0.1", port)


def test_address_of_a_free_port_can_be_opened() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_host_that_is_not_here_is_a_sentence() -> None:
    with pytest.raises(PortError, match="cannot be used"):
        listen("192.0.2.1", 0)


def test_nobody_elsewhere_reaches_a_desk_that_listens_to_its_own_machine() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert address_elsewhere(listener) is None


def test_address_for_others_is_neither_all_addresses_nor_this_machine_alone() -> None:
    with listen("0.0.0.0", 0) as listener:  # noqa: S104  # what is asked about
        port = listener.getsockname()[1]
        address = address_elsewhere(listener, path="/desk")

    own = own_address()
    assert address == (f"http://{own}:{port}/desk" if own else None)
    assert not (own or "").startswith(("0.", "127."))


def own_address() -> str | None:
    """By which this machine would reach others; None where it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(asking.getsockname()[0])

"""A certificate and its key, tried before anything is served with them."""

import ssl
from collections.abc import Callable
from pathlib import Path

from app.domain.errors import DeskError

EXPIRED, NOT_YET = 10, 9
"""OpenSSL's numbers for a certificate whose time is over, or has not come"""


class PairError(DeskError):
    """Why the pair cannot be used; `is_key` tells which of the two it is about."""

    def __init__(self, problem: str, *, is_key: bool = False) -> None:
        super().__init__(problem)
        self.is_key = is_key


def check_pair(certificate: Path, key: Path) -> None:
    """Load the pair and shake hands with it in memory. Raises: PairError."""
    for path in (certificate, key):
        try:
            path.read_bytes()
        except OSError as error:
            problem = f"the file cannot be read ({error.strerror})"
            raise PairError(problem, is_key=path is key) from None
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(certificate, key, password=_refuse)
    except ssl.SSLError as error:
        raise _explained(error, certificate) from None
    _shake_hands(server, certificate)


def _refuse() -> str:
    """A server that starts by itself has nobody to ask."""
    raise PairError("the key is kept behind a password; write it without one", is_key=True)


def _explained(error: ssl.SSLError, certificate: Path) -> PairError:
    if error.reason == "KEY_VALUES_MISMATCH":
        return PairError("this key does not belong to the certificate", is_key=True)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(certificate)
    except (ssl.SSLError, ValueError):
        return PairError("the file holds no certificate in PEM")
    return PairError("the file holds no private key in PEM", is_key=True)


def _shake_hands(server: ssl.SSLContext, certificate: Path) -> None:
    """Let a client that trusts this very certificate judge it. Raises: PairError."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(certificate)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there).do_handshake
    answering = server.wrap_bio(there, back, server_side=True).do_handshake
    try:
        while not all([_step(asking), _step(answering)]):
            pass
    except ssl.SSLCertVerificationError as error:
        raise PairError(
            {
                EXPIRED: "the certificate has expired; get a new one",
                NOT_YET: "the certificate is not valid yet; see that the clock is right",
            }.get(error.verify_code, f"browsers refuse the certificate ({error.verify_message})")
        ) from None
    except ssl.SSLError as error:
        raise PairError(f"browsers refuse the certificate ({error.reason})") from None


def _step(shake: Callable[[], None]) -> bool:
    """One step of a handshake; whether it is over."""
    try:
        shake()
    except ssl.SSLWantReadError:
        return False
    return True

"""One-time codes (TOTP, RFC 6238) and recovery codes, in the file of accounts.

A code counts in the half minute it is made for and in those beside it, and only once: the last half
minute of which a code was accepted is kept.
"""

import secrets
import sqlite3
import unicodedata
from base64 import b32encode

from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError

from app.domain.accounts import User
from app.domain.clock import Clock
from app.store.accounts.accounts import Credentials, hash_of
from app.store.database import Database

ISSUER = "Ticketdesk"
SECRET_LENGTH = 32
"""letters of base32, 160 bits"""
WINDOW = 1
"""so many half minutes before and after its own a code counts as well"""
LONGEST_SETUP = 134
"""bytes; drawn with borders that fits a terminal of 80 columns and 24 lines"""

RECOVERY_CODES = 10
RECOVERY_BYTES = 15
RECOVERY_LENGTH = 24
"""letters of base32, 120 bits: so random that a plain hash will do"""

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_ACCEPT = """
UPDATE user SET code_step = :step WHERE user_id = :user_id AND code_secret = :secret
  AND (code_step IS NULL OR code_step < :step OR code_step > :newest)
"""  # one from further ahead is of a clock that was wrong: it would keep the user out as long


class OneTimeCodes:
    """Turns the codes of a user on and off, and accepts each once. Raises: those of `Database`."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def turn_on(
        self, user: User, secret: str, typed: str, *, but_session: str
    ) -> tuple[str, ...] | None:
        """Ask for the codes of this secret from now on; ends the user's other sessions.

        Returns: the recovery codes, which are kept nowhere; None where `typed` is no code of it.
        """
        step = self._step_of(secret, typed)
        if step is None:
            return None
        codes = _new_recovery_codes()

        def turn_on(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE user SET code_secret = ?, code_step = ? WHERE user_id = ?",
                (secret, step, user.user_id),
            )
            _keep_recovery_codes(connection, user, codes)
            connection.execute(
                "DELETE FROM session WHERE user_id = ? AND session_id <> ?",
                (user.user_id, but_session),
            )

        await self._database.write(turn_on)
        return codes

    async def turn_off(self, user: User, *, end_sessions: bool) -> None:
        """Ask for no code any more."""

        def turn_off(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE user SET code_secret = NULL, code_step = NULL WHERE user_id = ?",
                (user.user_id,),
            )
            _keep_recovery_codes(connection, user, ())
            if end_sessions:
                connection.execute("DELETE FROM session WHERE user_id = ?", (user.user_id,))

        await self._database.write(turn_off)

    async def renew_recovery_codes(self, user: User) -> tuple[str, ...]:
        """Others in place of the recovery codes of before, none of which counts any more."""
        codes = _new_recovery_codes()
        await self._database.write(lambda c: _keep_recovery_codes(c, user, codes))
        return codes

    async def left(self) -> dict[str, int]:
        """How many recovery codes are left, by the id of each user who has one-time codes."""
        query = (
            "SELECT user_id, (SELECT count(*) FROM recovery_code AS r WHERE r.user_id = u.user_id)"
            " AS codes FROM user AS u WHERE code_secret IS NOT NULL"
        )
        return await self._database.read(
            lambda c: {row["user_id"]: row["codes"] for row in c.execute(query)}
        )

    async def accept(self, known: Credentials, typed: str) -> bool:
        """Whether this is a code of the user's that was not used before; now it is."""
        user_id, secret, recovery = known.user.user_id, known.code_secret, recovery_code(typed)
        if secret is None:
            return False
        step = None if recovery else self._step_of(secret, typed)
        newest = TOTP(secret).timecode(self._clock.now()) + WINDOW
        given = {"user_id": user_id, "secret": secret, "step": step, "newest": newest}

        def accept(connection: sqlite3.Connection) -> bool:
            if recovery:
                done = connection.execute(
                    "DELETE FROM recovery_code WHERE user_id = ? AND code_hash = ?",
                    (user_id, hash_of(recovery)),
                )
            else:
                done = connection.execute(_ACCEPT, given)
            return done.rowcount == 1

        return await self._database.write(accept) if recovery or step is not None else False

    def _step_of(self, secret: str, typed: str) -> int | None:
        """The half minute of which this is the code, None for one that does not count now."""
        digits = "".join(str(unicodedata.digit(sign)) for sign in typed if sign.isdigit())
        try:
            return TOTP(secret).verify_and_get_timecode(
                digits, for_time=self._clock.now(), valid_window=WINDOW
            )
        except OTPVerificationError:
            return None


def new_secret() -> str:
    """A random secret, in letters that phones take."""
    return random_base32(SECRET_LENGTH)


def is_secret(text: str) -> bool:
    """Whether this may be a secret of ours; one with a letter missing would give other codes."""
    return len(text) == SECRET_LENGTH and set(text) <= _LETTERS


def setup_address(secret: str, name: str) -> str:
    """What a phone reads from the QR code; a name that is too long for it is cut."""
    totp, length = TOTP(secret), len(name)
    while length and len(totp.provisioning_uri(name=name[:length], issuer_name=ISSUER)) > (
        LONGEST_SETUP
    ):
        length -= 1
    return totp.provisioning_uri(name=name[:length].strip(), issuer_name=ISSUER)


def _new_recovery_codes() -> tuple[str, ...]:
    codes = (
        b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
        for _ in range(RECOVERY_CODES)
    )
    return tuple("-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes)


def _keep_recovery_codes(
    connection: sqlite3.Connection, user: User, codes: tuple[str, ...]
) -> None:
    rows = [(user.user_id, hash_of(recovery_code(code))) for code in codes]
    connection.execute("DELETE FROM recovery_code WHERE user_id = ?", (user.user_id,))
    connection.executemany("INSERT INTO recovery_code VALUES (?, ?)", rows)


def recovery_code(typed: str) -> str:
    """A recovery code however it was typed; "" for what is none."""
    code = "".join(sign for sign in typed.upper() if sign in _LETTERS)
    return code if len(code) == RECOVERY_LENGTH else ""

"""A certificate and its key: one clear line when they cannot be served with."""

import os
import subprocess
from pathlib import Path

import pytest

from app.domain.errors import SettingsError
from tests.config.test_settings import load, refused

CERTIFICATES = Path(__file__).parents[1] / "client" / "certificates"
HERE = str(CERTIFICATES / "here.pem")


def test_pair_that_belongs_together_is_fine(tmp_path: Path) -> None:
    settings = load(tmp_path, TLS_CERT=HERE, TLS_KEY=HERE)

    assert settings.is_secure
    assert not load(tmp_path).is_secure


@pytest.mark.parametrize(
    ("certificate", "key", "setting", "problem"),
    [
        ("expired", "expired", "TLS_CERT", "the certificate has expired"),
        ("unborn", "unborn", "TLS_CERT", "not valid yet"),
        ("here", "expired", "TLS_KEY", "does not belong to the certificate"),
        ("here", "authority", "TLS_KEY", "no private key in PEM"),
        ("nowhere", "here", "TLS_CERT", "cannot be read (No such file"),
        ("here", "nowhere", "TLS_KEY", "cannot be read (No such file"),
    ],
)
def test_pair_that_cannot_be_used_names_the_file_at_fault(
    tmp_path: Path, certificate: str, key: str, setting: str, problem: str
) -> None:
    pair = [str(CERTIFICATES / f"{name}.pem") for name in (certificate, key)]

    sentence = refused(tmp_path, TLS_CERT=pair[0], TLS_KEY=pair[1])

    assert sentence.startswith(f"TICKETDESK_{setting} (environment): ")
    assert problem in sentence
    assert "for example desk." in sentence


def test_one_of_the_two_alone_asks_for_the_other(tmp_path: Path) -> None:
    assert "of no use without TICKETDESK_TLS_KEY" in refused(tmp_path, TLS_CERT=HERE)
    assert "of no use without TICKETDESK_TLS_CERT" in refused(tmp_path, TLS_KEY=HERE)


def test_file_that_is_no_certificate_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("hello")

    words = str(tmp_path / "words")

    assert "no certificate in PEM" in refused(tmp_path, TLS_CERT=words, TLS_KEY=HERE)


def test_key_behind_a_password_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: S603  # fixed words
        [  # wherever it is
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-subj", "/CN=desk"),
            *("-keyout", str(key), "-out", str(certificate), "-passout", "pass:made-up"),
        ],
        check=True,
        capture_output=True,
    )

    with pytest.raises(SettingsError, match="behind a password"):
        load(tmp_path, TLS_CERT=str(certificate), TLS_KEY=str(key))


@pytest.mark.parametrize("name", ["TLS_CERT", "TLS_KEY"])
def test_file_of_somebody_else_is_told_so(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret.pem"
    secret.write_bytes(Path(HERE).read_bytes())
    secret.chmod(0)
    if os.geteuid() == 0:  # who may read everything: a folder is what cannot be read
        secret.unlink()
        secret.mkdir()

    files = {"TLS_CERT": HERE, "TLS_KEY": HERE, name: str(secret)}

    assert refused(tmp_path, **files).startswith(
        f"TICKETDESK_{name} (environment): the file cannot"
    )

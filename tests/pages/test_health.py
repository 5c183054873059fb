from dataclasses import replace

import pytest

from app.desk.snapshots import Link
from app.domain.errors import StoreDamagedError
from app.pages.health import copy_facts, error_facts, request_facts
from app.state.wording import Wording
from tests.pages.conftest import VITALS, Site
from tests.state.scripted import ScriptedDesk

WORDS = Wording()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_machines_get_json_and_build_no_page(site: Site, path: str) -> None:
    answer = await site.http.get(path)

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert site.tabs == []


async def test_readiness_fails_in_words_when_the_copy_cannot_be_read(site: Site) -> None:
    site.desk.queries.error = StoreDamagedError("The local copy cannot be read.")

    answer = await site.http.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["problem"] == "The local copy cannot be read."


async def test_health_says_everything_that_is_known(site: Site) -> None:
    answer = await site.http.get("/health")

    for words in ("1 of 1", "At most", "2 a second", "2026.11.0", "cannot be reached"):
        assert words in answer.text


def test_copy_facts_say_when_nothing_was_ever_read() -> None:
    never = replace(
        ScriptedDesk().queries.known, link=Link.OFFLINE, as_of=None, expected=None, complete=False
    )

    facts = copy_facts(never, WORDS)

    assert (facts["As of"], facts["Complete"], facts["Tickets"]) == ("never read", "not yet", "1")


def test_request_facts_name_the_budget_or_that_there_is_none() -> None:
    assert request_facts(VITALS, WORDS)["At most"] == "2 a second"
    free = request_facts(replace(VITALS, requests_per_second=None), WORDS)
    assert free["At most"] == "no limit"


def test_error_facts_say_when_there_were_none() -> None:
    assert list(error_facts(replace(VITALS, errors=()), WORDS).values()) == ["none"]

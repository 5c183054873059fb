import pytest

from app.pages.errors import FAULT, NO_PAGE
from tests.pages.conftest import Site


async def test_missing_page_says_so_in_one_sentence_and_builds_no_tab(site: Site) -> None:
    answer = await site.http.get("/nowhere", headers={"accept": "text/html"})

    assert (answer.status_code, site.tabs) == (404, [])
    assert NO_PAGE in answer.text
    assert "Traceback" not in answer.text


async def test_missing_address_answers_machines_in_json(site: Site) -> None:
    answer = await site.http.get("/nowhere", headers={"accept": "application/json"})

    assert answer.json() == {"error": {"code": "not_found", "message": "Not Found"}}


async def test_page_that_fails_says_one_sentence_and_hides_the_reason(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.desk.queries.error = KeyError("secret inner name")

    answer = await site.http.get("/health")

    assert answer.status_code == 500
    assert FAULT in answer.text
    assert "secret" not in answer.text
    assert "secret inner name" in caplog.text

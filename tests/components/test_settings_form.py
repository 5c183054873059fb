from dataclasses import replace

import pytest

from components.settings_form import SettingsData, SettingsForm
from tests.components.user import attribute, fill, showing

DATA = SettingsData(undo_seconds=10, longest_undo=30, zone="Europe/Berlin")


@pytest.mark.parametrize(("typed", "told"), [("20", [20]), ("-3", [-3]), ("1e1", [10])])
async def test_a_whole_number_is_handed_over(typed: str, told: list[int]) -> None:
    heard: list[int] = []
    async with showing(lambda: SettingsForm(DATA, on_undo_seconds=heard.append)) as user:
        fill(user, "undo-seconds", typed)

    assert heard == told


@pytest.mark.parametrize("typed", [None, "", "2.5", "1e999", "nan"])
async def test_anything_else_is_said_beside_the_field_and_goes_nowhere(typed: str | None) -> None:
    heard: list[int] = []
    async with showing(lambda: SettingsForm(DATA, on_undo_seconds=heard.append)) as user:
        fill(user, "undo-seconds", typed)

        await user.should_see("That is no whole number of seconds.")
        assert attribute(user, "undo-seconds", "aria-invalid") == "true"
    assert heard == []


async def test_the_answer_is_said_and_what_is_typed_is_left_alone() -> None:
    forms: list[SettingsForm] = []
    async with showing(lambda: forms.append(SettingsForm(DATA, on_undo_seconds=abs))) as user:
        await user.should_see("Europe/Berlin")
        forms[0].update(replace(DATA, undo_seconds=20, said="Saved <for> 20 seconds."))

        await user.should_see("Saved <for> 20 seconds.")
        assert attribute(user, "undo-seconds", "aria-invalid") is None
        assert attribute(user, "undo-seconds", "data-text") == "10"

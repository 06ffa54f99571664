"""A customer sends a picture, and staff see it: from the provider, when they look, as nothing that runs."""

import pytest

from simulator import GraphApi
from tests.scenarios.box import INSTAGRAM, PHONE, Box, until
from tests.scenarios.posting import conversation_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


async def picture_of(box: Box) -> tuple[str, int]:
    """Return where the picture that a customer sent is had; waits for it."""
    found: list[tuple[str, int]] = []

    async def came() -> bool:
        for talk in (await box.api("GET", "conversations?view=all"))["items"]:
            items = (await box.api("GET", f"conversations/{talk['id']}/messages"))["items"]
            found.extend(
                (f"conversations/{talk['id']}/messages/{item['id']}/media/{at}", at)
                for item in items
                for at, part in enumerate(item["parts"])
                if part["kind"] == "media"
            )
        return bool(found)

    await until(came)
    return found[0]


@pytest.mark.parametrize("account", [PHONE, INSTAGRAM])
async def test_that_a_picture_is_had_from_the_provider_until_it_is_gone(box: Box, meta: GraphApi, account: str) -> None:
    await box.sign_in()
    await meta.customer(account, "905321112233", name="Ayşe").sends_image(PNG, mime_type="image/png")
    path, _ = await picture_of(box)
    async with box.http.get(f"{box.url}/api/v1/{path}") as answer:
        assert (answer.status, await answer.read(), answer.content_type) == (200, PNG, "image/png")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    meta.forget_media()
    problem = await box.api("GET", path, status=502)
    assert (problem["code"], problem["reason"]) == ("file_unavailable", "gone")
    await box.api("GET", path[:-1] + "7", status=404)
    await box.api("GET", path[:-1] + "x", status=404)


async def test_that_what_could_run_is_saved_and_not_opened(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    await meta.customer(PHONE, "905321112233", name="Ayşe").sends_image(b"<svg/>", mime_type="image/svg+xml")
    path, _ = await picture_of(box)
    async with box.http.get(f"{box.url}/api/v1/{path}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
    async with box.http.get(f"{box.url}/api/v1/{path}", headers={"Authorization": "Bearer fd_x"}) as answer:
        assert answer.status == 401


async def test_that_words_are_no_file(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    await meta.customer(PHONE, "905321112233", name="Ayşe").says("merhaba")
    talk = await conversation_of(box)
    message = (await box.api("GET", f"conversations/{talk}/messages"))["items"][-1]["id"]
    await box.api("GET", f"conversations/{talk}/messages/{message}/media/0", status=404)

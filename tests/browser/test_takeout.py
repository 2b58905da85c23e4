"""What is known of a client, downloaded from their page; the file in it is read on a desk, in the dark, on a phone."""

import zipfile
from pathlib import Path

import pytest

from tests.browser.accessibility import overflows, picture, too_small, violations
from tests.browser.conftest import Opener, Site
from tests.browser.test_everything import LOOKS, MOUSE, TOUCH
from tests.fixtures import Maker

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.mark.parametrize("looks", LOOKS)
def test_a_person_can_read_it(browse: Opener, site: Site, screenshots: Path, looks: str) -> None:
    make = Maker(site.organization)
    client = make.client(name="Ana", notes=f"Likes tea {LONG}\n\nليلى", metadata={LONG: {"a_b": [LONG, 1.5, True]}})
    make.payment_method(client=client)
    make.booking(client=client, notes="By the window")
    page = browse(**LOOKS[looks])
    page.goto(f"/platform-demo/clients/{client.id}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export what we know").click()
    assert download.value.suggested_filename == f"client-{client.id}.zip"
    page.goto("about:blank")  # the file is read by itself, not under the policy of our pages
    with zipfile.ZipFile(download.value.path()) as archive:
        page.set_content(archive.read("person.html").decode())
    picture(page, screenshots, f"takeout-{looks}")
    assert page.get_by_role("rowheader", name="Notes").count() == 2
    assert page.get_by_text("By the window").is_visible()
    assert violations(page) == []
    assert too_small(page, TOUCH if looks == "phone" else MOUSE) == []
    assert not overflows(page)

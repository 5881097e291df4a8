"""The banner on a record's page: the words that this visitor saw, whatever was published since, and nothing leaves its frame."""

import pytest
from playwright.sync_api import expect

from consent.db import transact
from consent.shown.files import banner_file_table
from tests.admin.people import new_user, sign_in_with_browser

TAG = {"id": "meta_pixel", "preset": "meta_pixel", "parameters": {"pixel_id": "123456789012345"}, "load": "platform"}
OLD = {"ja": {"title": "はじめの見出し", "settings_title": "はじめの設定"}, "en": {"title": "The first heading"}}
NEW = {"ja": {"title": "あとの見出し", "settings_title": "あとの設定"}, "en": {"title": "A later heading"}}


@pytest.fixture
def policy():
    return {"services": [TAG], "texts": OLD}


@pytest.fixture
def owner_of(browser, platform):
    """Somebody else, in a browser of their own."""
    contexts = []

    def make(key):
        context = browser.new_context(locale="en-GB")
        contexts.append(context)
        with platform.app.app_context():
            user = new_user(f"{key}@example.com", owns=key)
        return sign_in_with_browser(context.new_page(), platform, user.email)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def seen(visit):
    """Both layers were looked at, everything was refused, and then the texts were changed."""
    banner = visit().asks()
    words = [banner.root.inner_text(), banner.settings().root.inner_text()]
    banner.answer("reject-all")
    (record,) = banner.delivered()
    banner.platform.publish(banner.key, services=[TAG], texts=NEW)
    return banner, words, record["record_id"]


def page_of(banner, record_id, layer=None):
    query = f"?layer={layer}" if layer else ""
    return f"{banner.platform.url}/admin/sites/{banner.key}/evidence/{record_id}{query}"


def frame_of(owner):
    owner.locator("iframe.preview").scroll_into_view_if_needed()
    return owner.frame_locator("iframe.preview")


def test_each_layer_has_the_words_of_the_record_after_the_policy_was_changed(seen, owner_of):
    banner, words, record_id = seen
    owner = owner_of(banner.key)
    for layer, action in ((1, "accept-all"), (2, "save")):
        owner.goto(page_of(banner, record_id, layer))
        frame = frame_of(owner)
        frame.locator(f"[data-consent-action={action}]").last.wait_for()
        assert frame.locator("#consent-root").inner_text() == words[layer - 1]
        assert OLD["ja"]["title"] in words[0]
        assert OLD["ja"]["settings_title"] in words[1]


@pytest.mark.parametrize("action", ["accept-all", "reject-all"])
def test_an_answer_in_the_frame_sends_and_loads_nothing(seen, owner_of, action):
    banner, _, record_id = seen
    owner, asked, stopped = owner_of(banner.key), [], []
    owner.on("request", lambda request: asked.append(request))
    owner.on("requestfailed", lambda request: stopped.append(request if request.failure == "csp" else None))
    owner.goto(page_of(banner, record_id))
    button = frame_of(owner).locator(f"[data-consent-action={action}]").last
    button.click()
    expect(button).not_to_be_visible()
    owner.wait_for_timeout(500)
    inside = [each for each in asked if each.frame.parent_frame and each not in stopped]
    assert [each.url.rpartition("/")[2] for each in inside] == ["banner?layer=2"], "where the answer was given"
    assert len(banner.records()) == 1


def test_the_frame_is_about_as_wide_as_the_device(seen, owner_of):
    banner, _, record_id = seen
    owner = owner_of(banner.key)
    owner.goto(page_of(banner, record_id))
    expect(owner.locator("iframe.preview")).to_have_attribute("width", "100%")
    assert owner.locator("iframe.preview").get_attribute("sandbox") == "allow-scripts"


def test_where_a_file_was_lost_the_page_says_so_and_makes_nothing_up(seen, owner_of):
    banner, _, record_id = seen
    lost = banner_file_table.delete().where(banner_file_table.c.file.like("%.preferences.js"))
    with banner.platform.app.app_context():
        transact(lambda connection: connection.execute(lost))
    owner = owner_of(banner.key)
    owner.goto(page_of(banner, record_id, 2))
    expect(owner.get_by_text("no file of it is kept")).to_be_visible()
    frame_of(owner).locator("[data-consent-action=accept-all]").wait_for()
    with banner.platform.app.app_context():
        transact(lambda connection: connection.execute(banner_file_table.delete()))
    owner.goto(page_of(banner, record_id))
    expect(owner.get_by_text("cannot be shown again")).to_be_visible()
    assert owner.locator("iframe").count() == 0
    assert owner.request.get(f"{page_of(banner, record_id)}/banner").status == 404

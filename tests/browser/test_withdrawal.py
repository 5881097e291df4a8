"""Withdrawing: what runs is stopped, what lies about is removed, what cannot be stopped is left behind by a reload."""

import pytest
from playwright.sync_api import expect

YOUTUBE = "data-category=functional data-service=youtube"
FRAME = f"<iframe {YOUTUBE} data-src=/film width=400 height=300></iframe>"
GA4_INLINE = '<script type="text/plain" data-category=analytics data-service=ga4>window.ran = 1</script>'


@pytest.fixture
def policy():
    """Nothing here needs a reload by itself: what the page carries is in the page."""
    ga4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "page"}
    pixel = {"id": "meta_pixel", "preset": "meta_pixel", "parameters": {"pixel_id": "123456789012345"}, "load": "page"}
    return {"services": [ga4, pixel, {"id": "youtube", "preset": "youtube"}]}


def film(shop):
    shop.put("/film", "<p>film</p><script>setInterval(() => parent.postMessage('playing', '*'), 20)</script>")


def test_refusing_later_takes_as_many_clicks_as_accepting_later(visit):
    banner = visit().asks().reject()
    for action, decision in [("accept-all", "accept_all"), ("reject-all", "reject_all")]:
        banner.reopen().answer(action)
        assert banner.state()["decision"] == decision
    assert banner.granted() == []


def test_the_withdraw_button_records_a_withdrawal_and_grants_nothing(visit):
    banner = visit().asks().accept()
    banner.delivered()
    banner.reopen().root.locator("details", has=banner.page.locator("[data-consent-action=withdraw]")).locator(
        "summary"
    ).click()
    banner.button("withdraw").click()
    banner.page.wait_for_function("consent.state().decision === 'withdraw'")
    *_, row = banner.delivered()
    assert (row["decision"], row["source"]) == ("withdraw", "preferences")
    assert [name for name, on in row["services"].items() if on] == ["consent"]
    banner.open("/a").is_silent()
    assert banner.granted() == []


def test_a_withdrawn_frame_is_emptied_blocked_again_and_leaves_no_step_back(visit, shop):
    film(shop)
    banner = visit(FRAME)
    banner.call("acceptAll()").page.frame_locator("iframe").get_by_text("film").wait_for()
    length = banner.page.evaluate("history.length")
    banner.call("withdraw()")
    expect(banner.root.page.locator("iframe")).not_to_have_attribute("src", "/film")
    stays = "() => new Promise((done) => { addEventListener('message', () => done(true)); setTimeout(() => done(false), 200) })"
    assert banner.page.evaluate(stays) is False
    assert banner.page.evaluate("history.length") == length
    expect(banner.page.locator("[data-consent-action=allow-once]")).to_be_visible()


def test_a_frame_whose_service_is_kept_plays_on(visit, shop):
    film(shop)
    banner = visit(FRAME)
    banner.call("acceptAll()").page.frame_locator("iframe").get_by_text("film").wait_for()
    banner.call("save({services: {ga4: false}})").settle()
    expect(banner.page.locator("iframe")).to_have_attribute("src", "/film")
    assert shop.asked("/film") == 1


def test_a_withdrawn_image_and_video_lose_their_address_and_get_it_back(visit):
    banner = visit(f"<video {YOUTUBE} data-src=/film.mp4></video><img src=/blank.gif {YOUTUBE} data-src=/a.gif alt=''>")
    addresses = "() => [...document.querySelectorAll('video, body > img')].map((e) => e.getAttribute('src') || '')"
    for call, expected in [("acceptAll()", ["/film.mp4", "/a.gif"]), ("withdraw()", ["", "/blank.gif"])] * 2:
        banner.call(call).settle()
        assert banner.page.evaluate(addresses) == expected


def test_allowing_once_plays_one_frame_on_this_page_only_and_is_no_decision(visit, shop):
    film(shop)
    banner = visit(FRAME + FRAME).asks().reject()
    banner.page.locator("[data-consent-action=allow-once]").first.click()
    banner.page.frame_locator("iframe >> nth=0").get_by_text("film").wait_for()
    assert (shop.asked("/film"), banner.granted()) == (1, [])
    expect(banner.page.locator("[data-consent-action=allow-once]")).to_have_count(1)
    assert [row["decision"] for row in banner.delivered()] == ["reject_all"]
    banner.page.reload()
    expect(banner.page.locator("[data-consent-action=allow-once]")).to_have_count(2)
    assert shop.asked("/film") == 1


def test_allowing_always_grants_and_records_that_service_alone(visit, shop):
    film(shop)
    banner = visit(FRAME + FRAME).asks().reject()
    banner.page.locator("[data-consent-action=allow-always]").first.click()
    banner.page.frame_locator("iframe >> nth=1").get_by_text("film").wait_for()
    expect(banner.page.locator("[data-consent-action=allow-once]")).to_have_count(0)
    *_, row = banner.delivered()
    assert (row["decision"], banner.granted()) == ("custom", ["youtube"])
    banner.page.reload()
    banner.page.frame_locator("iframe >> nth=0").get_by_text("film").wait_for()


def test_a_frame_whose_names_the_policy_lacks_gets_no_placeholder(visit):
    banner = visit("<iframe data-category=gallery data-src=/film></iframe>").asks().reject().settle()
    expect(banner.page.locator("[data-consent-action=allow-once]")).to_have_count(0)


def test_a_script_that_has_run_is_left_behind_by_a_reload_with_its_record(visit):
    banner = visit(GA4_INLINE).call("acceptAll()")
    assert banner.page.evaluate("ran") == 1
    banner.reloads(lambda: banner.call("withdraw()"))
    assert banner.page.evaluate("window.ran") is None
    banner.is_silent()
    assert [row["decision"] for row in banner.delivered()] == ["accept_all", "withdraw"]


def test_a_frame_can_be_emptied_and_needs_no_reload(visit, shop):
    film(shop)
    assert stays_after_withdrawal(visit(FRAME))


def test_a_tag_that_this_page_does_not_carry_needs_no_reload(visit):
    marketo = {"id": "marketo", "preset": "marketo", "parameters": {"munchkin_id": "123-ABC-456"}, "load": "page"}
    assert stays_after_withdrawal(visit(services=[marketo]))


def stays_after_withdrawal(banner):
    banner.call("acceptAll()").settle()
    banner.page.evaluate("window.same = 1")
    banner.call("withdraw()").delivered()
    return banner.page.evaluate("new Promise((done) => setTimeout(() => done(window.same), 100))") == 1


def test_withdrawing_updates_consent_mode_once_and_tells_the_page(visit):
    banner = visit(
        head="<script>heard = []; addEventListener('consent:withdraw', (e) => heard.push(e.detail))</script>"
    )
    banner.call("acceptAll()").call("withdraw()").settle()
    entries = [entry for entry in banner.data_layer() if isinstance(entry, list)]
    updates = [entry[2] for entry in entries if entry[1] == "update"]
    assert [update["ad_storage"] for update in updates] == ["granted", "denied"]
    (detail,) = banner.page.evaluate("heard")
    assert (detail["v"], detail["decision"], detail["services"]["ga4"]) == (1, "withdraw", False)


HOST = "a.b.shop.example"
DOMAINS = (".shop.example", ".b.shop.example", ".a.b.shop.example", HOST)
GA_COOKIES = ("_ga", "_ga_ABC1234567", "_gid")


def plant_everywhere(banner, *names, domains=DOMAINS, paths=("/", "/shop", "/shop/")):
    for name in names:
        for domain in domains:
            for path in paths:
                banner.plant(f"{name}.{domain}.{path}", name=name, domain=domain, path=path)


def left(banner):
    own = {"consent"}
    return sorted({cookie["name"] for cookie in banner.page.context.cookies()} - own)


def test_cookies_of_refused_services_go_from_every_parent_domain_and_path(banner_of):
    banner = banner_of().open("/shop/item", host=HOST).call("save({services: {ga4: true, meta_pixel: true}})")
    plant_everywhere(banner, *GA_COOKIES, "_fbp", "session", "_gaa", "x_ga")
    banner.call("save({services: {ga4: false}})").delivered()
    assert left(banner) == ["_fbp", "_gaa", "session", "x_ga"]
    assert banner.kept() == ["advertising", ".meta_pixel"]


def test_cookies_go_below_co_jp_where_a_guess_of_two_labels_fails(banner_of):
    banner = banner_of().open(host="www.shop.co.jp").call("acceptAll()").settle()
    plant_everywhere(banner, "_ga", domains=(".shop.co.jp", "www.shop.co.jp"), paths=("/",))
    assert [cookie["domain"] for cookie in banner.cookies()] == [".shop.co.jp"]
    banner.call("rejectAll()").delivered()
    assert left(banner) == []
    assert banner.cookie()["d"] == "reject_all"


def test_cookies_left_from_before_a_refusal_go_on_the_next_page_and_stay_while_undecided(visit):
    banner = visit().asks()
    banner.plant("old", name="_ga")
    assert left(banner.open("/a").asks().settle()) == ["_ga"]
    assert left(banner.reject().settle()) == []
    banner.plant("again", name="_ga")
    assert left(banner.open("/b").settle()) == []


def test_storage_of_refused_services_is_removed_and_nothing_else(visit):
    ads = {"id": "google_ads", "preset": "google_ads", "parameters": {"conversion_id": "AW-123456789"}, "load": "page"}
    banner = visit(services=[ads]).call("acceptAll()").settle()
    fill = "for (const s of [localStorage, sessionStorage]) for (const k of ['_gcl_ls', '_gcl_lsx', 'cart']) s.setItem(k, 1)"
    banner.page.evaluate(f"() => {{ {fill} }}")
    banner.call("withdraw()").settle()
    keys = "[localStorage, sessionStorage].map((storage) => Object.keys(storage).filter((k) => !k.startsWith('consent')).sort())"
    assert banner.page.evaluate(keys) == [["_gcl_lsx", "cart"]] * 2
    banner.delivered()
    assert banner.stored()

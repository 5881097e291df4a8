"""What the registers lack is found where a site's policy is checked or published, and holds up nothing."""

import pytest
import yaml

from consent import clock
from consent.db import db, transact
from consent.policies import publish, register_lint
from consent.policies.document import read, resolve
from tests.people import example_policy
from tests.registering import days_ago

CODES = {"country_check_missing", "country_check_expired", "confirmation_missing"}
ACQUIRES = {"recipient": {"ja": "Meta Platforms, Inc.", "en": "Meta Platforms, Inc."}, "items": ["cookie_id"]}


def source(**types):
    policy = yaml.safe_load(example_policy())
    for service in policy["services"]:
        service["provision"] = {"type": types.get(service["id"], "direct_acquisition")}
        if service["provision"]["type"] == "personal_related_info":
            service["acquires_as_personal_data"] = ACQUIRES
    return read(yaml.safe_dump(policy, allow_unicode=True))


def codes(site, policy):
    with db.engine.connect() as connection:
        found = register_lint.check(connection, site.id, resolve(policy).document, clock.now())
    return [(each.code, each.path) for each in found]


def test_a_recipient_abroad_without_a_check_is_found(site, other_site, add_transfer):
    policy = source(hubspot="foreign_third_party")
    missing = [("country_check_missing", "services.hubspot")]
    assert codes(site, policy) == missing
    add_transfer()
    assert codes(site, policy) == []
    assert codes(other_site, policy) == missing
    assert codes(other_site, source()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_check_that_has_run_out_is_found_whatever_the_policy_says_of_the_provision(site, add_transfer):
    add_transfer(checked_on=days_ago(400))
    assert codes(site, source()) == [("country_check_expired", "services.hubspot")]
    add_transfer(checked_on=days_ago(360))
    assert codes(site, source()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_recipient_that_acquires_without_a_confirmation_is_found(site, add_confirmation):
    policy = source(meta_pixel="personal_related_info")
    assert codes(site, policy) == [("confirmation_missing", "services.meta_pixel")]
    add_confirmation()
    assert codes(site, policy) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_publishing_goes_on_and_tells(site, add_transfer):
    add_transfer(service_id="ga4", checked_on=days_ago(400))
    policy = source(hubspot="foreign_third_party")
    made = transact(lambda c: publish.publish(c, site.id, policy, now=clock.now(), published_by="tests"))
    warned = {each.code for each in made.warnings if each.code in CODES}
    assert (made.unchanged, warned) == (False, {"country_check_missing", "country_check_expired"})

"""What a browser's parser does by itself differs between engines."""

from tests.browser.test_gating import (  # noqa: F401  (the same tests, and the policy they need)
    policy,
    test_a_refusal_asks_for_nothing_and_a_consent_for_everything,
    test_a_template_is_released_with_its_text_and_order_and_its_scripts_run_once,
    test_no_gated_address_is_asked_for_in_repeated_first_visits,
    test_scripts_run_in_document_order_each_after_the_one_before,
    test_what_is_inert_inside_a_template_gets_its_address_in_the_order_of_the_document,
)

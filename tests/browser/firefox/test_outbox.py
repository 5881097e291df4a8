"""Decisions on their way."""

from tests.browser.test_outbox import (  # noqa: F401  (the same tests)
    policy,
    test_a_decision_that_fails_to_arrive_holds_and_arrives_once_from_the_next_page,
    test_a_record_that_the_platform_refuses_is_tried_on_the_next_page_and_not_before,
    test_offline_the_answer_holds_and_is_delivered_as_soon_as_there_is_a_connection,
)

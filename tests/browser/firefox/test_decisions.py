"""The main job."""

from tests.browser.test_decisions import (  # noqa: F401  (the same tests)
    test_a_choice_of_single_services_is_recorded_as_it_was_clicked,
    test_accepting_grants_and_records_everything,
    test_before_a_decision_nothing_is_granted_kept_or_sent,
    test_esc_and_the_close_button_decide_nothing,
    test_refusing_grants_nothing_contacts_nobody_and_is_recorded,
    test_scrolling_clicking_about_and_leaving_decide_nothing,
    test_the_preferences_can_accept_and_refuse_everything,
)

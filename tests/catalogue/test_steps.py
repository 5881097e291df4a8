import pytest

from consent.catalogue.parameters import fill_hosts, fill_steps, problems
from consent.catalogue.presets import presets
from consent.catalogue.steps import compile_guarded, compile_load
from tests.catalogue.node import run

HOSTILE = ["';alert(1)//", "</script><script>alerted=1</script>", '"+alert(1)+"', "\u2028alert(1)", "${alert(1)}", "\\"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_comes_out_as_the_text_it_is(text):
    source = compile_load([{"set": {"name": "said", "value": text}}, {"push": {"queue": "q", "value": [text]}}])
    assert run(source)["state"] == {"said": text, "q": [[text]]}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_can_leave_its_place(text):
    assert run(compile_load([{"set": {"name": text, "value": 1}}]))["state"] == {text: 1}


@pytest.mark.parametrize("text", HOSTILE)
def test_the_source_can_neither_end_a_script_element_nor_a_line(text):
    source = compile_load([{"script": {"src": f"https://example.com/{text}", "attributes": {"id": text}}}])
    assert not {"<", "\u2028", "\u2029"} & set(source)
    assert run(source)["log"] == [["script", f"https://example.com/{text}", {"id": text}]]


@pytest.mark.parametrize("preset", [each for each in presets().values() if each.parameters], ids=lambda each: each.id)
@pytest.mark.parametrize("text", [*HOSTILE, "", " ", "javascript:alert(1)", "https://evil.example/\n", "x" * 300])
def test_a_hostile_parameter_is_refused_by_the_pattern_of_every_preset(preset, text):
    given = {parameter.name: text for parameter in preset.parameters}
    assert {each.code for each in problems(preset, given)} == {"parameter_invalid"}


def test_a_good_parameter_passes_and_a_missing_or_foreign_one_does_not():
    ga4 = presets()["ga4"]
    assert list(problems(ga4, {"measurement_id": "G-ABC1234567"})) == []
    assert [each.code for each in problems(ga4, {})] == ["parameter_missing"]
    assert [each.code for each in problems(ga4, {"measurement_id": "G-ABC1234567", "colour": "red"})] == [
        "parameter_unknown"
    ]


def test_a_parameter_inside_an_address_is_percent_encoded():
    steps = [{"script": {"src": "https://example.com/t.js?id={code}"}}]
    assert fill_steps(steps, {"code": "a&b=c/../é"}) == [
        {"script": {"src": "https://example.com/t.js?id=a%26b%3Dc%2F..%2F%C3%A9"}}
    ]


def test_a_parameter_that_is_the_whole_address_is_taken_as_it_is():
    address = "https://cdn.example.com/w.js?a=1&b=%20"
    assert fill_steps([{"script": {"src": "{src}"}}], {"src": address}) == [{"script": {"src": address}}]


def test_a_parameter_may_be_a_number():
    filled = fill_steps([{"call": {"name": "f", "args": [{"number": "{id}"}, "{id}"]}}], {"id": "0042"})
    assert filled == [{"call": {"name": "f", "args": [42, "0042"]}}]


def test_hosts_are_the_hosts_of_addresses():
    assert fill_hosts(["{src}", "*.example.com"], {"src": "https://cdn.example.net:8443/x"}) == [
        "cdn.example.net",
        "*.example.com",
    ]


def test_now_is_computed_in_the_browser():
    source = compile_load([{"push": {"queue": "q", "value": {"at": {"now": "ms"}, "on": {"now": "date"}}}}])
    (entry,) = run(source)["state"]["q"]
    assert entry["at"] > 1_700_000_000_000
    assert entry["on"].startswith("20")


def test_the_arguments_object_itself_is_queued_and_not_an_array():
    source = compile_load(
        [{"stub": {"name": "gtag", "into": "dataLayer"}}, {"call": {"name": "gtag", "args": ["x", 1]}}]
    )
    kind = ";w.kind=Object.prototype.toString.call(w.dataLayer[0])}]"
    assert run(source.removesuffix("}]") + kind)["state"]["kind"] == "[object Arguments]"


def test_a_stub_leaves_a_function_alone_that_is_there_already():
    for options in ({"into": "q"}, {"queue": "q"}):
        source = compile_load([{"stub": {"name": "f", **options}}, {"call": {"name": "f", "args": [1]}}])
        assert run(source, before=["f"])["log"] == [["f", 1]]


def test_steps_after_a_script_run_when_it_has_loaded():
    then = [{"call": {"name": "Vendor.init", "args": [1]}}]
    source = compile_load([{"script": {"src": "https://example.com/v.js", "then": then}}])
    assert run(source, loaded=["Vendor.init"])["log"] == [
        ["script", "https://example.com/v.js", {}],
        ["Vendor.init", 1],
    ]


def test_a_script_that_did_not_bring_its_function_is_no_error():
    then = [{"call": {"name": "Vendor.init", "args": [1]}}]
    source = compile_load([{"script": {"src": "https://example.com/v.js", "then": then}}])
    assert run(source)["log"] == [["script", "https://example.com/v.js", {}]]


def test_a_guarded_push_makes_no_queue_that_is_not_there():
    steps = [{"push": {"queue": "q", "value": 1}}]
    assert run(compile_guarded(steps))["state"] == {}
    assert run(compile_guarded(steps), queues=["q"])["state"] == {"q": [1]}


def test_a_guarded_step_that_fails_does_not_hold_up_the_next():
    steps = [{"call": {"name": "broken", "args": []}}, {"call": {"name": "fine", "args": [1]}}]
    assert run(compile_guarded(steps), throwing=["broken"], before=["fine"])["log"] == [["fine", 1]]


def test_a_value_without_a_json_form_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        compile_load([{"set": {"name": "x", "value": float("nan")}}])


def test_a_load_is_one_function_and_a_guarded_call_one_for_each_step():
    steps = [{"set": {"name": "a", "value": True}}, {"set": {"name": "b c", "value": 1}}]
    assert compile_load(steps) == '[(w,k)=>{w.a=!0;w["b c"]=1}]'
    assert compile_guarded(steps) == '[(w,k)=>{w.a=!0},(w,k)=>{w["b c"]=1}]'


def test_two_stubs_of_one_service_keep_their_queues_apart():
    stubs = [{"stub": {"name": name, "queue": "q"}} for name in ("f", "g")]
    calls = [{"call": {"name": name, "args": [name]}} for name in ("f", "g")]
    state = run(compile_load(stubs + calls))["state"]
    assert (state["f"]["q"], state["g"]["q"]) == ([["f"]], [["g"]])

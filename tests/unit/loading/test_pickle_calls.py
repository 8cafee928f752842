"""Calls are judged, not names: whatever the way to the call, and whatever happens to its result."""

from __future__ import annotations

import pickle

import pytest

from tests.unit.loading.pickled import SYSTEM, calls_of, read_bytes, steps_of, worst_of


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"(cos\nsystem\nS'true'\no.",
        b"\x80\x02cos\nsystem\nU\x04true\x85R.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x85R.",
        b"\x80\x04\x8c\x02os\x940\x8c\x06system\x940h\x00h\x01\x93\x8c\x04true\x85R.",
        b"\x80\x02X\x01\x00\x00\x00xq\x010X\x02\x00\x00\x00osq\x010h\x01X\x06\x00\x00\x00system\x93U\x04true\x85R.",
        b"\x80\x04(\x8c\x01a\x8c\x01b1\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
    ],
)  # fmt: skip
def test_every_opcode_that_calls_is_seen(data: bytes) -> None:
    assert worst_of(data) == "hostile"
    assert calls_of(data) == ["os.system('true')"]


def test_a_step_says_what_where_and_with_which_value() -> None:
    step = steps_of(b"\x80\x04" + SYSTEM + b".")[0]
    assert (step.what, step.slug, step.callee, step.at) == ("load.call", "call", "posix.system", 25)
    assert step.values == ("true",)
    assert step.does == "shell.run"


def test_a_result_that_is_dropped_was_called_all_the_same() -> None:
    assert worst_of(b"\x80\x04" + SYSTEM + b"0}.") == "hostile"


@pytest.mark.parametrize("tail", [b"", b"\xff", b"0000.", b"\x8c", b"R.", b"\x8e" + b"\xff" * 8])
def test_what_stands_before_the_damage_has_run(tail: bytes) -> None:
    assert worst_of(b"\x80\x04" + SYSTEM + tail) == "hostile"


def test_a_class_of_an_unknown_package_is_foreign_and_names_the_package() -> None:
    steps = steps_of(b"\x80\x04\x8c\x04evil\x8c\x01M\x93)\x81.")
    assert [(step.verdict, step.package, step.text) for step in steps] == [("foreign", "evil", "evil.M.__new__()")]


def test_a_name_that_is_only_imported_runs_its_module() -> None:
    steps = steps_of(b"\x80\x04\x8c\x04evil\x8c\x01M\x93.")
    assert [(step.what, step.verdict, step.package) for step in steps] == [("load.import", "foreign", "evil")]


def test_calling_what_a_call_returned_is_hostile() -> None:
    data = b"\x80\x04\x8c\x09functools\x8c\x07partial\x93\x8c\x08builtins\x8c\x03int\x93\x85R)R."
    assert "hostile" in {step.verdict for step in steps_of(data)}


def test_a_name_that_is_computed_is_hostile() -> None:
    data = b"\x80\x04\x8c\x08builtins\x8c\x03str\x93\x8c\x02os\x85R\x8c\x06system\x93."
    assert "computed-name" in {step.slug for step in steps_of(data)}


def test_the_extension_registry_is_hostile() -> None:
    assert worst_of(b"\x80\x02\x82\x07\x8c\x04true\x85R.") == "hostile"


def test_a_dotted_name_is_not_its_module_s() -> None:
    data = b"\x80\x04\x8c\x06random\x8c\x0a_os.system\x93\x8c\x04true\x85R."
    assert worst_of(data) == "hostile"


def test_getattr_takes_a_known_object_and_a_public_name() -> None:
    attribute = b"\x80\x02cbuiltins\ngetattr\ncbuiltins\nint\nX%c\x00\x00\x00%s\x86R."
    assert worst_of(attribute % (9, b"bit_count")) == "known constructors"
    assert steps_of(attribute % (9, b"__class__"))


def test_getattr_on_what_getattr_returned_is_no_data() -> None:
    first = b"cbuiltins\ngetattr\ncbuiltins\nint\nX\x09\x00\x00\x00from_byte\x86R"
    assert steps_of(b"\x80\x02cbuiltins\ngetattr\n" + first + b"X\x01\x00\x00\x00x\x86R.")
    assert steps_of(b"\x80\x02" + first + b"}b}b.")
    assert steps_of(b"\x80\x02" + first + b"K\x01a.")


def test_state_on_an_instance_is_fine_but_no_method_of_it() -> None:
    assert worst_of(b"\x80\x04\x8c\x05types\x8c\x0fSimpleNamespace\x93)R}\x8c\x01aK\x01sb.") == "known constructors"
    data = b"\x80\x04\x8c\x05types\x8c\x0fSimpleNamespace\x93)R}\x8c\x0c__setstate__\x8c\x05posix\x8c\x06system\x93sb"
    assert "method-replaced" in {step.slug for step in steps_of(data + b"\x8c\x04trueb.")}
    slots = data[:-1].replace(b"}", b"N}") + b"\x86b."
    assert "method-replaced" in {step.slug for step in steps_of(slots)}


def test_state_on_a_class_changes_it_for_everybody() -> None:
    data = b"\x80\x04\x8c\x08datetime\x8c\x04date\x93}\x8c\x05todayK\x01sb."
    assert "patched" in {step.slug for step in steps_of(data)}


def test_items_go_into_containers_and_not_into_classes() -> None:
    assert worst_of(b"\x80\x04\x8c\x0bcollections\x8c\x05deque\x93)R(K\x01e.") == "known constructors"
    assert steps_of(b"\x80\x04\x8c\x0bcollections\x8c\x05deque\x93(K\x01e.")


def test_a_lazy_iterator_is_not_an_argument() -> None:
    data = (
        b"\x80\x04\x8c\x0bcollections\x8c\x05deque\x93\x8c\x08builtins\x8c\x03map\x93\x8c\x05posix\x8c\x06system\x93"
        b"](\x8c\x04truee\x86R\x85R."
    )
    assert worst_of(data) == "hostile"


def test_names_of_python_2_are_known() -> None:
    assert worst_of(b"c__builtin__\neval\n(S'1'\ntR.") == "hostile"
    assert worst_of(b"c__builtin__\nset\n((lK\x01atR.") == "known constructors"


def test_copyreg_constructs_classes_that_are_known_to() -> None:
    known = b"ccopy_reg\n_reconstructor\n(ccollections\nOrderedDict\nc__builtin__\ndict\nN"
    assert "evil.M" in calls_of(b"ccopy_reg\n_reconstructor\n(cevil\nM\nc__builtin__\nobject\nNtR.")[0]
    assert read_bytes(known + b"tR.").verdict in {"known constructors", "foreign code needed"}


def test_torch_s_storages_are_known_persistent_ids() -> None:
    data = b"\x80\x02(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ."
    assert worst_of(data) == "known constructors"
    assert [step.slug for step in read_bytes(b"\x80\x02X\x03\x00\x00\x00abcQ.").steps] == ["persistent-id"]


def test_a_pickle_of_a_known_callable_s_bytes_is_read() -> None:
    inner = b"\x80\x04" + SYSTEM + b"."
    data = b"\x80\x04\x8c\x0dtorch.storage\x8c\x10_load_from_bytes\x93C" + bytes([len(inner)]) + inner + b"\x85R."
    found = [step.layer[-1] for step in steps_of(data) if step.text == "posix.system('true')"]
    assert [layer for layer in found if layer.startswith("pickle @")]


def test_code_in_the_file_is_foreign_and_hostile_when_it_runs_a_shell() -> None:
    calm = b"\x80\x04\x8c\x05types\x8c\x08CodeType\x93(K\x00C\x02d\x01\x8c\x04sqrt\x85tR."
    loud = b"\x80\x04\x8c\x05types\x8c\x08CodeType\x93(K\x00C\x02d\x01\x8c\x06system\x8c\x02os\x86tR."
    assert [(s.what, s.verdict) for s in steps_of(calm)] == [("load.code", "foreign")]
    assert [(s.what, s.verdict, s.does) for s in steps_of(loud)] == [("load.code", "hostile", "shell.run")]
    assert "system" in steps_of(loud)[0].values


def test_a_pickle_of_data_does_nothing() -> None:
    for protocol in range(6):
        report = read_bytes(pickle.dumps({"a": [1, 2.5, None, True, "x", b"y", (1,), {2}]}, protocol))
        assert report.gaps == []
        assert report.verdict in {"data only", "known constructors"}


_NAMESPACE = b"\x80\x04\x8c\x05types\x8c\x0fSimpleNamespace\x93)R"


def test_a_dict_that_replaces_the_attributes_is_looked_into() -> None:
    inner = b"}\x8c\x0c__setstate__\x8c\x05posix\x8c\x06system\x93s"
    data = _NAMESPACE + b"N}\x8c\x08__dict__" + inner + b"s\x86b."
    assert "method-replaced" in {step.slug for step in steps_of(data)}
    assert steps_of(_NAMESPACE + b"N}\x8c\x08__dict__}\x8c\x01aK\x01ss\x86b.") == []


def test_names_of_the_language_that_libraries_leave_in_a_state_are_fine() -> None:
    report = read_bytes(_NAMESPACE + b"}\x8c\x07__doc__\x8c\x01xsb.")
    assert {step.verdict for step in report.steps} == {"known"}
    odd = read_bytes(_NAMESPACE + b"}\x8c\x08__what__K\x01sb.")
    assert [step.slug for step in odd.steps if step.verdict == "odd"] == ["dunder"]


def test_a_bound_method_of_a_foreign_object_is_no_worse_than_the_object() -> None:
    data = b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93\x8c\x04evil\x8c\x01M\x93)\x81\x8c\x03run\x86R."
    assert [(step.verdict, step.package) for step in steps_of(data)] == [("foreign", "evil")]


def test_a_class_that_the_file_ships_is_foreign_and_a_function_of_it_must_not_run() -> None:
    made = b"\x80\x04\x8c\x17cloudpickle.cloudpickle\x8c\x14_make_skeleton_class\x93)R"
    assert {step.verdict for step in steps_of(made + b")\x81.")} == {"foreign"}
    assert "hostile" in {step.verdict for step in steps_of(made + b")R.")}


def test_classes_of_the_loading_program_belong_to_no_package() -> None:
    steps = steps_of(b"\x80\x04\x8c\x08__main__\x8c\x01M\x93)\x81.")
    assert [(step.verdict, step.package) for step in steps] == [("foreign", "")]


def test_classes_of_torchscript_are_those_of_its_code_text() -> None:
    assert worst_of(b"\x80\x02c__torch__.m\nNet\n)\x81}b.") == "known constructors"


def test_module_containers_of_legacy_torch_are_the_class_itself() -> None:
    data = b"\x80\x02(X\x06\x00\x00\x00moduleccollections\nOrderedDict\nX\x01\x00\x00\x00aX\x01\x00\x00\x00btQ."
    assert {step.verdict for step in read_bytes(data).steps} == {"known"}
    assert worst_of(data.replace(b"ccollections\nOrderedDict", b"cposix\nsystem")) == "hostile"


def test_many_calls_of_one_foreign_name_are_told_fifty_times() -> None:
    calls = (b"\x8c\x04evil\x8c\x01M\x93M%c%c\x85R" % (n % 256, n // 256) for n in range(500))
    data = b"\x80\x04(" + b"".join(calls) + b"l."
    report = read_bytes(data)
    assert (len(report.steps), report.gaps) == (50, [])


def test_foreign_code_before_a_damage_that_stops_parsers_is_hostile() -> None:
    data = b"\x80\x04\x8c\x04evil\x8c\x01M\x93)R"
    assert "broken-tail" in {step.slug for step in steps_of(data + b"\xff.") if step.verdict == "hostile"}
    assert {step.verdict for step in steps_of(data)} == {"foreign"}


def test_names_that_no_terminal_could_show_are_escaped() -> None:
    name = "a\x1b\n\ud800b".encode("utf-8", "surrogatepass")
    data = b"\x80\x04\x8c" + bytes([len(name)]) + name + b"\x8c\x01M\x93\x8c\x03\xed\xa0\x80\x85R."
    step = steps_of(data)[0]
    for text in (step.text, step.callee, step.package, step.why, *step.values):
        assert text.isprintable()
        text.encode()

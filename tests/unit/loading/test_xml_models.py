import pytest

from depscan.loading.file import file_of
from depscan.loading.route import read_file
from depscan.loading.steps import CONSTRUCTORS, FOREIGN_CODE, HOSTILE_FILE, INCOMPLETE
from tests.unit.loading.messages import report_of, slugs

PMML = '<PMML xmlns="urn:x" version="4.4"><Header copyright="x"/>{}</PMML>'
NET = '<?xml version="1.0"?><net name="m" version="11"><layers>{}</layers></net>'


def pmml(inside: str, before: str = "") -> bytes:
    return ('<?xml version="1.0"?>' + before + PMML.format(inside)).encode()


def test_plain_models_are_known() -> None:
    inside = '<DefineFunction name="f"><Apply function="+"><Constant>1</Constant></Apply></DefineFunction>'
    assert report_of(pmml(inside), "m.pmml").verdict == CONSTRUCTORS
    layer = '<layer id="0" name="x" type="Parameter" version="opset1"/>'
    assert report_of(NET.format(layer).encode(), "m.xml").verdict == CONSTRUCTORS


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://127.0.0.1/x">',
        '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">',
    ],
)
def test_entities_are_hostile_and_never_resolved(declaration: str) -> None:
    found = report_of(pmml("", f"<!DOCTYPE PMML [{declaration}]>"), "m.pmml")
    assert ("hostile", "entity") in slugs(found)


def test_a_document_type_that_is_fetched_is_hostile() -> None:
    found = report_of(pmml("", '<!DOCTYPE PMML SYSTEM "http://127.0.0.1/x.dtd">'), "m.xml")
    assert found.verdict == HOSTILE_FILE


@pytest.mark.parametrize(
    "inside",
    [
        "<Extension><script>java.lang.Runtime</script></Extension>",
        '<Extension name="script" value="x"/>',
        '<Extension value="Runtime.getRuntime()"/>',
        "<Constant>os.system('true')</Constant>",
    ],
)
def test_scripts_are_hostile(inside: str) -> None:
    assert report_of(pmml(inside), "m.pmml").verdict == HOSTILE_FILE


def test_a_function_that_is_a_java_class_is_foreign() -> None:
    assert report_of(pmml('<Apply function="com.example.Evil"/>'), "m.pmml").verdict == FOREIGN_CODE


def test_a_layer_with_a_library_is_hostile_and_one_of_an_extension_foreign() -> None:
    library = '<layer type="Evil" version="extension" library="/x/evil.so"/>'
    assert report_of(NET.format(library).encode(), "m.xml").verdict == HOSTILE_FILE
    custom = '<layer type="Evil" version="extension"/>'
    assert report_of(NET.format(custom).encode("utf-16"), "m.xml").verdict == FOREIGN_CODE


def test_xml_that_is_cut_off_is_incomplete_and_other_xml_is_nobodys() -> None:
    assert report_of(pmml("<x>")[:-3], "m.pmml").verdict == INCOMPLETE
    assert read_file(file_of(b'<?xml version="1.0"?><project><net/></project>', "pom.xml")) is None


@pytest.mark.parametrize(
    ("offset", "size", "verdict"), [(0, 64, CONSTRUCTORS), (0, 2**64 - 1, HOSTILE_FILE), (-8, 4, HOSTILE_FILE)]
)
def test_weights_behind_the_end_of_any_file_are_hostile(offset: int, size: int, verdict: str) -> None:
    data = f'<layer id="0" type="Const" version="opset1"><data offset="{offset}" size="{size}"/></layer>'
    assert report_of(NET.format(data).encode(), "m.xml").verdict == verdict

"""CycloneDX 1.6 JSON: the graph as a bill of materials (https://cyclonedx.org/docs/1.6/json/)."""

from depscan.model.result import ScanResult
from depscan.reports._cyclonedx_bill import bill
from depscan.reports.report import Report, View


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the bill of materials; its serial number is made of its content and not of the time."""
    return bill(result, "1.6")


REPORT = Report("cyclonedx", "CycloneDX 1.6 JSON", "application/vnd.cyclonedx+json", render)

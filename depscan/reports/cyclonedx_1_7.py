"""CycloneDX 1.7 JSON: the graph as a bill of materials (https://cyclonedx.org/docs/1.7/json/)."""

from depscan.model.result import ScanResult
from depscan.reports._cyclonedx_bill import bill
from depscan.reports.report import Report, View


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the bill of materials; its serial number is made of its content and not of the time."""
    return bill(result, "1.7")


REPORT = Report("cyclonedx-1.7", "CycloneDX 1.7 JSON", "application/vnd.cyclonedx+json", render)

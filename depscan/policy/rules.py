"""The pages of the findings that the policy itself gives."""

from __future__ import annotations

from depscan.model.finding import Severity
from depscan.model.rule import Rule

RULES = (
    Rule(
        "policy/expired-exception",
        "Exception past its date",
        "policy",
        Severity.MEDIUM,
        "An exception in the policy file names a last day that is over. It accepts nothing any more: what it "
        "covered is judged by the policy's rules again.",
        "An exception is a decision to live with a risk for a time. When the time is over somebody has to decide "
        "again; an exception that went on silently would be a hole nobody remembers.",
        "Fix or replace what the exception accepted and remove it. If the risk is still acceptable, write a new "
        "date and the reason why it still is.",
        "None: the date is compared with the day of the scan. The day named is the last one that counts.",
    ),
    Rule(
        "policy/unused-exception",
        "Exception that matches nothing",
        "policy",
        Severity.LOW,
        "An exception in the policy file fits no finding of this scan: neither id, alias, rule id nor fingerprint, "
        "together with the package where one is named.",
        "A stale exception accepts the next problem with the same name without anybody looking, and a mistyped one "
        "accepts nothing while its author thinks the matter is settled.",
        "Remove it when the finding is gone for good; otherwise correct its id or package.",
        "A scan of a part of the repository does not see what the exception is about, and one that ran without "
        "advisory data cannot meet advisory ids.",
    ),
)

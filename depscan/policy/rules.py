"""The pages of the findings that no check gives: those about the policy, and about files that end their reader."""

from __future__ import annotations

from depscan.model.finding import Severity
from depscan.model.rule import Rule

CRASH = Rule(
    "coverage/crash",
    "File that ends whoever reads it",
    "coverage",
    Severity.MEDIUM,
    "The process that read this file crashed, was ended because of its memory, or did not come to an end in time; and "
    "a second one, alone with the file, did so too. Everything else of the repository was read without it.",
    "A file that no scanner survives is one that no scanner judges. Somebody may have made it so; and what it states "
    "or does is not in any answer until it can be read.",
    "Look at the file: what made it, and does anything need it? Report it to depscan if it is an honest one; "
    "--seconds and --memory give more room to one that is only large.",
    "A machine that is short of memory or time ends honest workers too. Such a file is tried again after a week, and "
    "whenever the repository or depscan changes.",
)
RULES = (
    CRASH,
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

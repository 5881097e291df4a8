"""The readable page."""

from consent.audit.verify.report import Report


def render(report: Report, language: str) -> str:
    return f"{report.holds} {language}"

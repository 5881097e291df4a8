"""The report as one page for people: read in a browser, printed, filed. No script, nothing from elsewhere.

Everything in it comes from a file that anybody may have made, so every value is escaped, in one place.
"""

import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import Any

from consent.audit.verify import words
from consent.audit.verify.page_policies import policies
from consent.audit.verify.page_style import STYLE
from consent.audit.verify.report import Check, Report

DECISIONS = ("accept_all", "custom", "reject_all", "withdraw", "gpc")
_OPTION = re.compile(r"--[a-z]+")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(report: Report, language: str) -> str:
    said = words.WORDS[language]
    parts = [_verdict(report, language), _about(report, said), _checks(report, language)]
    if report.summary:
        parts += [_days(report, said), _records(report, said), policies(report.summary, said, language)]
    parts.append(_limits(said))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(said['title'])}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _verdict(report: Report, language: str) -> str:
    said = words.WORDS[language]
    known = report.check("key").status == "holds"
    kind = "fails" if not report.holds else "holds" if known else "not_checked"
    # Of whom, if the bundle could be read so far.
    head = f"{said['title']} · {report.about['site']}" if report.about else said["title"]
    return (
        f'<header class="verdict {kind}"><p class="of">{escape(head)}</p>'
        f"<h1>{escape(said['verdict_holds' if report.holds else 'verdict_fails'])}</h1>"
        + (f"<p>{escape(said['verdict_key'])}</p>" if kind == "not_checked" else "")
        + "</header>"
    )


def _about(report: Report, said: dict[str, str]) -> str:
    about = report.about
    if not about:
        return ""
    facts = {
        "log": escape(about["origin"]),
        "period": " – ".join(_whole(escape(_moment(about[name]))) for name in ("since", "until")),
        "range": f"{about['from']:,} – {about['to'] - 1:,}",
        "mode": escape(said[about["mode"]]),
        "made_with": escape(about["tool"]),
    }
    items = "".join(f"<div><dt>{escape(said[name])}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    note = "" if about["complete"] else f'<p class="note">{escape(said["open_end"])}</p>'
    return f'<dl class="facts">{items}</dl>{note}'


def _checks(report: Report, language: str) -> str:
    said = words.WORDS[language]
    rows = "".join(_check(check, language) for check in report.checks)
    head = row(("check", "result", "found"), said)
    return section(said["checks"], f'<table class="checks"><thead>{head}</thead><tbody>{rows}</tbody></table>')


def _check(check: Check, language: str) -> str:
    said = words.WORDS[language]
    where = check.place(language)
    place = f' <span class="place">{escape(where)}</span>' if where else ""
    chip = f'<span class="chip">{words.MARKS[check.status]} {escape(said[check.status])}</span>'
    found = f"{_OPTION.sub(lambda option: _whole(option[0]), escape(check.detail(language)))}{place}"
    return f'<tr class="{check.status}"><th scope="row">{escape(said[check.name])}</th><td>{chip}</td><td>{found}</td></tr>'


def _days(report: Report, said: dict[str, str]) -> str:
    counts: Counter[tuple[str, str]] = report.summary["counts"]
    days = sorted({day for day, _ in counts})
    if not days:
        return ""
    most = max(sum(counts[day, decision] for decision in DECISIONS) for day in days)
    rows = "".join(_day(day, counts, most) for day in days)
    totals = [sum(counts[day, decision] for day in days) for decision in DECISIONS]
    foot = "".join(f"<td>{total:,}</td>" for total in (*totals, sum(totals)))
    swatches = "".join(f'<th scope="col"><i class="{name}"></i>{escape(said[name])}</th>' for name in DECISIONS)
    day, total = (f'<th scope="col">{escape(said[name])}</th>' for name in ("day", "total"))
    table = (
        f'<table class="days"><thead><tr>{day}{swatches}{total}<th></th></tr></thead><tbody>{rows}</tbody>'
        f'<tfoot><tr><th scope="row">{escape(said["total"])}</th>{foot}<td></td></tr></tfoot></table>'
    )
    return section(said["days"], table)


def _day(day: str, counts: Counter[tuple[str, str]], most: int) -> str:
    numbers = [counts[day, decision] for decision in DECISIONS]
    cells = "".join(f"<td>{number:,}</td>" for number in (*numbers, sum(numbers)))
    bar = "".join(
        f'<i class="{decision}" style="width:{100 * number / most:.2f}%"></i>'
        for decision, number in zip(DECISIONS, numbers, strict=True)
        if number
    )
    return f'<tr><th scope="row">{escape(day)}</th>{cells}<td class="bar" aria-hidden="true">{bar}</td></tr>'


def _records(report: Report, said: dict[str, str]) -> str:
    samples = report.summary["samples"]
    if not samples:
        return ""
    note = said["records_note"].format(shown=f"{len(samples):,}", total=f"{report.summary['counts'].total():,}")
    rows = "".join(_record(each, said) for each in samples)
    head = row(("leaf", "time", "decision", "granted", "language", "policy"), said)
    table = f'<table class="records"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    return section(said["records_head"], f"<p>{escape(note)}</p>{table}")


def _record(record: dict[str, Any], said: dict[str, str]) -> str:
    granted = ", ".join(name for name, on in record["services"].items() if on and name != "consent")
    cells = (
        f"{record['leaf']:,}",
        _moment(record["received_time"]),
        said.get(record["decision"], record["decision"]),
        granted or said["nothing"],
        record["language"],
        record["policy_version"][:12],
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _moment(text: str) -> str:
    return text.replace("T", " ").removesuffix("Z").removesuffix(".000")


def _whole(html: str) -> str:
    """What no line may break."""
    return f'<span class="whole">{html}</span>'


def _limits(said: dict[str, str]) -> str:
    text = f"<p>{escape(said['proves'])}</p><p>{escape(said['proves_not'])}</p>"
    return section(said["proves_head"], text)


def row(names: Iterable[str], said: dict[str, str]) -> str:
    """The head of a table."""
    return "<tr>" + "".join(f'<th scope="col">{escape(said[name])}</th>' for name in names) + "</tr>"


def section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"

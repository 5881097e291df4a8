"""The command line of the verifier, the same for `consent verify` and for the `verify.py` of a bundle."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from consent.audit.verify import page, words
from consent.audit.verify.keys import KeysInvalid
from consent.audit.verify.receipt import ReceiptInvalid
from consent.audit.verify.report import Report
from consent.audit.verify.told import Invalid, told
from consent.audit.verify.verdict import verify


def main(arguments: Sequence[str], *, program: str) -> int:
    """The exit code: 0 nothing fails, 1 something fails, 2 the verification could not be asked for in this way."""
    given = _parser(program).parse_args(arguments)
    try:
        report = verify(
            given.bundle,
            pinned_keys=given.key,
            previous=_text(given.previous),
            receipt_text=_text(given.receipt),
            processes=given.processes,
        )
        if given.html:
            Path(given.html).write_text(page.render(report, given.language), encoding="utf-8")
    except (KeysInvalid, ReceiptInvalid, OSError, UnicodeDecodeError) as error:
        said = told(error).text(given.language) if isinstance(error, Invalid) else error
        print(f"{program}: {said}", file=sys.stderr)
        return 2
    print(json.dumps(report.as_json(), ensure_ascii=False, indent=2) if given.json else as_text(report, given.language))
    return 0 if report.holds else 1


def _text(path: str | None) -> str | None:
    return None if path is None else Path(path).read_text(encoding="utf-8")


def as_text(report: Report, language: str) -> str:
    """One line for each check, and the verdict at the end."""
    said = words.WORDS[language]
    lines = [
        f"{words.MARKS[check.status]} {said[check.status]:<12} {said[check.name]}: {check.detail(language)}"
        + (f" [{where}]" if (where := check.place(language)) else "")
        for check in report.checks
    ]
    return "\n".join([*lines, "", words.verdict(report, language)])


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Verify a bundle of consent records, offline.")
    parser.add_argument("bundle", help="the zip")
    parser.add_argument(
        "--key", action="append", default=[], metavar="VKEY", help="a public key of the log that you know"
    )
    parser.add_argument("--previous", metavar="FILE", help="a checkpoint that you kept from an earlier bundle")
    parser.add_argument("--receipt", metavar="FILE", help="a visitor's receipt: is its record in here?")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--html", metavar="FILE", help="write a page for people to read and print")
    parser.add_argument("--language", choices=sorted(words.WORDS), default="en", help="of the report; default en")
    parser.add_argument("--processes", type=_count, metavar="N", help="default: one for each processor")
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError("is no number from 1 to 256")
    return int(text)

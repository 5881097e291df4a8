"""What is wrong with a policy document, in a form that a person and a program can act on."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from consent.errors import ConsentError

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """`code` is stable. `path` is the place in the source, as `services.2.parameters.src`. `fix` says what to do.

    An error holds up publishing; a warning does not.
    """

    code: str
    path: str
    message: str
    fix: str
    severity: str = ERROR


class PolicyRefused(ConsentError):
    """The document has errors; `errors` holds every finding. Nothing was published."""

    status = 422
    code = "policy_refused"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        count = len(errors_among(self.findings))
        super().__init__(f"The policy has {count} error(s).", errors=[asdict(each) for each in self.findings])


def errors_among(findings: Iterable[Finding]) -> list[Finding]:
    return [each for each in findings if each.severity == ERROR]

"""Finding services on a page of the site: its HTML pasted or fetched, what the catalogue recognises, into the draft."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from consent.admin import policy_draft, policy_fields, policy_services, shell
from consent.admin.install import is_development
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.catalogue.presets import Preset, presets
from consent.catalogue.propose import Proposal, propose
from consent.policies import editing
from consent.policies.document import Source
from consent.policies.findings import Finding
from consent.ratelimit import Limit
from consent.sites.fetching import PageNotFetched, fetch

MOST_CHOSEN = 100


@blueprint.get("/sites/<site_key>/policy/propose")
@open_to(READERS)
def policy_propose() -> Response:
    return _page()


@blueprint.post("/sites/<site_key>/policy/propose")
@open_to(EDITORS)
def look_for_services() -> Response:
    """What was pasted counts; where nothing was, the page is fetched."""
    html, address = request.form.get("html", ""), request.form.get("address", "").strip()
    if not html.strip():
        try:
            html, address = _fetched(address)
        except PageNotFetched as error:
            said = shell.text(f"install.not_fetched.{error.reason}").format(value=error.value)
            return _page(address=address, not_fetched=said)
    policy = policy_draft.draft().policy
    return _page(address=address, looked_at=address, proposals=[_row(each, policy) for each in propose(html)])


def _fetched(address: str) -> tuple[str, str]:
    """The page and where it came from in the end. Counted, as every page that somebody makes this server ask for."""
    limit: Limit = current_app.extensions["consent.fetch.limit"]
    limit.hit()
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that hold no IPv6 address
        raise PageNotFetched("unregistered", address) from None
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    origin = f"{parts.scheme}://{parts.netloc}"
    page = fetch(origin, shell.site().origins, development=is_development(), path=path)
    return page.text, page.address


def _page(**result: Any) -> Response:
    found = policy_draft.draft()
    return policy_draft.show(
        "policy_services",
        "policy_propose.html",
        found,
        origins=sorted(shell.site().origins),
        category_names=policy_services.category_names(found.policy),
        **result,
    )


def _row(proposal: Proposal, policy: Source) -> dict[str, Any]:
    preset = presets()[proposal.preset]
    same = [each for each in policy["services"] if each["preset"] == preset.id]
    known = any(dict(proposal.parameters).items() <= each["parameters"].items() for each in same)
    return {
        **policy_services.offer(preset, policy),
        "parameters": [(each, proposal.parameters.get(each.name, "")) for each in preset.parameters],
        "traces": proposal.traces,
        "load": "page" if proposal.held_back else "",
        "next": _next(proposal, preset),
        "known": known,
    }


def _next(proposal: Proposal, preset: Preset) -> str:
    """What has to be done on the page: a key under `policy.propose.next`."""
    if preset.no_tag:
        return "nothing"
    if proposal.held_back:
        return "held_back"
    return "take_off" if preset.load else "make_inert"


@blueprint.post("/sites/<site_key>/policy/propose/add")
@open_to(EDITORS)
def add_proposed_services() -> AnyResponse:
    chosen = list(_chosen())

    def change(policy: Source) -> Source:
        for preset, parameters, load in chosen:
            policy, _ = editing.add_service(policy, preset, parameters=parameters, load=load)
        return policy

    def again(_: Source, refused: list[Finding]) -> Response:
        return _page(refused=refused)

    return policy_draft.save(change, again, "policy_services")


def _chosen() -> Iterator[tuple[str, Mapping[str, str], str | None]]:
    """Of each ticked row what its preset asks for, and nothing else."""
    for row in request.form.getlist("chosen")[:MOST_CHOSEN]:
        preset = presets().get(request.form.get(f"{row}.preset", ""))
        if preset is None:
            raise editing.PartUnknown("preset", request.form.get(f"{row}.preset", ""))
        given = {each.name: policy_fields.text(f"{row}.parameter.{each.name}") for each in preset.parameters}
        load = "page" if request.form.get(f"{row}.load") == "page" else None
        yield preset.id, {name: value for name, value in given.items() if value}, load

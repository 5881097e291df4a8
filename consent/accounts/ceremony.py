"""What passes between the platform and an authenticator (WebAuthn level 2, sections 7.1 and 7.2). No database here.

The library is the extra `passkeys` and is imported where it is used: most processes never need it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

from consent.errors import ConsentError


class PasskeyRefused(ConsentError):
    """One answer for everything: whoever tries somebody else's passkey learns nothing from it."""

    status = 401
    code = "passkey_refused"

    def __init__(self) -> None:
        super().__init__("This passkey does not fit, or it took too long. Try again.")


@dataclass(frozen=True)
class Place:
    """What a passkey is bound to: it works nowhere else."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class Made:
    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Shown:
    """`user_handle`: as the authenticator says it; None where it does not."""

    credential_id: bytes
    challenge: bytes
    user_handle: bytes | None


def place_of(public_url: str) -> Place | None:
    """None where there are no passkeys: without the library, on an address that is no name, without TLS."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    secure = parts.scheme == "https" or host == "localhost"
    if not secure or _is_address(host) or find_spec("webauthn") is None:
        return None
    return Place(host, public_url)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def creation_options(
    place: Place, challenge: bytes, *, user_handle: bytes, email: str, name: str, known: Collection[bytes]
) -> str:
    """JSON. A passkey that the device finds by itself, and that asks for a PIN, a finger or a face."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    wanted = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = generate_registration_options(
        rp_id=place.rp_id,
        rp_name="Consent",
        user_id=user_handle,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=wanted,
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return options_to_json(options)


def request_options(place: Place, challenge: bytes) -> str:
    """JSON. It names no credential: the device offers what it has, and nobody learns who has an account."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    required = UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(rp_id=place.rp_id, challenge=challenge, user_verification=required)
    return options_to_json(options)


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever the library makes of bytes that somebody has made up (it reads CBOR and keys) is a refusal."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        yield
    except (WebAuthnException, ValueError, TypeError, LookupError, AttributeError):
        raise PasskeyRefused from None


def challenge_of_new(credential: str) -> bytes:
    """What it answers to; nothing is verified yet. Raises PasskeyRefused."""
    from webauthn.helpers import parse_client_data_json, parse_registration_credential_json

    with _refusing():
        return parse_client_data_json(
            parse_registration_credential_json(credential).response.client_data_json
        ).challenge


def made(place: Place, credential: str, *, challenge: bytes) -> Made:
    """`challenge`: one that this platform has given. Raises PasskeyRefused."""
    from webauthn import verify_registration_response

    with _refusing():
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            require_user_verification=True,
        )
        return Made(found.credential_id, found.credential_public_key, found.sign_count)


def shown(credential: str) -> Shown:
    """What it claims; nothing is verified yet. Raises PasskeyRefused."""
    from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json

    with _refusing():
        found = parse_authentication_credential_json(credential)
        challenge = parse_client_data_json(found.response.client_data_json).challenge
        return Shown(found.raw_id, challenge, found.response.user_handle)


def new_count(place: Place, credential: str, *, challenge: bytes, public_key: bytes, sign_count: int) -> int:
    """The authenticator's counter after it has signed the challenge. Raises PasskeyRefused, also where it went back."""
    from webauthn import verify_authentication_response

    with _refusing():
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        ).new_sign_count

"""A security key in software: it signs what a page asks for, as a browser hands it on."""

import json
import os
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from authspine.identity.models import User

# Browsers know keys by names alone, and on this machine without TLS.
HOST: Final = "localhost"
FLAG = AuthenticatorData.FLAG


class SecurityKey:
    """One login's key. `verified` says whether a PIN or a finger was asked for; else it was touched and no more."""

    def __init__(self, user: User) -> None:
        self.id = os.urandom(32)
        self.handle = user.pk.hex.encode()
        self._secret = ec.generate_private_key(ec.SECP256R1())

    def register(self, options: Any, *, verified: bool = True) -> str:
        """What is sent to have this key added."""
        made = AttestedCredentialData.create(bytes(16), self.id, ES256.from_cryptography_key(self._secret.public_key()))
        seen = AuthenticatorData.create(_site(), _flags(verified) | FLAG.AT, 0, made)
        told = CollectedClientData.create(
            CollectedClientData.TYPE.CREATE, options["publicKey"]["challenge"], f"http://{HOST}"
        )
        return self._sent(
            clientDataJSON=told,
            attestationObject=AttestationObject.create("none", seen, {}),
        )

    def sign(self, options: Any, *, verified: bool = True, handle: bytes | None = None) -> str:
        """What is sent to show this key; `handle` is whose it says it is."""
        seen = AuthenticatorData.create(_site(), _flags(verified), 0)
        told = CollectedClientData.create(
            CollectedClientData.TYPE.GET, options["publicKey"]["challenge"], f"http://{HOST}"
        )
        return self._sent(
            clientDataJSON=told,
            authenticatorData=seen,
            signature=self._secret.sign(seen + told.hash, ec.ECDSA(hashes.SHA256())),
            userHandle=handle or self.handle,
        )

    def _sent(self, **parts: bytes) -> str:
        told = {name: websafe_encode(part) for name, part in parts.items()}
        named = websafe_encode(self.id)
        return json.dumps(
            {
                "id": named,
                "rawId": named,
                "type": "public-key",
                "response": told,
                "clientExtensionResults": {"credProps": {"rk": True}},
            }
        )


def challenge_of(options: Any) -> bytes:
    return websafe_decode(options["publicKey"]["challenge"])


def _site() -> bytes:
    return sha256(HOST.encode()).digest()


def _flags(verified: bool) -> Any:
    return FLAG.UP | FLAG.UV if verified else FLAG.UP

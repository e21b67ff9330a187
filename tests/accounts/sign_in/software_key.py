"""A passkey made of software, which answers as a browser does with a security key."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


class SoftwareKey:
    """`origin` is where the browser believes to be."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.id, self.key = os.urandom(32), ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> str:
        """What the form of adding sends, for the options that its page gave."""
        public = options["publicKey"]
        cose = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        new = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        data = self._data(public["rp"]["id"], PRESENT | VERIFIED | NEW) + new
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._told("webauthn.create", public["challenge"])
        return self._answer(clientDataJSON=told, attestationObject=attested)

    def get(self, options: dict[str, Any]) -> str:
        """What the form of signing in sends."""
        public = options["publicKey"]
        data = self._data(public["rpId"], PRESENT | VERIFIED)
        told = self._told("webauthn.get", public["challenge"])
        signed = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=told, authenticatorData=data, signature=signed)

    def _data(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + bytes(4)

    def _told(self, what: str, challenge: str) -> bytes:
        return json.dumps({"type": what, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        written = {name: websafe_encode(each) for name, each in response.items()}
        key = websafe_encode(self.id)
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": written})

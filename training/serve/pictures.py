"""A picture in a request → the record of its features, by the function that made the training's."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import shown
from training.errors import BadRecord, BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.contract import Contract, Image

FIELD = "image"
KINDS = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif", "application/x-image")
"""A body that is a picture itself; which of the formats it is, its first bytes say."""


def picture_record(body: bytes, contract: Contract, origin: str) -> dict[str, Any]:
    """The features of one picture by name. BadRecord where the bytes are not a picture."""
    from training.images.decode import BrokenPicture
    from training.images.features import NAMES, features

    try:
        vector = features(body, asked_size(contract))
    except BrokenPicture as broken:
        raise BadRecord(origin, FIELD, f"the picture {broken}") from broken
    return dict(zip(NAMES, vector.tolist(), strict=True))


def encoded_record(instance: Mapping[str, Any], contract: Contract, origin: str) -> dict[str, Any]:
    """The same of {"image": "<base64>"}."""
    for name in sorted(instance.keys() - {FIELD}):
        raise BadRecord(origin, shown(name), f'is not known; send {{"{FIELD}": "<base64 of the picture>"}}')
    text = instance.get(FIELD)
    if not isinstance(text, str):
        raise BadRecord(origin, FIELD, "is not the base64 text of a picture")
    try:
        return picture_record(b64decode(text, validate=True), contract, origin)
    except (binascii.Error, ValueError) as fault:
        raise BadRecord(origin, FIELD, f"is not base64: {fault}") from fault


def asked_size(contract: Contract) -> Image:
    if contract.image is None:
        raise BadRequest(f"a model of use case {contract.usecase} reads no pictures", status=415)
    return contract.image

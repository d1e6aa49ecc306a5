"""S3 encrypts what nobody said how to encrypt, and says so: every bucket has the setting that AWS gives to
new ones.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from typing import Any

_BY_DEFAULT = (
    '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>'
    "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
    "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>"
    "</ServerSideEncryptionConfiguration>"
)


def encrypt_by_default(s3: Any, bucket: str) -> None:
    if bucket in s3._buckets and not s3._bucket_encryption.get(bucket):
        s3._bucket_encryption[bucket] = _BY_DEFAULT


def encrypt_all_by_default(s3: Any) -> None:
    """Buckets of every account that were made before there was this setting."""
    for scoped in s3._buckets._data:
        s3._bucket_encryption._data.setdefault(scoped, _BY_DEFAULT)

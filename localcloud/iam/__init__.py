"""Identity and access management: every call is decided, and every decision is kept.

`evaluate` decides one request by AWS's rules for one account; `authority` puts it together with who the
caller is and what the resource's own policy says, which it asks of a `Directory`; `asks` and `dependents`
know what else a call needs (iam:PassRole, the key of an encrypted bucket); `records` keeps the decisions.

Nothing here knows where policies are stored. What is not modelled is never an allow: a statement with a
condition key or operator that is unknown here does not allow, does deny, and the decision says so.
"""

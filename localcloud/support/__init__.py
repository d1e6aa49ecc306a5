"""What the local cloud supports, as a page: `python -m localcloud.support --template template.yaml`.

Operations are counted from the code itself; what differs from AWS is written beside each service, in its
`support.toml`, each fact with the test that shows it where there is one.
"""

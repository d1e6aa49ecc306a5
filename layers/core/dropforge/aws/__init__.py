"""The ports on AWS, one service a file.

Clients are made on first use and kept: importing a module here needs no credentials, no region and no
network, and a function pays only for the services it talks to.
"""

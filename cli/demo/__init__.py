"""The whole loop on the local cloud, step by step, each verified by looking at what it left behind.

    stage   the cloud, an inbox of all notifications, and how a step looks and insists
    data    the sample data, and a drop with known bad rows
    steps   the loop

Nothing here knows how a step does its work: it acts as a user would and reads what a user could read.
"""

"""Looks for what keeps Dropforge from working here, and says how to mend it.

findings   what a check says
machine    this checkout and this computer
cloud      the local cloud or the AWS account, and the stack in it
"""

"""An AWS-compatible endpoint for a laptop: one SAM template runs on it as it runs on AWS.

It is generic: it knows templates, state machines and wire protocols, never the application. It meets the
application at three seams only: the template, the handler string and the wire.
"""

__version__ = "0.1.0"

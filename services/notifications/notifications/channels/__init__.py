"""Ways to people beside the feed: push, SMS, Zalo and mail. None is on unless it is configured.

`messages` is the protocol of an adapter, `texts` the templates, `configured` makes the adapters of the settings, `loop` sends
what is queued. What leaves the platform is a title and a place to look, never personal data.
"""

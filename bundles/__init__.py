"""What the browser gets of others' work: how ``api/static/vendor`` is made from pinned packages.

``python -m bundles`` (``make vendor``) makes it anew, ``python -m bundles --check`` compares.
"""

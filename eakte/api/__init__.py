"""The interface for programs.

To add an operation:

1. Write its view and models in ``v1/<noun>.py``: a view takes a :class:`~eakte.api.operation.Call`, the ids of its
   address, and ``query`` or ``body`` if the operation names such a model; it calls one action and returns a model,
   an ``Answer`` (ETag, Location) or a ``File``. No rule is decided here.
2. Add a line to the noun's ``OPERATIONS``: permission, German title, models, and in ``problems`` every refusal the
   action can raise. ``current=show`` demands ``If-Match``; ``once=True`` takes an ``Idempotency-Key``; ``each=Model``
   makes it a bulk request with a result per item.
3. A new noun stands in ``routes.py`` and under ``[nouns]`` in ``words.toml``; every new field name gets its German
   meaning under ``[fields]`` there.
4. Test it with a ``Program`` of ``tests/api/conftest.py``: every answer is held against the OpenAPI document.
"""

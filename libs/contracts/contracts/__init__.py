"""The events between services: one file per publishing service.

The rule of change: a field is never renamed, retyped or removed. A new field comes last, with a default, so that an old
consumer keeps working and an old event still parses. A change of meaning is a new class with the next version in its type.
No event contains a personal, phone or account number, a name or an address.
"""

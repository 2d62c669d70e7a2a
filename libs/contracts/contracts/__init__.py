"""What the services say to one another, and only that: one file per speaking service.

The law of change: a field is never renamed, retyped or removed. A new field comes last, with a default, so that an old
consumer keeps working and an old event still parses. A change of meaning is a new class with the next version in its type.
No fact carries a personal, phone or account number, a name or an address.
"""

"""The pack of the province that this platform serves, and the working days of the country."""

from province.pack import Pack, PackRefused, get_pack, read_pack
from province.working_days import ChangedDay, WorkingDays, load_working_days

__all__ = ["ChangedDay", "Pack", "PackRefused", "WorkingDays", "get_pack", "load_working_days", "read_pack"]

"""Use cases, one function each: load, decide, save, publish; the transactional route or the consumer commits."""

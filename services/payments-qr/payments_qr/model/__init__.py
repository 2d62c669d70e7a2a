"""Merchants, codes, bills, payments, settlements: entities, their rules, their tables."""

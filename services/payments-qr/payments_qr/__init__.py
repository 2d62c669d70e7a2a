"""Merchants, VietQR, bills, payments, settlement."""

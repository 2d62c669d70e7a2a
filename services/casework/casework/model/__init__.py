"""Entities of casework, their rules and their tables; knows neither web nor broker."""

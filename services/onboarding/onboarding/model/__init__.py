"""Entities of the journey and the campaign, their rules and their tables; knows neither web nor broker."""

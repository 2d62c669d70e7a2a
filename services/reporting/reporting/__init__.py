"""Projections of all events; dashboard and exports."""

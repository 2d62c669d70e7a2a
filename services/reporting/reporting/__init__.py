"""Projections of all facts; dashboard and exports."""

"""Reads of the registry: models and read models."""

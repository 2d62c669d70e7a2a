"""What this service stores beside its projections: units, filed reports, daily snapshots, the counts that services announce."""

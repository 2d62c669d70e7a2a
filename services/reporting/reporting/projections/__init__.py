"""What has become of the facts: one state per person or thing, and from the states the counts, day by day per unit."""

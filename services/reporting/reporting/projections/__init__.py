"""What follows from the events: one state per counted entity, and from the states the counts, by unit and day."""

"""What changes: each command is one transaction of its caller."""

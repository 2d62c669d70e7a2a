"""One function per question: what is counted where, on which day, against which target."""

"""The one table at the end."""

from collections.abc import Sequence

from bench.rounds import Row

YES_OR_NO = {True: "yes", False: "NO", None: "-"}


def print_table(rows: Sequence[Row]) -> None:
    """Every row as it is in the documentation: what, against what, what was measured, what was to be reached."""
    print("\n" + as_markdown(rows))


def as_markdown(rows: Sequence[Row]) -> str:
    """The table, aligned."""
    head = ("what", "baseline in the same run", "measured", "to reach", "reached", "note")
    cells = [
        head,
        *((row.what, row.baseline, row.measured, row.to_reach, YES_OR_NO[row.reached], row.note) for row in rows),
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
             for line in cells]  # fmt: skip
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])

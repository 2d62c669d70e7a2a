"""The process that reads one file, given as standard input, and writes frames to standard output."""

import os
import resource
import sys
from typing import BinaryIO, cast

from .findings import NOT_A_WORKBOOK, TOO_EXPENSIVE, TableError
from .frames import error_frame, frames_of, parse_request
from .reader import read_table
from .table import ReadingLimits
from .workbook import Reader


def main() -> int:
    columns, limits, reader = parse_request(sys.argv[1])
    output = _own_output()
    _limit(limits)
    try:
        for frame in frames_of(read_table(sys.stdin.buffer, columns, limits, cast(Reader, reader))):
            output.write(frame)
    except TableError as error:
        output.write(error_frame(error.finding))
    except MemoryError:
        output.write(error_frame(TOO_EXPENSIVE))
    except BrokenPipeError:
        return 1  # the other process has stopped reading
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of calamine is no Exception
        output.write(error_frame(NOT_A_WORKBOOK))
    output.flush()
    return 0


def _own_output() -> BinaryIO:
    """Standard output for frames alone: what a library prints goes to standard error."""
    output = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)
    return output


def _limit(limits: ReadingLimits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())

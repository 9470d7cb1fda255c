"""Runs a command, discards its standard output, and prints its CPU time, wall time and peak memory as JSON."""

import json
import os
import sys
import time

started = time.monotonic()
child = os.posix_spawnp(
    sys.argv[1],
    sys.argv[1:],
    os.environ,
    file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
)
_, status, usage = os.wait4(child, 0)
wall = time.monotonic() - started
print(
    json.dumps(
        {
            "cpu": (usage.ru_utime + usage.ru_stime) * 1000,
            "wall": wall * 1000,
            "memory": usage.ru_maxrss / 1000,
            "status": os.waitstatus_to_exitcode(status),
        }
    )
)

# SPDX-License-Identifier: Apache-2.0
"""Running a program and saying what it took, and printing tables of that."""

import dataclasses
import os
import subprocess
import threading
import time


@dataclasses.dataclass
class Cost:
    wall: float
    cpu: float
    peak_mb: float
    status: int


def _peak_kb(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class _PeakWatch(threading.Thread):
    """Follows the high-water mark of a process: ru_maxrss would begin with this Python's own size."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.005):
            self.peak = max(self.peak, _peak_kb(self.pid))


def run(command, statuses=(0,), **options):
    """Runs `command` to its end; a status that is not expected is an error."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    watch = _PeakWatch(process.pid)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    watch.over.set()
    watch.join()
    process.stderr.close()
    if process.returncode not in statuses:
        raise SystemExit(f"{' '.join(map(str, command))}: status {process.returncode}\n{complaint[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, watch.peak / 1024, process.returncode)


def best(times, command, **options):
    """The run with the shortest wall time: what else the machine does only ever adds."""
    return min((run(command, **options) for _ in range(times)), key=lambda cost: cost.wall)


def table(title, heads, rows):
    cells = [heads] + [[cell if isinstance(cell, str) else f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}"
                        for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    print(f"\n{title}\n")
    for row in cells:
        print("  " + "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))))
    print(flush=True)

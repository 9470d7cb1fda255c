"""Runs a command on a pseudo-terminal of a width, prints what it shows, and exits as it does.

With INTERRUPT_AFTER in the environment, Ctrl-C is pressed once that text has been shown.
"""

import fcntl
import os
import struct
import sys
import termios

CTRL_C = b"\x03"


def start(columns: int, command: list[str]) -> tuple[int, int]:
    """Starts the command on a terminal that has its width before the command looks."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        os.login_tty(theirs)
        os.execvp(command[0], command)
    os.close(theirs)
    return pid, ours


def watch(terminal: int, interrupt_after: bytes) -> None:
    """Passes on all that is shown until the other end closes."""
    shown = b""
    pressed = not interrupt_after
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed.
            return
        if not piece:
            return
        os.write(1, piece)
        shown += piece
        if not pressed and interrupt_after in shown:
            pressed = True
            os.write(terminal, CTRL_C)


def main() -> int:
    columns, *command = sys.argv[1:]
    pid, terminal = start(int(columns), command)
    watch(terminal, os.environ.get("INTERRUPT_AFTER", "").encode())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())

"""Runs a command on a pseudo-terminal of a width, prints what it shows, and exits as it does."""

import fcntl
import os
import pty
import struct
import sys
import termios


def main() -> int:
    columns, *command = sys.argv[1:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
    while True:
        try:
            shown = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed.
            break
        if not shown:
            break
        os.write(1, shown)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())

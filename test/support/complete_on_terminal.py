"""Types into a shell on a pseudo-terminal, presses Tab twice, and prints what the shell shows until a text has come.

    complete_on_terminal.py SETUP TYPED EXPECTED SHELL...
"""

import os
import select
import sys

SECONDS = 20
READY = "shell-is-ready"


def read_until(terminal: int, text: str) -> str:
    """Gives what is shown, to the end where the text does not come in time."""
    shown = ""
    while text not in shown and select.select([terminal], [], [], SECONDS)[0]:
        shown += os.read(terminal, 65536).decode(errors="replace")
    return shown


def main() -> int:
    setup, typed, expected, *shell = sys.argv[1:]
    pid, terminal = os.forkpty()
    if pid == 0:
        os.environ.update(TERM="dumb", PS1="> ", COLUMNS="200")
        os.execvp(shell[0], shell)
    # The quotes keep the shell's echo of this line from looking like its answer.
    os.write(terminal, f"{setup}; echo shell-is''-ready\n".encode())
    read_until(terminal, READY)
    os.write(terminal, f"{typed}\t\t".encode())
    shown = read_until(terminal, expected)
    os.close(terminal)
    print(shown)
    return 0 if expected in shown else 1


sys.exit(main())

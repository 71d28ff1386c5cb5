"""The `monitor` command: one module a group of commands, all of them thin.

A command reads the settings, calls the rooms below and shows what came out. Results go to standard output,
progress and errors to standard error. Exit status: 0 done, 1 checked and found wrong, 2 the person asked for
something that cannot be done (the message says what to mend), 3 a crawl that could not be finished, 130
Ctrl-C.
"""

from monitor.cli.app import main

__all__ = ["main"]

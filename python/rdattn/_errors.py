"""The package's own exception."""


class Error(RuntimeError):
    """Something the compiler or the runtime could not do.

    Wrong arguments raise ValueError or TypeError instead, a lack of memory MemoryError and an
    interrupted run KeyboardInterrupt.
    """

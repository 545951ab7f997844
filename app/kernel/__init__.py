"""What knows no stage; docs/architecture.md lists it."""

import os

# numpy's linear algebra spreads every small product over all cores and spins while it waits; beside other workers that makes it
# many times slower. What is worth two threads starts them itself. Read when numpy is first imported, and the kernel is before it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

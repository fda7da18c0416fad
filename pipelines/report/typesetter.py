"""Sets one Typst file as PDF in a process of its own.

Typst keeps some 65 MB once it has set a page, which is a third of what the pages may hold.
"""

import os
import subprocess
import sys
from pathlib import Path


def typeset(path: Path) -> bytes:
    """The PDF (PDF/UA-1); the file may read what lies in its folder, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.report.typesetter"],
        input=os.fsencode(path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return done.stdout


def main(path: Path) -> None:
    """Write the PDF to standard output."""
    import typst

    made = typst.compile(str(path), root=str(path.parent), pdf_standards=["ua-1"])
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(Path(os.fsdecode(sys.stdin.buffer.read())))

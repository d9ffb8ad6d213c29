"""Cold build of glossary pages beside spaCy's own full pipeline over the same text.

Both are whole processes, from start to end: ours ends with the graph on disk, the peer with every
page parsed by the model's full pipeline. Both load the same model. Runs alternate, so that both
see the same machine; medians and their ratio are reported. Both find their modules compiled, as
from the second run on anywhere: a first run of each, which is not counted, puts the bytecode into
a folder of the benchmark's own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 7

PEER = """
import sys
from pathlib import Path
import spacy
nlp = spacy.load(sys.argv[1])
texts = [Path(name).read_text(encoding="utf-8") for name in sys.argv[2:]]
print(sum(len(doc) for doc in nlp.pipe(texts)))
"""


def pages() -> list[Path]:
    """Return the five real pages where GLOSSGRAPH_CORPUS names them, else the sample's files."""
    corpus = os.environ.get("GLOSSGRAPH_CORPUS")
    if corpus:
        return sorted((Path(corpus) / "seeds").glob("*.txt"))
    return sorted(p for p in (ROOT / "examples").iterdir() if p.suffix in {".txt", ".md"})


def seconds(command: list[str | Path], environment: dict[str, str]) -> float:
    """Return the wall time of a command in seconds; a failing command raises."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)
    return time.perf_counter() - start


def measure(runs: int = RUNS) -> dict[str, float | int | str]:
    """Return medians in seconds of both sides, and the median of the runs' ratios."""
    from extract.model_files import locate

    sources = pages()
    ours: list[float] = []
    peers: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        compiled = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        compiled["PYTHONPYCACHEPREFIX"] = f"{scratch}/bytecode"
        for number in range(runs + 1):
            # A cache folder of its own makes each build a cold one.
            environment = {**compiled, "GLOSSGRAPH_CACHE": f"{scratch}/cache{number}"}
            build = [sys.executable, "-m", "api.cli", "build", *sources, "--quiet"]
            ours.append(seconds([*build, "-o", f"{scratch}/{number}.kg"], environment))
            peers.append(seconds([sys.executable, "-c", PEER, locate(), *sources], environment))
    del ours[0], peers[0]
    ratios = [mine / theirs for mine, theirs in zip(ours, peers, strict=True)]
    return {
        "pages": len(sources),
        "bytes": sum(p.stat().st_size for p in sources),
        "runs": runs,
        "glossgraph build, s": round(statistics.median(ours), 2),
        "spaCy full pipeline, s": round(statistics.median(peers), 2),
        "ratio": round(statistics.median(ratios), 2),
    }

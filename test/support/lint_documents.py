"""Holds SSM Automation documents, as JSON, against the rules of their schema and botocore's models.

Prints a line for each problem, `document: place: sentence`, and exits with 1 if there is one.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from document_rules import api_calls, branches, flow, layout, parameters, references, scripts  # noqa: E402

RULES = (layout, parameters, flow, references, branches, api_calls, scripts)


def lint(path: Path) -> list[str]:
    content = path.read_bytes()
    try:
        document = json.loads(content)
    except ValueError as error:
        return [f"document: is not JSON: {error}"]
    broken = list(layout.breaks(document))
    if broken:
        return broken  # What is not built like a document cannot be read as one.
    found = list(layout.size_and_name(path.stem, content))
    for rule in RULES:
        found += rule.problems(document)
    return found


def main(paths: list[str]) -> int:
    wrong = [f"{Path(path).stem}: {problem}" for path in paths for problem in lint(Path(path))]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong or not paths else 0


sys.exit(main(sys.argv[1:]))

"""What must hold for the files of the repository as a whole."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("pipelines", "assets", "schemas", "warehouse")
MODULE_LINES = 400
FUNCTION_LINES = 50
FILE_BYTES = 5_000_000

# Where packages come from is the business of each machine, and so is where it keeps its files.
MACHINE_BOUND = {
    "option that names a package index": re.compile(
        r"(?<![\w-])--(?:(?:extra-|default-)?index(?:-url)?|find-links)[\s=]"
    ),
    "setting that names a package index": re.compile(
        r"^\s*(?:(?:extra-)?index-url|find-links)\s*=|\[\[?tool\.uv\.index", re.MULTILINE
    ),
    "address of a package index": re.compile(
        r"(?:https?|file)://\S*/simple\b|\bpypi\.\w|//[^/\s]*\b(?:registry|mirror)\b[^/\s]*"
    ),
    "path of one machine": re.compile(
        r"(?<![\w.:/%~-])/(?:root|home/[a-z_][\w.-]*|Users/\w[\w.-]*|work|opt|tmp/w)/"
    ),
}

# Shapes of what opens a door. Words that only stand for a secret are none.
SECRETS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "token": re.compile(
        r"\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}"
        r"|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|sk-[\w-]{20,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{5,})"
    ),
    "address with a password": re.compile(r"://[^\s/:@'\"]+:([^\s/@'\"]{6,})@"),
    "webhook": re.compile(
        r"https://hooks\.slack\.com/services/\w+|https://\S*\.webhook\.office\.com/\S+"
        r"|https://discord(?:app)?\.com/api/webhooks/\d+"
    ),
    "client id": re.compile(r"(?:\b|%3[Ff]|%26)client_id(?:=|%3[Dd])([\w.-]{6,})"),
    "value of a secret setting": re.compile(
        r"(?i)(?:password|passwd|secret|api_?key|access_?token|client_id)\b[\"']?\s*[:=]\s*"
        r"[\"']([^\s\"'$<{]{8,})[\"']"
    ),
}
STANDS_FOR = re.compile(r"(?i)redacted|hidden|x+|\*+|\.+|MIGMAP_\w+")
# What tests make up, to see that it comes out nowhere.
MADE_UP = {"CLIENTID-0f3a9c71", "se+cret/1", "correct-horse-battery"}


def secrets(text: str) -> list[str]:
    """The places of a text where a secret seems to stand; the secret itself is not repeated."""
    found = []
    for kind, pattern in SECRETS.items():
        for match in pattern.finditer(text):
            said = match[1] if match.groups() else ""
            if said in MADE_UP or STANDS_FOR.fullmatch(said):
                continue
            found.append(f"{text.count(chr(10), 0, match.start()) + 1}: {kind}")
    return found


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: nothing tells which files belong to the repository")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def machine_bound(text: str) -> list[str]:
    """The places of a text that hold for one machine only: line, kind and what stands there."""
    return [
        f"{text.count(chr(10), 0, match.start()) + 1}: {kind}: {match[0].strip()}"
        for kind, pattern in MACHINE_BOUND.items()
        for match in pattern.finditer(text)
    ]


def lock_faults(text: str) -> list[str]:
    """Entries of a requirements file that are not a pinned version with a hash."""
    joined = re.sub(r"\\\n\s*", "", text)
    entries = [line for line in joined.splitlines() if line.strip() and line.strip()[0] != "#"]
    whole = re.compile(r"[a-z0-9][\w.-]*==[^\s;]+( ; .+?)?( *--hash=sha256:[0-9a-f]{64})+")
    return [entry[:60] for entry in entries if not whole.fullmatch(entry.strip())]


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each function's name and length in lines, without its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node, clean=False) is not None:
                said = node.body[0]
                length -= (said.end_lineno or said.lineno) - said.lineno + 1
            yield node.name, length


def too_long(source: str) -> list[str]:
    lines = len(source.splitlines())
    found = [f"{lines} lines"] if lines > MODULE_LINES else []
    return found + [
        f"{name}() has {length} lines"
        for name, length in functions(ast.parse(source))
        if length > FUNCTION_LINES
    ]


def test_no_file_is_bound_to_one_machine() -> None:
    findings = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        findings += [f"{path.relative_to(ROOT)}:{finding}" for finding in machine_bound(text)]
    assert findings == []


@pytest.mark.parametrize(
    "text",
    [
        "pip install --index" + "-url https://example.org/x pandas",
        "--extra-index" + "-url=https://example.org/x",
        "--find" + "-links wheels",
        "index" + "-url = https://example.org/x",
        "[[tool.uv." + "index]]",
        "https://example.org/python/" + "simple/",
        "pypi" + ".example.org",
        "https://" + "mirror.example.org/packages",
        "cd /" + "root/project",
        "data = '/" + "home/somebody/data'",
        "(/" + "Users/somebody/data)",
        "/" + "work/main",
    ],
)
def test_what_is_bound_to_one_machine_is_found(text: str) -> None:
    assert len(machine_bound(f"first line\n{text}\n")) == 1
    assert machine_bound(f"first line\n{text}\n")[0].startswith("2: ")


@pytest.mark.parametrize(
    "text",
    [
        "uv pip compile --no-emit-index" + "-url",
        "https://example.org/home/statistics/tables/",
        "https://example.org/wor" + "k/force/",
        "/usr/bin/chromium",
        "warehouse/var/wor" + "k/",
        "the home / work / school question",
    ],
)
def test_what_holds_everywhere_is_not_found(text: str) -> None:
    assert machine_bound(text) == []


def test_no_file_holds_a_secret() -> None:
    findings = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        findings += [f"{path.relative_to(ROOT)}:{finding}" for finding in secrets(text)]
    assert findings == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-----BEGIN " + "OPENSSH PRIVATE KEY-----", "private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "private key"),
        ("ghp" + "_" + "a1B2" * 9, "token"),
        ("AKIA" + "ABCDEFGHIJKLMNOP", "token"),
        ("eyJ" + "hbGciOiJIUzI1.eyJ" + "zdWIiOiIxMjM0.c2lnbmF0dXJl", "token"),
        ("smtp://" + "migmap:hunter22@mail.example.org", "address with a password"),
        ("https://hooks." + "slack.com/services/T00000000/B0/x", "webhook"),
        ("/api/displacement?client" + "_id=IDMCQWERTY009&year=2025", "client id"),
        ("link=https%3A%2F%2Fexample.org%3Fclient" + "_id%3DIDMCQWERTY009", "client id"),
        ("SMTP_PASS" + "WORD = 'tr0ub4dor&3'", "value of a secret setting"),
        ('"api' + '_key": "0123456789abcdef"', "value of a secret setting"),
    ],
)
def test_a_secret_is_found_and_not_repeated(text: str, kind: str) -> None:
    assert secrets(f"first line\n{text}\n") == [f"2: {kind}"]


@pytest.mark.parametrize(
    "text",
    [
        "client" + "_id=REDACTED&year=2025",
        "https://example.org/?client" + "_id={client_id}",
        "smtp_pass" + "word = environment.get('MIGMAP_SMTP_PASSWORD', '')",
        "pass" + "word: str = ''",
        "https://www.example.org:443/a@b",
    ],
)
def test_the_name_of_a_secret_is_none(text: str) -> None:
    assert secrets(text) == []


def test_every_locked_package_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert text.count("==") > 50
    assert lock_faults(text) == []


def test_a_lock_entry_without_a_hash_is_found() -> None:
    good = f"duckdb==1.5.5 ; python_version > '3' \\\n    --hash=sha256:{'0' * 64}\n    # via x\n"
    assert lock_faults(good) == []
    assert lock_faults(good + "pandas==3.1.1\n") == ["pandas==3.1.1"]
    assert lock_faults(good + f"pandas>=3 \\\n    --hash=sha256:{'0' * 64}\n") != []
    assert lock_faults(good + f"x @ https://example.org/x.whl --hash=sha256:{'0' * 64}\n") != []


def test_modules_and_functions_are_short() -> None:
    findings = [
        f"{path.relative_to(ROOT)}: {finding}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for finding in too_long(path.read_text(encoding="utf-8"))
    ]
    assert findings == []


def test_a_long_module_is_found() -> None:
    assert too_long("x = 1\n" * MODULE_LINES) == []
    assert too_long("x = 1\n" * (MODULE_LINES + 1)) == [f"{MODULE_LINES + 1} lines"]


@pytest.mark.parametrize("define", ["def", "async def"])
def test_a_long_function_is_found(define: str) -> None:
    docstring = '    """Says.\n\n    much\n    """\n'
    longest = f"{define} f():\n" + docstring + "    x = 1\n" * (FUNCTION_LINES - 1)
    assert too_long(longest) == []
    (finding,) = too_long(longest + "    y = 2\n")
    assert finding == f"f() has {FUNCTION_LINES + 1} lines"


def test_no_large_file_is_tracked() -> None:
    large = [path.relative_to(ROOT) for path in tracked_files() if path.stat().st_size > FILE_BYTES]
    assert large == []

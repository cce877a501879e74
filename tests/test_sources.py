"""What our sources hold: nothing runs what was sent, digests and ciphers are sound, chance is the system's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import onhand

SOURCES = Path(onhand.__file__).parent
SCRIPTS = sorted((SOURCES / "doors/web/static/onhand").glob("*.js"))
TEMPLATES = sorted((SOURCES / "doors/web/templates").rglob("*.html"))
# Where chance is no secret: a moment to wait, the end of a name that sorts by time, goods of a benchmark.
NO_SECRETS = (
    "connect/webhooks/courier.py",
    "doors/api/live/stream.py",
    "core/ids.py",
    "doors/cli/bench/",
    "doors/cli/demo/",
)
CIPHERS = {"AESGCM", "HKDF", "hashes", "InvalidTag", "InvalidSignature"}
# Keys of P-256, as browsers and their push services speak them.
CIPHERS |= {"ec", "Encoding", "PublicFormat", "decode_dss_signature"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield str(path.relative_to(SOURCES)), ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def test_nothing_is_run_that_was_not_written_here() -> None:
    never = re.compile(r"(eval|exec|compile|__import__|os\.system|os\.popen|(pickle|marshal|shelve|yaml)\.\w+)\Z")
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and never.match(called(node)):
                found.append((path, called(node)))
            if isinstance(node, ast.keyword) and node.arg == "shell":
                found.append((path, "shell"))
            if isinstance(node, ast.Import) and {each.name for each in node.names} & {"pickle", "marshal", "shelve"}:
                found.append((path, "import"))

    assert found == []


def test_only_sound_digests_and_ciphers_are_used() -> None:
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib":
                found += [(path, node.attr)] if node.attr not in {"sha256", "blake2b", "file_digest"} else []
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography"):
                found += [(path, each.name) for each in node.names if each.name not in CIPHERS]
            if isinstance(node, ast.ImportFrom) and node.module == "hashlib":
                found += [(path, each.name) for each in node.names if each.name != "sha256"]

    assert found == []


def test_chance_nobody_may_guess_is_the_systems() -> None:
    users = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and "random" in {each.name for each in node.names}
    }

    assert [path for path in users if not path.startswith(NO_SECRETS)] == []


def test_no_secret_lies_in_the_sources() -> None:
    smells = re.compile(
        r"BEGIN (RSA |EC )?PRIVATE KEY|\boh_[0-9a-f]{8}_[\w-]{30}|whsec_[A-Za-z0-9+/]{30}|AKIA[0-9A-Z]{16}"
    )
    # The document shows what a key and a secret look like, in examples of its own.
    texts = [
        path
        for path in SOURCES.rglob("*")
        if path.name != "examples.py" and path.suffix in {".py", ".html", ".js", ".sql", ".md"}
    ]

    assert len(texts) > 300
    assert [str(path) for path in texts if smells.search(path.read_text(encoding="utf-8"))] == []


def test_templates_write_no_scripts() -> None:
    # A block of data is no script; the tag that fills it lets nothing end the block.
    data = r"(?! type=\"application/ld\+json\">{{ block\|as_data }}</script>)"
    wrong = re.compile(rf"<script(?![^>]*\bsrc=){data}|\son\w+=|javascript:|<style|\sstyle=|\|safe|autoescape off")

    assert [path.name for path in TEMPLATES if wrong.search(path.read_text(encoding="utf-8"))] == []
    assert len(TEMPLATES) > 50


def test_scripts_take_no_text_for_markup() -> None:
    """Markup comes from our own server alone, as answers of its fragments or cells of its tables."""
    never = re.compile(
        r"\beval\(|new Function|document\.write|insertAdjacentHTML|outerHTML|__proto__|\bprototype\b|jsonp"
    )
    lines = [line.strip() for path in SCRIPTS for line in path.read_text(encoding="utf-8").splitlines()]

    assert [line for line in lines if never.search(line)] == []
    assert sorted(line for line in lines if "innerHTML" in line and "=" in line.replace("===", "")) == [
        "held.innerHTML = text;",
        "if (answer.ok || answer.status === 503) pulse.innerHTML = await answer.text();",
        "let failed = 0, shown = normal(part.innerHTML);",
        "old.innerHTML = cell.innerHTML;",
        "part.innerHTML = text;",
    ]


def test_scripts_hear_no_messages_of_strangers() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)

    assert not re.search(r"(?<!\.)\baddEventListener\(\"message\"|window\.onmessage|parent\.postMessage", text)
    assert re.findall(r"new BroadcastChannel\((.*?)\)", text) == ['"onhand-live"']


def test_what_pages_keep_in_a_browser_is_nothing_of_anybody() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)

    assert set(re.findall(r"localStorage\.setItem\((\S+),", text)) <= {'"touched"'}
    assert not re.search(r"sessionStorage|indexedDB|document\.cookie|caches\.open", text)

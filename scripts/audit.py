"""Look over what we depend on, from the lock file, without a network: ``python scripts/audit.py``.

* every package in ``requirements.lock`` is pinned to a version and to hashes, and what is installed is that version;
* its licence, as it says itself, is one of those allowed;
* each that we ask for has its reason in docs/decisions/dependencies.md, each other one comes with one of those;
* no advisory kept in ``scripts/advisories`` (a file each, in the format of OSV) speaks of the version pinned.

``--renew SOURCE`` takes the advisories that speak of packages we lock from an export of OSV, a zip or a folder of its
files, and notes the day; do it before each release. ``--sbom FILE`` writes what we are made of, in CycloneDX 1.6.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parent.parent
ADVISORIES = ROOT / "scripts" / "advisories"
TAKEN = "TAKEN.json"
# After so many days the advisories are old news.
DAYS_FRESH = 120

# Words of licences, by what they are called in expressions and classifiers, that ask for nothing but their notice.
ALLOWED = re.compile(
    r"^(MIT|MIT-0|MIT License|BSD|BSD License|BSD-2-Clause|BSD-3-Clause|0BSD|ISC|ISC License \(ISCL\)|PSF-2\.0"
    r"|Apache-2\.0|Apache Software License|Unlicense|Zlib"
    # Its duty ends at its own files, which we leave as they are.
    r"|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\))$"
)
# Imported as it is and replaceable: the licence's library clause is met. Nothing else of its kind is taken.
LESSER = {"psycopg", "psycopg-binary", "psycopg-pool"}
# Who says too little, or too much, in its metadata: what its licence file says, read by somebody.
READ = {"atheris": "Apache-2.0", "qrcode": "BSD-3-Clause", "rich-click": "MIT"}


@dataclass(frozen=True)
class Locked:
    """A package of the lock file."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]

    @property
    def here(self) -> bool:
        """Whether it is for this machine."""
        return not self.marker or Marker(self.marker).evaluate()

    @cached_property
    def metadata(self) -> Any:
        """What it says of itself, where it is installed."""
        try:
            return metadata.metadata(self.name)
        except metadata.PackageNotFoundError:
            return None

    @property
    def licences(self) -> list[str]:
        """The licences one may choose from or has to keep, in their own words."""
        if self.name in READ:
            return [READ[self.name]]
        said = self.metadata
        if said is None:
            return []
        if expression := said.get("License-Expression"):
            return re.split(r"\s+(?:AND|OR)\s+", expression.strip("()"))
        marks = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier", []) if each.startswith("License ::")]
        marks = [each for each in marks if each != "OSI Approved"]  # which of those that are, it does not say
        return marks or [(said.get("License") or "").strip()]


def read_lock(text: str) -> list[Locked]:
    """The packages of a lock file as uv writes it."""
    found = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        head = re.match(r"([A-Za-z0-9._-]+)==(\S+)(?: ; ([^\\\n]+?))?\s*(?:\\|$)", block)
        if head is None:
            raise SystemExit(f"The lock file has a line that pins nothing: {block.splitlines()[0]!r}")
        hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        via = tuple(
            re.findall(r"^\s*#\s+(?:via )?([A-Za-z0-9._-]+)(?: \(pyproject\.toml(?::\w+)?\))?$", block, re.MULTILINE)
        )
        found.append(
            Locked(canonicalize_name(head[1]), head[2], head[3] or "", hashes, tuple(v for v in via if v != "via"))
        )
    return found


def faults(
    locked: Iterable[Locked], reasons: str, asked: set[str], advisories: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """What is wrong, a sentence each."""
    packages = _by_name(locked)
    for each in packages.values():
        yield from _pinned(each)
        yield from _licensed(each)
    for name in sorted(asked):
        if name not in packages:
            yield f"{name} is asked for in pyproject.toml and not in the lock: run `make lock`."
        if name not in _reasoned(reasons):
            yield f"{name} has no line in docs/decisions/dependencies.md: say there why we need it."
    for each in packages.values():
        if each.name not in asked and not any(canonicalize_name(name) in packages for name in each.via):
            yield f"{each.name} is locked, and nothing asks for it: run `make lock`."
    for advisory in advisories:
        yield from _spoken_of(advisory, packages)


def _by_name(locked: Iterable[Locked]) -> dict[str, Locked]:
    """Of a package locked in several versions, each for some machines, the one for this machine."""
    every = list(locked)
    return {each.name: each for each in [*(other for other in every if not other.here), *(o for o in every if o.here)]}


def _pinned(each: Locked) -> Iterator[str]:
    if not each.hashes:
        yield f"{each.name} is not pinned to hashes: run `make lock`."
    if each.here and each.metadata is None:
        yield f"{each.name} is locked and not installed: run `make setup`."
    elif each.metadata is not None and each.metadata["Version"] != each.version:
        yield f"{each.name} is locked at {each.version}, and {each.metadata['Version']} is installed: run `make setup`."


def _licensed(each: Locked) -> Iterator[str]:
    if each.metadata is None:
        return
    for licence in each.licences:
        if not ALLOWED.match(licence) and not (each.name in LESSER and licence.startswith("LGPL-3.0")):
            yield f"{each.name} is under {licence or 'no licence it names'}, which is not allowed here."


def _reasoned(page: str) -> set[str]:
    """The packages that stand in the first cells of the page's tables."""
    cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    words = {canonicalize_name(word) for cell in cells for word in re.split(r"[,\s(]+", cell) if word}
    return words | {canonicalize_name(name.strip()) for cell in cells for name in cell.partition("(")[0].split(",")}


def affects(advisory: Mapping[str, Any], name: str, version: str) -> bool:
    """Whether an advisory speaks of this version."""
    now = Version(version)
    for each in advisory.get("affected", []):
        package = each.get("package", {})
        if package.get("ecosystem") != "PyPI" or canonicalize_name(package.get("name", "")) != name:
            continue
        if version in each.get("versions", []) or any(_within(span, now) for span in each.get("ranges", [])):
            return True
    return False


def _within(span: Mapping[str, Any], now: Version) -> bool:
    if span.get("type") != "ECOSYSTEM":
        return False
    inside = False
    for event in span.get("events", []):
        for kind, said in event.items():
            try:
                then = Version("0" if said == "0" else said)
            except InvalidVersion:
                continue
            if kind == "introduced" and now >= then:
                inside = True
            elif (kind == "fixed" and now >= then) or (kind == "last_affected" and now > then):
                inside = False
    return inside


def _spoken_of(advisory: Mapping[str, Any], packages: Mapping[str, Locked]) -> Iterator[str]:
    if advisory.get("withdrawn"):
        return
    for name in {canonicalize_name(each.get("package", {}).get("name", "")) for each in advisory.get("affected", [])}:
        if name in packages and affects(advisory, name, packages[name].version):
            yield f"{name} {packages[name].version}: {advisory['id']}: {advisory.get('summary', '')} Take a newer one."


def kept() -> list[dict[str, Any]]:
    """The advisories that lie here."""
    return [json.loads(path.read_text()) for path in sorted(ADVISORIES.glob("*.json")) if path.name != TAKEN]


def age(today: date) -> int:
    """For how many days the advisories have lain here."""
    return (today - date.fromisoformat(json.loads((ADVISORIES / TAKEN).read_text())["on"])).days


def renew(source: Path, locked: Iterable[Locked], today: date) -> int:
    """Take what speaks of our packages from an export; how many advisories that are."""
    names, taken = {each.name for each in locked}, 0
    for text in _exported(source):
        advisory = json.loads(text)
        about = {canonicalize_name(each.get("package", {}).get("name", "")) for each in advisory.get("affected", [])}
        if about & names and re.fullmatch(r"[A-Za-z0-9-]+", advisory["id"]):
            (ADVISORIES / f"{advisory['id']}.json").write_text(json.dumps(advisory, indent=1, sort_keys=True) + "\n")
            taken += 1
    (ADVISORIES / TAKEN).write_text(json.dumps({"on": today.isoformat(), "from": source.name}) + "\n")
    return taken


def _exported(source: Path) -> Iterator[str]:
    if source.is_dir():
        yield from (path.read_text() for path in source.rglob("*.json") if path.name != TAKEN)
        return
    with zipfile.ZipFile(source) as archive:
        yield from (archive.read(name).decode() for name in archive.namelist() if name.endswith(".json"))


def asked_for(pyproject: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """What is asked for: by what is shipped, and by whoever works on it."""
    shipped = pyproject["project"]["dependencies"]
    extra = pyproject["project"].get("optional-dependencies", {})
    everything = [*shipped, *(each for group in extra.values() for each in group)]
    working = [each for group in pyproject.get("dependency-groups", {}).values() for each in group]
    return _names(everything), _names(working)


def _names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(each).name) for each in requirements}


def sbom(locked: Iterable[Locked], asked: set[str], version: str, at: datetime) -> dict[str, Any]:
    """What we ship and what it is made of, as CycloneDX has it."""
    packages = _by_name(locked)
    shipped = _closure(asked, packages)
    ours = f"pkg:pypi/onhand@{version}"
    serial = uuid5(NAMESPACE_URL, "".join(f"{each.name}{each.version}" for each in shipped))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": at.isoformat(timespec="seconds"),
            "component": {"type": "application", "bom-ref": ours, "name": "onhand", "version": version, "purl": ours},
        },
        "components": [_component(each) for each in shipped] + [_vendored(path) for path in _vendor()],
        "dependencies": [
            {"ref": ours, "dependsOn": sorted(_purl(packages[name]) for name in asked if name in packages)},
            *(
                {"ref": _purl(each), "dependsOn": sorted(_purl(other) for other in shipped if each.name in _via(other))}
                for each in shipped
            ),
        ],
    }


def _via(each: Locked) -> set[str]:
    return {canonicalize_name(name) for name in each.via}


def _closure(asked: set[str], packages: Mapping[str, Locked]) -> list[Locked]:
    """What is asked for, and what comes with it."""
    found = {name for name in asked if name in packages}
    while more := {each.name for each in packages.values() if each.name not in found and _via(each) & found}:
        found |= more
    return [packages[name] for name in sorted(found)]


def _purl(each: Locked) -> str:
    return f"pkg:pypi/{each.name}@{each.version}"


def _component(each: Locked) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(each),
        "name": each.name,
        "version": each.version,
        "purl": _purl(each),
        "licenses": [{"license": {"name": name}} for name in each.licences],
        # Of all its files that may be installed; a component's own hashes would name one.
        "properties": [{"name": "lock:sha256", "value": digest} for digest in each.hashes],
    }


def _vendor() -> list[Path]:
    """What lies among our own files, unmodified, each in a folder that names its version."""
    return sorted(each for each in ROOT.glob("src/onhand/doors/**/vendor/*-*") if each.is_dir())


def _vendored(path: Path) -> dict[str, Any]:
    name, _, version = path.name.rpartition("-")
    ref = f"pkg:npm/{name}@{version}"
    return {"type": "library", "bom-ref": ref, "name": name, "version": version, "purl": ref}


def main(arguments: list[str]) -> int:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description="Look over what we depend on.")
    parser.add_argument(
        "--renew", type=Path, metavar="SOURCE", help="an export of OSV: a zip, or a folder of its files"
    )
    parser.add_argument("--sbom", type=Path, metavar="FILE", help="write what we are made of, in CycloneDX")
    given = parser.parse_args(arguments)
    locked = read_lock((ROOT / "requirements.lock").read_text())
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped, working = asked_for(pyproject)
    if given.renew:
        sys.stdout.write(f"{renew(given.renew, locked, datetime.now(UTC).date())} advisories speak of what is locked\n")
    if given.sbom:
        bill = sbom(locked, shipped, pyproject["project"]["version"], datetime.now(UTC))
        given.sbom.write_text(json.dumps(bill, indent=1) + "\n")
    reasons = (ROOT / "docs/decisions/dependencies.md").read_text()
    found = list(faults(locked, reasons, shipped | working, kept()))
    sys.stdout.writelines(f"{each}\n" for each in found)
    days = age(datetime.now(UTC).date())
    if days > DAYS_FRESH:
        sys.stdout.write(f"The advisories are {days} days old: renew them (scripts/audit.py --renew).\n")
    sys.stdout.write(f"{len(locked)} packages, {len(kept())} advisories of {days} days ago, {len(found)} faults\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

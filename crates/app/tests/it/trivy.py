"""Writes a tree of installed Python packages next to the ends of ranges, and prints the rows of a
Trivy database with the advisories of crates.io and PyPI."""

import json
import pathlib
import re
import sys
import zipfile

from packaging.version import InvalidVersion, Version

CRATES, PYPI = "cargo::RustSec Advisory Database", "pip::Python Packaging Advisory Database"
# Versions that are installed of one package, and of which packages: Trivy compares slowly.
PER_PACKAGE, EVERY = 8, 5


def records(path):
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            record = json.loads(archive.read(name))
            if not record.get("withdrawn"):
                yield record


def put(path, key, value):
    print(json.dumps({"path": path, "key": key, "value": value}))


def ranges(affected, kinds):
    """Pairs of first affected version and the condition that ends the range."""
    for found in affected.get("ranges", []):
        if found["type"] not in kinds:
            continue
        start = None
        events = found["events"]
        if found["type"] == "ECOSYSTEM" and all(valid(*event.values()) for event in events):
            events = sorted(events, key=lambda event: Version(*event.values()))
        for event in events:
            if "introduced" in event:
                start = event["introduced"]
            elif start is not None:
                sign, end = ("<", event["fixed"]) if "fixed" in event else ("<=", event["last_affected"])
                yield start, f", {sign}{end}"
                start = None
        if start is not None:
            yield start, ""


def valid(version):
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True


def bounds(affected):
    for start, end in ranges(affected, ["ECOSYSTEM"]):
        sign, version = re.fullmatch(r"(, <=?|)(.*)", end).groups()
        yield start, sign, version


def crates(path):
    for record in records(path):
        for affected in record["affected"]:
            value = {"VulnerableVersions": [f">={a}{b}" for a, b in ranges(affected, ["SEMVER"])]}
            put([CRATES, affected["package"]["name"]], record["id"], value)
            yield record["id"]


def pypi(path, versions):
    for record in records(path):
        merged = {}
        for affected in record["affected"]:
            name = re.sub(r"[-_.]+", "-", affected["package"]["name"]).lower()
            # As Trivy reads them: it refuses upper case, and an advisory with any other text.
            listed = [str(Version(v)) for v in affected.get("versions", []) if valid(v)]
            spans = [
                f">={Version(a).public}{sign}{Version(b).public if b else ''}"
                for a, sign, b in bounds(affected)
                if valid(a) and (not b or valid(b))
            ]
            ends = re.findall(r"<=?([^,\s]+)", " ".join(spans))
            near = versions.setdefault(name, {})
            # Real versions first: those that were published, then the ends of ranges.
            near.update(dict.fromkeys(listed[:1] + listed[-1:] + [v for v in ends if valid(v)]))
            merged.setdefault(name, []).extend(spans + [f"=={v}" for v in listed])
        for name, vulnerable in merged.items():
            if vulnerable:
                put([PYPI, name], record["id"], {"VulnerableVersions": vulnerable})
        yield record["id"]


crates_zip, pypi_zip, output = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
versions = {}
ids = [*crates(crates_zip), *pypi(pypi_zip, versions)]
for identifier in ids:
    put(["vulnerability"], identifier, {"Title": identifier, "Severity": "LOW"})
for bucket, name in ((CRATES, "RustSec Advisory Database"), (PYPI, "Python Packaging Advisory Database")):
    put(["data-source"], bucket, {"ID": "osv", "Name": name, "URL": "https://osv.dev/"})
for name, near in list(versions.items())[::EVERY]:
    for number, version in enumerate(list(near)[:PER_PACKAGE]):
        site = output / f"venv{number}/lib/python3.11/site-packages"
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n")

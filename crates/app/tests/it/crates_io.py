"""Turns OSV records of RustSec into an advisory database that cargo-audit reads, and a lock file
of versions around the ends of every range."""

import json
import pathlib
import re
import sys
import zipfile

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def ranges(record):
    """Pairs of first affected version and first fixed one (none: no fix)."""
    for affected in record["affected"]:
        for found in affected["ranges"]:
            start = None
            for event in found["events"]:
                if "introduced" in event:
                    start = event["introduced"]
                else:
                    yield start, event["fixed"]
                    start = None
            if start is not None:
                yield start, None


def advisory(record):
    affected = record["affected"][0]
    found = list(ranges(record))
    first = found[0][0]
    unaffected = [] if first in ("0", "0.0.0-0") else [f"< {first}"]
    patched = []
    for number, (_, fixed) in enumerate(found):
        if fixed is not None:
            after = f", < {found[number + 1][0]}" if number + 1 < len(found) else ""
            patched.append(f">= {fixed}{after}")
    lines = [
        "[advisory]",
        f"id = {json.dumps(record['id'])}",
        f"package = {json.dumps(affected['package']['name'])}",
        f"date = {json.dumps(record['published'][:10])}",
        f"aliases = {json.dumps(record.get('aliases', []))}",
    ]
    specific = affected.get("database_specific") or {}
    if specific.get("informational"):
        lines.append(f"informational = {json.dumps(specific['informational'])}")
    if record.get("withdrawn"):
        lines.append(f"withdrawn = {json.dumps(record['withdrawn'][:10])}")
    lines += [
        "[versions]",
        f"patched = {json.dumps(patched)}",
        f"unaffected = {json.dumps(unaffected)}",
    ]
    title = record["summary"].replace("\n", " ") or record["id"]
    return "```toml\n" + "\n".join(lines) + f"\n```\n\n# {title}\n\nText.\n"


def near(version):
    """The version, and others just below and above it."""
    numbers, *rest = re.split(r"[-+]", version, maxsplit=1)
    major, minor, patch = map(int, numbers.split("."))
    yield numbers
    yield f"{numbers}-0"
    yield f"{numbers}-alpha.1"
    yield f"{numbers}-rc.10+build.5"
    yield f"{numbers}+build"
    yield f"{major}.{minor}.{patch + 1}"
    yield f"{major}.{minor}.{patch + 1}-beta"
    if patch:
        yield f"{major}.{minor}.{patch - 1}"
    elif minor:
        yield f"{major}.{minor - 1}.99"
    if rest:
        yield version


archive, own_lock, output = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
packages = set()
with zipfile.ZipFile(archive) as records:
    for name in records.namelist():
        record = json.loads(records.read(name))
        crate = record["affected"][0]["package"]["name"]
        path = output / "db" / "crates" / crate / f"{record['id']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(advisory(record), encoding="utf-8")
        for version in {v for pair in ranges(record) for v in pair if v} | {"900.1.2"}:
            packages.update((crate, v) for v in near(version if version != "0" else "0.0.0"))
# A real lock file beside the made one.
text = pathlib.Path(own_lock).read_text(encoding="utf-8")
packages.update(re.findall(r'name = "(.+)"\nversion = "(.+)"\nsource = "registry', text))
lock = ["version = 3", '[[package]]\nname = "it"\nversion = "1.0.0"']
for name, version in sorted(packages):
    lock.append(f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = "{REGISTRY}"')
(output / "project").mkdir()
(output / "project" / "Cargo.lock").write_text("\n\n".join(lock) + "\n", encoding="utf-8")
config = output / "work" / ".cargo"
config.mkdir(parents=True)
(config / "audit.toml").write_text("[yanked]\nenabled = false\nupdate_index = false\n")

"""Prints `source version CVE` for a dpkg status and the tracker's JSON; dpkg compares."""

import json
import re
import subprocess
import sys
from functools import cache


@cache
def below(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0


def installed(path):
    with open(path, encoding="utf-8") as file:
        for stanza in file.read().split("\n\n"):
            fields = dict(re.findall(r"^([A-Za-z-]+): *(.*)$", stanza, re.MULTILINE))
            # "want ok installed": a removed package with configuration files left is not there.
            if not fields.get("Status", "").endswith(" installed"):
                continue
            source = fields.get("Source", fields["Package"])
            named = re.fullmatch(r"(\S+)(?: \((.+)\))?", source)
            yield named[1], named[2] or fields["Version"]


status, tracker = sys.argv[1:]
with open(tracker, encoding="utf-8") as file:
    known = json.load(file)
for source, version in sorted(set(installed(status))):
    for cve, record in known.get(source, {}).items():
        release = record["releases"].get("bookworm")
        if release is None:
            continue
        # What is open or undetermined has no fix: every version is affected.
        if release["status"] != "resolved" or below(version, release["fixed_version"]):
            print(source, version, cve)

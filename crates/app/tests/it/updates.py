"""A mirror changes under a running service: updates.py ENDPOINT DATA-DIRECTORY LYNKEUS ZIP MIRROR.

ZIP is RustSec's advisories as OSV publishes them.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request
import zipfile

import boto3

ENDPOINT, DATA, LYNKEUS, ZIP, MIRROR = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
TARGET = pathlib.Path(MIRROR, "osv", "crates.io", "all.zip")
WITHDRAWN = "RUSTSEC-2020-0071.json"


def publish(without=None, damaged=False):
    """Write the mirror anew, as a publisher does."""
    new = TARGET.with_suffix(".new")
    with zipfile.ZipFile(ZIP) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for name in old.namelist():
            if name != without:
                out.writestr(name, old.read(name))
    if damaged:
        new.write_bytes(new.read_bytes()[: 100_000])
    os.replace(new, TARGET)


def until(what, test):
    begun = time.monotonic()
    while not test():
        assert time.monotonic() < begun + 60, f"not within a minute: {what}"
        time.sleep(0.2)
    return time.monotonic() - begun


def submit(host, crate, version):
    component = {"type": "library", "name": crate, "version": version, "purl": f"pkg:cargo/{crate}@{version}"}
    path = DATA / f"{host}.cdx.json"
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [component]}))
    command = [LYNKEUS, "--data-dir", str(DATA), "submit", str(path), "--server", ENDPOINT, "--host", host]
    subprocess.run(command, check=True, stdout=subprocess.PIPE)


def metric(name):
    with urllib.request.urlopen(ENDPOINT + "/metrics") as answer:
        lines = [line.split() for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}.get(f"lynkeus_{name}")


if not TARGET.exists():
    TARGET.parent.mkdir(parents=True)
    publish(without=WITHDRAWN)
    sys.exit()
KEY = dict(line.split(" = ") for line in (DATA / "credentials").read_text().splitlines() if " = " in line)
inspector = boto3.client("inspector2", endpoint_url=ENDPOINT, region_name="eu-west-1", **KEY)


def findings():
    return {f["findingArn"]: f for p in inspector.get_paginator("list_findings").paginate() for f in p["findings"]}


def active():
    return {f["title"] for f in findings().values() if f["status"] == "ACTIVE"}


until("the mirror is compiled", lambda: metric("advisory_update_age_seconds") is not None)
# The database of the mirror, not the starter, decides from here on.
until("its database is used", lambda: metric("advisory_database_age_seconds") < 600)
submit("clock", "time", "0.2.22")
submit("vector", "smallvec", "0.6.13")
before = findings()
assert len(before) == 1 and all("smallvec" in f["title"] for f in before.values()), before

publish()
seconds = until("the new advisory is a finding", lambda: "CVE-2020-26235 - time" in active())
assert {arn: findings()[arn] for arn in before} == before, "the other machine's findings"
publish(without=WITHDRAWN)
until("the withdrawn advisory's finding is closed", lambda: "CVE-2020-26235 - time" not in active())
assert {arn: findings()[arn] for arn in before} == before, "the other machine's findings"

publish(damaged=True)
until("the failure is seen", lambda: metric("advisory_update_failing") == 1)
time.sleep(3)
assert {arn: findings()[arn] for arn in before} == before, "a broken mirror changes nothing"
publish()
until("it is whole again", lambda: metric("advisory_update_failing") == 0 and "CVE-2020-26235 - time" in active())
print(f"followed within {seconds:.1f} s")

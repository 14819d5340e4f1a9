"""Lives through months with real packages: story.py ENDPOINT LINK DATA-DIRECTORY LYNKEUS CLOCK.

A Debian image made of Debian's own packages and PyPI's wheels is submitted as it changes; the file
CLOCK moves the clock of the service and of its clients.
"""

import datetime
import hashlib
import http.cookiejar
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import time
import urllib.parse
import urllib.request

import boto3
import botocore.auth

ENDPOINT, LINK, DATA, LYNKEUS, CLOCK = *sys.argv[1:3], pathlib.Path(sys.argv[3]), sys.argv[4], pathlib.Path(sys.argv[5])
RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
DAY = 24 * 3600
ahead = 0


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(seconds=ahead)


def pass_time(seconds):
    global ahead
    ahead += seconds
    # Never half written.
    CLOCK.with_suffix(".new").write_text(str(ahead))
    os.replace(CLOCK.with_suffix(".new"), CLOCK)


botocore.auth.get_current_datetime = now
WORK = DATA / "work"
WORK.mkdir()


def run(*command, **more):
    return subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def wheel(wanted):
    """A directory with this wheel installed."""
    place = WORK / wanted
    if not place.exists():
        run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", place, wanted)
    return place


def deb(name, version):
    """The content of a package of Debian, and its stanza in dpkg's status."""
    place = WORK / f"{name}_{version.replace(':', '_')}"
    if not place.exists():
        place.mkdir()
        run("apt-get", "download", f"{name}={version}", cwd=place)
        file, = place.glob("*.deb")
        run("dpkg-deb", "-x", file, place / "root")
        fields = run("dpkg-deb", "-f", file, "Package", "Source", "Version", "Architecture", "Maintainer", "Description")
        (place / "stanza").write_text(fields.replace("\n", "\nStatus: install ok installed\n", 1))
    return place / "root", (place / "stanza").read_text()


def image(packages, wheels):
    """A `docker save` archive: a layer with the packages, one for each wheel."""
    def layer(entries):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for name, source in entries:
                if isinstance(source, str):
                    member = tarfile.TarInfo(name)
                    member.size = len(source.encode())
                    tar.addfile(member, io.BytesIO(source.encode()))
                else:
                    tar.add(source, arcname=name, recursive=True)
        return buffer.getvalue()

    base = [("etc/os-release", RELEASE), ("var/lib/dpkg/status", "\n".join(stanza for _, stanza in packages))]
    base += [(child.name, child) for root, _ in packages for child in sorted(root.iterdir()) if child.name == "usr"]
    layers = [layer(base)] + [layer([("usr/local/lib/python3.11/site-packages", wheel)]) for wheel in wheels]
    config = {
        "architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(one).hexdigest() for one in layers]},
    }
    path = WORK / "image.tar"
    with tarfile.open(path, "w") as tar:
        def add(name, content):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for number, one in enumerate(layers):
            add(f"{number}/layer.tar", one)
        content = json.dumps(config).encode()
        name = hashlib.sha256(content).hexdigest() + ".json"
        add(name, content)
        manifest = [{"Config": name, "RepoTags": ["shop/web:1"], "Layers": [f"{n}/layer.tar" for n in range(len(layers))]}]
        add("manifest.json", json.dumps(manifest).encode())
    return path


def submit(packages, wheels):
    """What changed."""
    command = [LYNKEUS, "--data-dir", DATA, "submit", image(packages, wheels), "--server", ENDPOINT]
    return json.loads(run(*command, "--host", "web-1", "--no-cache"))["changes"]


KEY = dict(line.split(" = ") for line in (DATA / "credentials").read_text().splitlines() if " = " in line)
inspector = boto3.client("inspector2", endpoint_url=ENDPOINT, region_name="eu-west-1", **KEY)


def post(path, document=None):
    """Ask a route that AWS does not have."""
    body = json.dumps(document).encode() if document else b""
    request = botocore.awsrequest.AWSRequest("POST", ENDPOINT + path, data=body)
    credentials = boto3.Session(**KEY).get_credentials()
    botocore.auth.SigV4Auth(credentials, "inspector2", "eu-west-1").add_auth(request)
    request = urllib.request.Request(request.url, data=body, headers=dict(request.headers.items()))
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def openvex(name, status, days, *vulnerabilities):
    """A document that says so of jinja2, made some days from now."""
    statement = lambda id: {
        "vulnerability": {"name": id}, "products": [{"@id": "pkg:pypi/jinja2@3.1.2"}], "status": status,
        "justification": "vulnerable_code_not_in_execute_path" if status == "not_affected" else "",
        "action_statement": "upgrade" if status == "affected" else "",
    }
    return {
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": f"https://example.com/vex/{name}", "version": 1,
        "author": "Shop security team", "timestamp": (now() + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "statements": [statement(id) for id in vulnerabilities],
    }


def findings():
    """ARN to finding."""
    pages = inspector.get_paginator("list_findings").paginate()
    return {f["findingArn"]: f for page in pages for f in page["findings"]}


def states(arns=None):
    return {arn: f["status"] for arn, f in findings().items() if arns is None or arn in arns}


def until(what, test):
    deadline = time.monotonic() + 60
    while not test():
        assert time.monotonic() < deadline, f"not within a minute: {what}"
        time.sleep(0.3)


def only(name, found):
    """The open findings about this package alone."""
    packages = lambda f: {p["name"].lower() for p in f["packageVulnerabilityDetails"]["vulnerablePackages"]}
    return {arn for arn, f in found.items() if f["status"] != "CLOSED" and packages(f) == {name}}


browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def page(path, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    return browser.open(urllib.parse.urljoin(ENDPOINT, path), data).read().decode()


def token(path):
    return re.search(r'name="form" value="([^"]+)"', page(path))[1]


def history(arn):
    """What happened to a finding, as its page tells it, oldest first."""
    shown = page("/finding/" + arn.rsplit("/", 1)[1])
    kinds = re.findall(r"<li><b>(\w+)</b>", shown.split("<h2>History</h2>")[1])
    return shown, kinds[::-1]


versions = [line.split("|")[1].strip() for line in run("apt-cache", "madison", "libssl3").splitlines()]
newest, oldest = versions[0], versions[-1]
old_ssl, new_ssl = [deb("libssl3", oldest)], [deb("libssl3", newest)]
old = [wheel("urllib3==1.26.4"), wheel("jinja2==3.1.2")]
new = [wheel("urllib3==1.26.4"), wheel("jinja2==3.1.6")]

browser.open(LINK).read()

# Findings appear, each whole.
changes = submit(old_ssl, old)
first = findings()
assert changes == {"CREATED": len(first)}, changes
jinja, urllib3, ssl = only("jinja2", first), only("urllib3", first), only("libssl3", first)
assert len(jinja) >= 4 and len(urllib3) >= 3, (len(jinja), len(urllib3))
assert jinja | urllib3 | ssl == set(first), set(first) - jinja - urllib3 - ssl
for finding in first.values():
    details = finding["packageVulnerabilityDetails"]
    names = ", ".join(sorted({p["name"] for p in details["vulnerablePackages"]}))
    assert finding["title"] == f"{details['vulnerabilityId']} - {names}", finding["title"]
    assert finding["status"] == "ACTIVE" and finding["remediation"]["recommendation"]["text"]
    fixed = [p.get("fixedInVersion", "NotAvailable") != "NotAvailable" for p in details["vulnerablePackages"]]
    assert finding["fixAvailable"] == ("YES" if all(fixed) else "PARTIAL" if any(fixed) else "NO"), finding
    assert finding["firstObservedAt"] == finding["lastObservedAt"] == finding["updatedAt"]
details = inspector.batch_get_finding_details(findingArns=sorted(jinja)[:1])["findingDetails"][0]
assert 0 < details["riskScore"] <= 100, details
pass_time(3600)
assert submit(old_ssl, old) == {}, "the same again"
assert findings() == first, "an evaluation without a change writes nothing"

# The fixed package closes exactly its findings, the old one opens the same again.
pass_time(3600)
changes = submit(old_ssl, new)
assert changes == {"CLOSED": len(jinja)}, (changes, len(jinja), {a: f["title"] for a, f in findings().items() if f["status"] == "ACTIVE"})
closed = findings()
assert {arn for arn, f in closed.items() if f["status"] == "CLOSED"} == jinja
assert {arn: f for arn, f in closed.items() if arn not in jinja} == {a: f for a, f in first.items() if a not in jinja}
assert submit(old_ssl, old) == {"REOPENED": len(jinja)}
again = findings()
assert states() == {arn: "ACTIVE" for arn in first}
one = sorted(jinja)[0]
assert again[one]["firstObservedAt"] == first[one]["firstObservedAt"] < again[one]["lastObservedAt"]
if ssl and oldest != newest:
    changes = submit(new_ssl, old)
    gone = {arn for arn, status in states().items() if status == "CLOSED"}
    assert gone and gone <= ssl and changes["CLOSED"] == len(gone), changes
    assert submit(old_ssl, old)["REOPENED"] == len(gone)
    assert states() == {arn: "ACTIVE" for arn in first}

# Its page tells all that.
shown, happened = history(one)
assert happened == ["Created", "Closed", "Reopened"], happened
assert f"Risk {details['riskScore']} of 100" in shown

# The page of a finding says who hides it and why.
added = post("/lynkeus/v1/vex?name=shop.json", openvex("a", "not_affected", 0, vulnerability := first[one]["packageVulnerabilityDetails"]["vulnerabilityId"]))
shown, happened = history(one)
assert "not affected, says Shop security team: vulnerable_code_not_in_execute_path" in shown, shown
assert happened == ["Created", "Closed", "Reopened", "Suppressed"], happened
assert "hides 1 of 1 finding" in page("/vex")
told = run(LYNKEUS, "--data-dir", DATA, "vex", "list", "--server", ENDPOINT)
assert f"{vulnerability}: not affected, hides 1 of 1 findings" in told, told
sender = post("/lynkeus/v1/vex/list")["documents"][0]["addedBy"]
by = f"by {sender['principal']} with key {sender['accessKeyId']}"
assert by in told and by in re.sub("<[^>]*>", "", page("/vex")), (by, told)
assert sender["accessKeyId"] == KEY["aws_access_key_id"] and sender["principal"].endswith(":role/lynkeus-admin"), sender
post(f"/lynkeus/v1/vex/remove?id={added['id']}")
assert history(one)[1][-1] == "Released"

# A rule hides at once and releases at once; one that ends by itself releases when its day is over.
equals = lambda value: [{"comparison": "EQUALS", "value": value}]
vulnerability = first[one]["packageVulnerabilityDetails"]["vulnerabilityId"]
rule = inspector.create_filter(action="SUPPRESS", name="accepted", filterCriteria={"vulnerabilityId": equals(vulnerability)})
assert states({one}) == {one: "SUPPRESSED"}
inspector.delete_filter(arn=rule["arn"])
assert states({one}) == {one: "ACTIVE"}
day = now().strftime("%Y-%m-%d")
form = {"form": token("/rules/new"), "name": "for today", "vulnerability": vulnerability, "last-day": day}
page("/rules/new", **form)
assert states({one}) == {one: "SUPPRESSED"}
pass_time(DAY + 120)
until("the rule ends", lambda: states({one}) == {one: "ACTIVE"})

# A VEX document hides what it says is not affected, with its reason; one that is newer decides.
added = post("/lynkeus/v1/vex?name=shop.json", openvex("a", "not_affected", 0, vulnerability, "CVE-1999-0001"))
effects = [(one["findings"], one["hides"]) for one in added["statements"]]
assert added["changed"] == 1 and effects == [(1, 1), (0, 0)], added
assert states({one}) == {one: "SUPPRESSED"} and list(states().values()).count("SUPPRESSED") == 1
newer = post("/lynkeus/v1/vex?name=newer.json", openvex("b", "affected", 1, vulnerability))
assert states({one}) == {one: "ACTIVE"} and newer["statements"][0]["hides"] == 0, newer
post(f"/lynkeus/v1/vex/remove?id={newer['id']}")
assert states({one}) == {one: "SUPPRESSED"}
listed = post("/lynkeus/v1/vex/list")["documents"]
assert [(d["name"], d["author"], len(d["statements"])) for d in listed] == [("shop.json", "Shop security team", 2)], listed
assert submit(old_ssl, new)["CLOSED"] == len(jinja) and submit(old_ssl, old)["REOPENED"] == len(jinja)
assert states({one}) == {one: "SUPPRESSED"}, "what reopens is hidden as well"
post(f"/lynkeus/v1/vex/remove?id={added['id']}")
assert states({one}) == {one: "ACTIVE"} and post("/lynkeus/v1/vex/list") == {"documents": []}

# Hidden findings close when they are fixed; a rule until there is a fix holds none that have one.
rule = inspector.create_filter(action="SUPPRESS", name="urllib3", filterCriteria={"vulnerablePackages": [{"name": {"comparison": "EQUALS", "value": "urllib3"}}]})
assert set(states(urllib3).values()) == {"SUPPRESSED"}
assert submit(old_ssl, old[1:]) == {"CLOSED": len(urllib3)}
assert submit(old_ssl, old) == {"REOPENED": len(urllib3)}
assert set(states(urllib3).values()) == {"SUPPRESSED"}
inspector.delete_filter(arn=rule["arn"])

# What recurs within seven days of closing is the same finding, what recurs later is a new one.
submit(old_ssl, new)
pass_time(6 * DAY)
assert submit(old_ssl, old) == {"REOPENED": len(jinja)}
submit(old_ssl, new)
pass_time(8 * DAY)
assert submit(old_ssl, old) == {"CREATED": len(jinja)}
assert set(states(jinja).values()) == {"CLOSED"}
reborn = only("jinja2", findings())
assert len(reborn) == len(jinja) and not reborn & jinja

# Closed findings are kept for 30 days.
pass_time(21 * DAY)
time.sleep(4)
assert set(states(jinja)) == jinja, "deleted too early"
pass_time(DAY + 120)
until("closed findings are deleted", lambda: not states(jinja))
assert set(states()) == (set(first) - jinja) | reborn

# Scans that are switched off close everything, which is deleted a day later.
inspector.disable(resourceTypes=["EC2"])
until("everything is closed", lambda: set(states().values()) == {"CLOSED"})
assert submit(old_ssl, old) == {}, "nothing is evaluated"
coverage = inspector.list_coverage()["coveredResources"]
assert [c["scanStatus"]["statusCode"] for c in coverage] == ["INACTIVE"], coverage
pass_time(DAY + 120)
until("they are deleted", lambda: not states())
inspector.enable(resourceTypes=["EC2"])
until("everything is found again", lambda: len(states()) == len(first) and set(states().values()) == {"ACTIVE"})

# A machine that is gone keeps its findings for three days.
post("/lynkeus/v1/gone?kind=host&name=web-1")
assert set(states().values()) == {"CLOSED"}
pass_time(3 * DAY - 600)
time.sleep(4)
assert len(states()) == len(first), "deleted too early"
pass_time(1200)
until("they are deleted", lambda: not states())
print("lived")

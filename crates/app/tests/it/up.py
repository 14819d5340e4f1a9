"""Tells a service a story with boto3: up.py ENDPOINT DATA-DIRECTORY LYNKEUS.

Each raw answer is compared with botocore's own model, since boto3 reads leniently.
"""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

import strict
from botocore.exceptions import ClientError

ENDPOINT, DATA, LYNKEUS = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
ACCOUNT, REGION = "000000000000", "eu-west-1"


def client(service):
    """A client that checks each answer."""
    return strict.client(service, ENDPOINT, REGION, KEY)


def refused(error_name, call, /, **arguments):
    """The call must fail with this error."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == error_name, error
        return
    raise AssertionError(f"{arguments} was not refused")


def submit(openssl, zlib):
    """Send a machine with these versions; what that changed."""
    component = lambda name, source, version: {
        "type": "library", "name": name, "version": version,
        "bom-ref": name, "purl": f"pkg:deb/debian/{name}@{version}?arch=amd64&upstream={source}&distro=debian-12",
    }
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "components": [
            {"type": "operating-system", "name": "debian", "version": "12"},
            component("libssl3", "openssl", openssl), component("zlib1g", "zlib", zlib.replace(":", "%3A")),
        ],
    }
    path = DATA / "machine.cdx.json"
    path.write_text(json.dumps(document))
    command = [LYNKEUS, "--data-dir", str(DATA), "submit", str(path), "--server", ENDPOINT, "--host", "web-1"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def get(path):
    with urllib.request.urlopen(ENDPOINT + path) as answer:
        return answer.read().decode()


def states():
    """Vulnerability to ARN and status."""
    found = inspector.get_paginator("list_findings").paginate(PaginationConfig={"PageSize": 1})
    return {
        f["packageVulnerabilityDetails"]["vulnerabilityId"]: (f["findingArn"], f["status"])
        for page in found for f in page["findings"]
    }


KEY = strict.stored_key(DATA)
for name in ["credentials", "master.key"]:
    assert os.stat(DATA / name).st_mode & 0o777 == 0o600, name
inspector = client("inspector2")
scan = client("inspector-scan")

# Findings live and die with what is installed.
assert inspector.list_findings()["findings"] == []
first = submit("3.0.14-1~deb12u2", "1:1.2.13.dfsg-1")
assert first["changes"] == {"CREATED": 3}, first
opened = states()
assert {v: s for v, (_, s) in opened.items()} == {f"CVE-2024-000{n}": "ACTIVE" for n in "123"}, opened
assert submit("3.0.14-1~deb12u2", "1:1.2.13.dfsg-1")["changes"] == {}
assert submit("3.0.15-1", "1:1.2.13.dfsg-2")["changes"] == {"CHANGED": 1, "CLOSED": 2}
assert {v for v, (_, s) in states().items() if s == "ACTIVE"} == {"CVE-2024-0002"}
assert submit("3.0.14-1~deb12u2", "1:1.2.13.dfsg-1")["changes"] == {"CHANGED": 1, "REOPENED": 2}
assert states() == opened, "the same ARNs, open again"

finding = inspector.list_findings(
    filterCriteria={"vulnerabilityId": [{"comparison": "EQUALS", "value": "CVE-2024-0003"}]},
    sortCriteria={"field": "SEVERITY", "sortOrder": "DESC"},
)["findings"]
assert [f["title"] for f in finding] == ["CVE-2024-0003 - zlib1g"], finding
finding = finding[0]
package = finding["packageVulnerabilityDetails"]["vulnerablePackages"][0]
assert (package["name"], package["epoch"], package["version"], package["release"]) == (
    "zlib1g", 1, "1.2.13.dfsg", "1"), package
assert package["fixedInVersion"] == "1:1.2.13.dfsg-2" and package["packageManager"] == "OS", package
assert (finding["severity"], finding["inspectorScore"], finding["epss"]["score"]) == ("CRITICAL", 9.8, 0.25)
details = finding["resources"][0]["details"]
assert details["awsEc2Instance"]["platform"] == details["vm"]["platform"] == "DEBIAN_12", details

arns = [arn for arn, _ in opened.values()]
unknown = arns[0][:-32] + "0" * 32
details = inspector.batch_get_finding_details(findingArns=[*arns, unknown])
assert [d["findingArn"] for d in details["findingDetails"]] == arns
assert [(e["findingArn"], e["errorCode"]) for e in details["errors"]] == [(unknown, "FINDING_DETAILS_NOT_FOUND")]

search = lambda id: inspector.search_vulnerabilities(filterCriteria={"vulnerabilityIds": [id]})["vulnerabilities"]
assert search("CVE-2024-0001")[0]["cvss3"]["baseScore"] == 9.8 and search("CVE-1999-0001") == []

# Counts agree with the list, for all fifteen kinds.
members = {"FINDING_TYPE": "findingTypeAggregation", "TITLE": "titleAggregation", "PACKAGE": "packageAggregation",
           "AWS_EC2_INSTANCE": "ec2InstanceAggregation", "VM_INSTANCE": "vmInstanceAggregation",
           "ACCOUNT": "accountAggregation"}
for kind in inspector.meta.service_model.shape_for("AggregationType").enum:
    pages = inspector.get_paginator("list_finding_aggregations").paginate(
        aggregationType=kind, PaginationConfig={"PageSize": 1})
    groups = [group for page in pages for group in page["responses"]]
    if kind not in members:
        assert groups == [], (kind, groups)
        continue
    counts = [group[members[kind]]["severityCounts"] for group in groups]
    assert sum(count["all"] for count in counts) == 3 and sum(count["critical"] for count in counts) == 3, (kind, counts)
groups = inspector.list_finding_aggregations(aggregationType="PACKAGE", aggregationRequest={"packageAggregation": {
    "packageNames": [{"comparison": "PREFIX", "value": "lib"}], "sortBy": "CRITICAL", "sortOrder": "DESC"}})["responses"]
assert [(g["packageAggregation"]["packageName"], g["packageAggregation"]["severityCounts"]["all"]) for g in groups] == [
    ("libssl3", 2)], groups
refused("ValidationException", inspector.list_finding_aggregations, aggregationType="PACKAGE",
        aggregationRequest={"titleAggregation": {}})
other = [{"comparison": "EQUALS", "value": "123456789012"}]
assert inspector.list_finding_aggregations(aggregationType="ACCOUNT", accountIds=other)["responses"] == []
totals = inspector.list_usage_totals()["totals"]
assert [t["accountId"] for t in totals] == [ACCOUNT], totals

# A rule suppresses what it matches and releases it again.
criteria = {"vulnerabilityId": [{"comparison": "EQUALS", "value": "CVE-2024-0003"}]}
rule = inspector.create_filter(action="SUPPRESS", name="zlib", filterCriteria=criteria, tags={"team": "blue"})["arn"]
refused("BadRequestException", inspector.create_filter, action="NONE", name="zlib", filterCriteria=criteria)
assert {v for v, (_, s) in states().items() if s == "SUPPRESSED"} == {"CVE-2024-0003"}
kept = inspector.list_filters(arns=[rule], action="SUPPRESS")["filters"]
assert [(f["name"], f["criteria"], f["tags"]) for f in kept] == [("zlib", criteria, {"team": "blue"})], kept
inspector.tag_resource(resourceArn=rule, tags={"stage": "test"})
inspector.untag_resource(resourceArn=rule, tagKeys=["team"])
assert inspector.list_tags_for_resource(resourceArn=rule)["tags"] == {"stage": "test"}
inspector.update_filter(filterArn=rule, action="NONE", description="a saved view")
assert states() == opened, "released"
assert inspector.delete_filter(arn=rule)["arn"] == rule
assert inspector.list_filters()["filters"] == []
refused("ResourceNotFoundException", inspector.delete_filter, arn=rule)

# The machine is covered.
covered = inspector.list_coverage(filterCriteria={"scanStatusCode": [{"comparison": "EQUALS", "value": "ACTIVE"}]})
covered = covered["coveredResources"]
assert [(c["resourceType"], c["scanType"], c["scanStatus"]["reason"]) for c in covered] == [
    ("AWS_EC2_INSTANCE", "PACKAGE", "SUCCESSFUL")], covered
counted = inspector.list_coverage_statistics(groupBy="RESOURCE_TYPE")
assert counted["totalCounts"] == 1 and [c["count"] for c in counted["countsByGroup"]] == [1], counted

# Terraform's enabler: what was not asked for is disabled, and everything at the end.
status = lambda: inspector.batch_get_account_status(accountIds=[ACCOUNT])["accounts"][0]
assert status()["resourceState"]["ec2"]["status"] == "ENABLED"
enabled = inspector.enable(accountIds=[ACCOUNT, "123456789012"], resourceTypes=["ECR"])
assert [f["errorCode"] for f in enabled["failedAccounts"]] == ["ACCESS_DENIED"]
inspector.disable(accountIds=[ACCOUNT], resourceTypes=["EC2", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"])
assert status()["state"]["status"] == "ENABLED" and status()["resourceState"]["ec2"]["status"] == "DISABLED"
inspector.disable(accountIds=[ACCOUNT])
assert status()["state"]["status"] == "DISABLED"
inspector.enable(resourceTypes=["EC2", "ECR"])
assert len(inspector.list_account_permissions(service="ECR")["permissions"]) == 4
trials = inspector.batch_get_free_trial_info(accountIds=[ACCOUNT])["accounts"][0]["freeTrialInfo"]
assert {t["type"] for t in trials} == {"EC2", "ECR"}, trials

# What is configured is read back.
inspector.update_configuration(ecrConfiguration={"rescanDuration": "DAYS_30"})
inspector.update_configuration(ec2Configuration={"scanMode": "EC2_SSM_AGENT_BASED", "activateVMScanner": True})
read = inspector.get_configuration()
assert read["ecrConfiguration"]["rescanDurationState"]["rescanDuration"] == "DAYS_30", read
assert read["ec2Configuration"]["scanModeState"]["scanMode"] == "EC2_SSM_AGENT_BASED", read
paths = inspector.update_ec2_deep_inspection_configuration(packagePaths=["/opt/app"])
assert paths["status"] == "ACTIVATED"
inspector.update_org_ec2_deep_inspection_configuration(orgPackagePaths=["/srv"])
read = inspector.get_ec2_deep_inspection_configuration()
assert (read["packagePaths"], read["orgPackagePaths"]) == (["/opt/app"], ["/srv"]), read
members = inspector.batch_get_member_ec2_deep_inspection_status(accountIds=[ACCOUNT, "123456789012"])
assert (len(members["accountIds"]), len(members["failedAccountIds"])) == (1, 1)
code = {"scanType": "CODE", "resourceType": "AWS_LAMBDA_FUNCTION"}
refused("ResourceNotFoundException", inspector.get_encryption_key, **code)
key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
inspector.update_encryption_key(kmsKeyId=key, **code)
assert inspector.get_encryption_key(**code)["kmsKeyId"] == key
inspector.reset_encryption_key(**code)
refused("ResourceNotFoundException", inspector.get_encryption_key, **code)

# A bill of materials comes back with what is known of it.
sbom = scan.scan_sbom(sbom=json.loads((DATA / "machine.cdx.json").read_text()))["sbom"]
assert {v["id"] for v in sbom["vulnerabilities"]} == set(opened), sbom["vulnerabilities"]

# Pages continue only what they belong to, and strangers have no key.
token = inspector.list_findings(maxResults=1)["nextToken"]
refused("ValidationException", inspector.list_findings, nextToken=token,
        sortCriteria={"field": "SEVERITY", "sortOrder": "ASC"})
KEY, good = {**KEY, "aws_secret_access_key": "wrong"}, KEY
refused("InvalidSignatureException", client("inspector2").list_findings)
KEY = {**good, "aws_access_key_id": "LYNKAAAAAAAAAAAAAAAA"}
refused("UnrecognizedClientException", client("inspector2").list_findings)

# The service says how it is.
assert get("/healthz") == "ok\n"
metrics = get("/metrics")
assert 'lynkeus_findings{status="ACTIVE",severity="CRITICAL"} 3' in metrics, metrics
assert "lynkeus_queue_lag_seconds" in metrics and "lynkeus_pending_evaluations 0" in metrics, metrics
print("told")

"""Calls every operation that a service offers, with every input it may have: operations.py ENDPOINT DATA LYNKEUS.

Each raw answer is compared with botocore's model by `wire`.
"""

import csv
import datetime
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.request

import boto3
import jsonschema
import wire
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from openapi_spec_validator import validate as validate_openapi

ENDPOINT, DATA, LYNKEUS = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
ACCOUNT, REGION, OTHER = "000000000000", "eu-west-1", "123456789012"
KEY = dict(line.split(" = ") for line in (DATA / "credentials").read_text().splitlines() if " = " in line)
KMS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
NOT_OFFERED = os.environ["NOT_OFFERED"].split()
NOTHING = "nothing has this value"
LAYERS = [f"sha256:{n:064x}" for n in (1, 2)]


def client(service="inspector2", region=REGION):
    return wire.watch(boto3.client(
        service, endpoint_url=ENDPOINT, region_name=region,
        config=Config(retries={"max_attempts": 1}, parameter_validation=False),
        aws_access_key_id=KEY["aws_access_key_id"], aws_secret_access_key=KEY["aws_secret_access_key"],
    ))


inspector = client()
MODEL = inspector.meta.service_model


def refused(code, call, /, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response
    raise AssertionError(f"{arguments} was not refused with {code}")


def extension(path, body, key=KEY):
    """Ask an extension, and hold question and answer against its OpenAPI document."""
    told = OPENAPI["paths"][path]["post"]
    asked = told["requestBody"]["content"]["application/json"]["schema"]
    request = AWSRequest(method="POST", url=ENDPOINT + path, data=json.dumps(body), headers={"Content-Type": "application/json"})
    credentials = Credentials(key["aws_access_key_id"], key["aws_secret_access_key"])
    SigV4Auth(credentials, "inspector2", REGION).add_auth(request)
    sent = urllib.request.Request(ENDPOINT + path, request.body, dict(request.headers))
    try:
        with urllib.request.urlopen(sent) as answer:
            status, content = answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        status, content = error.code, json.load(error)
    schema = {"$ref": "#/components/schemas/Error"}
    if status == 200:
        jsonschema.validate(body, {**asked, "components": OPENAPI["components"]})
        schema = told["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(content, {**schema, "components": OPENAPI["components"]})
    return status, content


def lynkeus(*arguments, code=0, server=ENDPOINT, **environment):
    command = [LYNKEUS, "--data-dir", str(DATA), *arguments]
    if server:
        environment["LYNKEUS_SERVER"] = server
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == code, (arguments, done)
    return done.stdout if code == 0 else done.stderr


def document(openssl, zlib):
    """A bill of materials with these versions, in two layers."""
    def component(name, source, version, layer):
        return {
            "type": "library", "name": name, "version": version, "bom-ref": name,
            "purl": f"pkg:deb/debian/{name}@{version}?arch=amd64&upstream={source}&distro=debian-12",
            "properties": [
                {"name": "aquasecurity:trivy:LayerDiffID", "value": layer},
                {"name": "aquasecurity:trivy:FilePath", "value": f"usr/lib/{name}.so"},
            ],
        }
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "components": [
            {"type": "operating-system", "name": "debian", "version": "12"},
            component("libssl3", "openssl", openssl, LAYERS[0]),
            component("zlib1g", "zlib", zlib.replace(":", "%3A"), LAYERS[1]),
        ],
    }


OLD, NEW = ("3.0.14-1~deb12u2", "1:1.2.13.dfsg-1"), ("3.0.17-1", "1:1.2.13.dfsg-2")


def submit(of, versions=OLD):
    path = DATA / f"document-{threading.get_ident()}.json"
    path.write_text(json.dumps(document(*versions)))
    return json.loads(lynkeus("submit", str(path), *of))


def image(repository, number):
    """Arguments that submit an image; the digest follows from the document, so they differ in it."""
    return ["--repository", repository, "--tag", f"v{number}"]


def equals(value):
    return [{"comparison": "EQUALS", "value": value}]


def pages(name, **arguments):
    paginator = inspector.get_paginator(name)
    key = paginator.result_keys[0].expression
    return [item for page in paginator.paginate(**arguments) for item in page.get(key, [])]


def wait(call, state=lambda answer: answer["status"], while_="IN_PROGRESS", seconds=40):
    for _ in range(seconds * 10):
        answer = call()
        if state(answer) != while_:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"still {while_}: {answer}")


# Data: a machine, and images of two repositories

for number in range(12):
    versions = (OLD[0], f"1:1.2.13.dfsg-0~{number}")
    assert submit(image(f"team/app{number % 2}", number), versions)["changes"] == {"CREATED": 3}
machine = submit(["--host", "web-1"])["resourceId"]
ALL = 13 * 3


def filters_of(shape):
    """For each member of a criteria shape: a value that everything has, and one that nothing has."""
    for name, member in shape.members.items():
        element = member.member if member.type_name == "list" else None
        kind = element.name if element is not None else ""
        if kind.endswith("StringFilter"):
            yield name, [{"comparison": "NOT_EQUALS", "value": NOTHING}], equals(NOTHING)
        elif kind.endswith("MapFilter"):
            yield name, None, [{"comparison": "EQUALS", "key": NOTHING, "value": NOTHING}]
        elif kind.endswith("DateFilter"):
            yield name, None, [{"startInclusive": 1, "endInclusive": 2}]
        elif kind.endswith("NumberFilter"):
            yield name, None, [{"lowerInclusive": 1e6, "upperInclusive": 1e7}] if kind == "NumberFilter" else [
                {"lowerInclusive": 1_000_000, "upperInclusive": 10_000_000}]
        elif kind == "PortRangeFilter":
            yield name, None, [{"beginInclusive": 1, "endInclusive": 2}]
        elif kind == "PackageFilter":
            yield name, None, [{"name": equals(NOTHING)[0]}]


def findings():
    everything = pages("list_findings")
    assert len(everything) == ALL, len(everything)
    assert len({f["findingArn"] for f in everything}) == ALL
    for name, all_of, none_of in filters_of(MODEL.shape_for("FilterCriteria")):
        assert pages("list_findings", filterCriteria={name: none_of}) == [], name
        if all_of:
            assert len(pages("list_findings", filterCriteria={name: all_of}, PaginationConfig={"PageSize": 100})) == ALL, name
    some = {
        "awsAccountId": equals(ACCOUNT), "severity": equals("CRITICAL"), "title": [{"comparison": "PREFIX", "value": "CVE-2024-0003"}],
        "firstObservedAt": [{"startInclusive": 1}], "inspectorScore": [{"lowerInclusive": 9.7, "upperInclusive": 9.9}],
        "epssScore": [{"lowerInclusive": 0.2}], "ecrImageRepositoryName": equals("team/app0"), "fixAvailable": equals("YES"),
        "vulnerablePackages": [{"name": equals("zlib1g")[0], "epoch": {"lowerInclusive": 1, "upperInclusive": 1}, "architecture": equals("X86_64")[0],
                                "sourceLayerHash": equals(LAYERS[1])[0], "filePath": equals("usr/lib/zlib1g.so")[0]}],
    }
    assert len(pages("list_findings", filterCriteria=some)) == 6
    for field, order in itertools.product(MODEL.shape_for("SortField").enum, ["ASC", "DESC"]):
        found = pages("list_findings", sortCriteria={"field": field, "sortOrder": order}, PaginationConfig={"PageSize": 7})
        assert len({f["findingArn"] for f in found}) == ALL, field
    titles = [f["title"] for f in pages("list_findings", sortCriteria={"field": "VULNERABILITY_ID", "sortOrder": "DESC"})]
    assert titles == sorted(titles, reverse=True)
    finding = next(f for f in everything if f["resources"][0]["type"] == "AWS_ECR_CONTAINER_IMAGE")
    package = finding["packageVulnerabilityDetails"]["vulnerablePackages"][0]
    assert package["sourceLayerHash"] in LAYERS and package["filePath"].startswith("usr/lib/"), package
    arns = [f["findingArn"] for f in everything[:10]]
    details = inspector.batch_get_finding_details(findingArns=arns)
    assert [d["findingArn"] for d in details["findingDetails"]] == arns and details["errors"] == []
    first = details["findingDetails"][0]
    assert first["cwes"] == ["CWE-79"] and first["epssScore"] == 0.25 and 70 < first["riskScore"] <= 100, first
    assert first["cisaData"]["dateAdded"] == datetime.datetime(2024, 2, 3, tzinfo=first["cisaData"]["dateAdded"].tzinfo), first
    assert first["referenceUrls"] == ["https://example.org/advisory"] and first["evidences"], first
    [known] = inspector.search_vulnerabilities(filterCriteria={"vulnerabilityIds": ["CVE-2024-0001"]})["vulnerabilities"]
    assert known["cvss3"]["baseScore"] == 9.8 and known["epss"]["score"] == 0.25 and known["cisaData"]["action"], known
    assert known["cwes"] == ["CWE-79"] and known["source"] == "NVD" and known["sourceUrl"].endswith("CVE-2024-0001"), known


MEMBERS = {
    "FINDING_TYPE": ("findingTypeAggregation", 1), "PACKAGE": ("packageAggregation", 2), "TITLE": ("titleAggregation", 3),
    "REPOSITORY": ("repositoryAggregation", 2), "AMI": ("amiAggregation", 0), "AWS_EC2_INSTANCE": ("ec2InstanceAggregation", 1),
    "AWS_ECR_CONTAINER": ("awsEcrContainerAggregation", 12), "IMAGE_LAYER": ("imageLayerAggregation", 24), "ACCOUNT": ("accountAggregation", 1),
    "AWS_LAMBDA_FUNCTION": ("lambdaFunctionAggregation", 0), "LAMBDA_LAYER": ("lambdaLayerAggregation", 0),
    "CODE_REPOSITORY": ("codeRepositoryAggregation", 0), "VM_INSTANCE": ("vmInstanceAggregation", 1),
    "CONTAINER_IMAGE": ("containerImageAggregation", 12), "SERVERLESS_FUNCTION": ("serverlessFunctionAggregation", 0),
}


def aggregations():
    union = MODEL.shape_for("AggregationRequest")
    assert set(MEMBERS) == set(MODEL.shape_for("AggregationType").enum)
    for kind, (member, groups) in MEMBERS.items():
        def ask(request=None, **more):
            if request is not None:
                more["aggregationRequest"] = {member: request}
            found = pages("list_finding_aggregations", aggregationType=kind, PaginationConfig={"PageSize": 5}, **more)
            assert all(list(group) == [member] for group in found), (kind, found)
            return [group[member] for group in found]
        whole = ask()
        assert len(whole) == groups, (kind, whole)
        assert ask({}) == whole, kind
        shape = union.members[member]
        for name, all_of, none_of in filters_of(shape):
            assert ask({name: none_of}) == [], (kind, name)
            if all_of:
                assert len(ask({name: all_of})) == groups, (kind, name)
        for name in set(shape.members) & {"findingType", "resourceType"}:
            for value in shape.members[name].enum:
                found = ask({name: value})
                assert (len(found) > 0) == (groups > 0 and value in ("PACKAGE_VULNERABILITY", "AWS_EC2_INSTANCE", "AWS_ECR_CONTAINER_IMAGE")), (kind, value, found)
        for by, order in itertools.product(shape.members["sortBy"].enum, ["ASC", "DESC"]):
            def key(group):
                counted = {"AFFECTED_IMAGES": "affectedImages", "AFFECTED_INSTANCES": "affectedInstances", "NETWORK_FINDINGS": "networkFindings"}
                return group[counted[by]] if by in counted else group["severityCounts"][by.lower()]
            keys = [key(group) for group in ask({"sortBy": by, "sortOrder": order})]
            assert keys == sorted(keys, reverse=order == "DESC"), (kind, by, order, keys)
        assert len(ask(accountIds=equals(ACCOUNT))) == groups and ask(accountIds=equals(OTHER)) == [], kind
        wrong = "titleAggregation" if kind != "TITLE" else "packageAggregation"
        refused("ValidationException", inspector.list_finding_aggregations, aggregationType=kind, aggregationRequest={wrong: {}})
        refused("ValidationException", inspector.list_finding_aggregations, aggregationType=kind, aggregationRequest={})
        refused("ValidationException", inspector.list_finding_aggregations, aggregationType=kind, aggregationRequest={member: {}, wrong: {}})
    assert ACCOUNT in json.dumps(inspector.list_finding_aggregations(aggregationType="ACCOUNT")["responses"])


def coverage():
    rows = pages("list_coverage", PaginationConfig={"PageSize": 4})
    assert len(rows) == 13, rows
    for name, all_of, none_of in filters_of(MODEL.shape_for("CoverageFilterCriteria")):
        assert pages("list_coverage", filterCriteria={name: none_of}) == [], name
        if all_of:
            assert len(pages("list_coverage", filterCriteria={name: all_of})) == 13, name
    one = {"resourceType": equals("AWS_ECR_CONTAINER_IMAGE"), "ecrRepositoryName": equals("team/app1"), "ecrImageTags": equals("v3"),
           "lastScannedAt": [{"startInclusive": 1}], "scanStatusCode": equals("ACTIVE"), "scanStatusReason": equals("SUCCESSFUL")}
    assert len(pages("list_coverage", filterCriteria=one)) == 1
    tagged = pages("list_coverage", filterCriteria={"ec2InstanceTags": [{"comparison": "EQUALS", "key": "Name", "value": "web-1"}]})
    assert [row["resourceId"] for row in tagged] == [machine], tagged
    refused("ValidationException", inspector.list_coverage, filterCriteria={"scanType": [{"comparison": "PREFIX", "value": "P"}]})
    refused("ValidationException", inspector.list_coverage, maxResults=201)
    for by in MODEL.shape_for("GroupKey").enum:
        counted = pages("list_coverage_statistics", groupBy=by)
        status, told = extension("/lynkeus/v1/coverage/statistics", {"groupBy": by})
        assert status == 200 and [c["count"] for c in told["countsByGroup"]] == [c["count"] for c in counted], (by, told)
        assert all(c["groupKey"] == by for c in counted) and told["totalCounts"] == 13
    status, told = extension("/lynkeus/v1/coverage/statistics", {"groupBy": "ECR_REPOSITORY_NAME"})
    assert told["countsByGroup"] == [{"value": "team/app0", "count": 6}, {"value": "team/app1", "count": 6}], told
    total = inspector.list_coverage_statistics(filterCriteria=one)
    assert total["totalCounts"] == 1 and "countsByGroup" not in total


EXPORTS = DATA / "exports" / ACCOUNT


def report(bucket="reports", prefix="a/b", kms=KMS, create=None, get=None, **arguments):
    create, get = create or inspector.create_findings_report, get or inspector.get_findings_report_status
    destination = {"bucketName": bucket, "keyPrefix": prefix, "kmsKeyArn": kms}
    id = create(s3Destination=destination, **arguments)["reportId"]
    answer = wait(lambda: get(reportId=id))
    told = answer.get("destination") or answer.get("s3Destination")
    assert answer["reportId"] == id and told == destination, answer
    return answer


def sbom(**arguments):
    return report(create=inspector.create_sbom_export, get=inspector.get_sbom_export, **arguments)


def in_progress(create, **arguments):
    """The id of a report that was seen in progress: the second of two that follow each other at once is refused."""
    destination = {"bucketName": "reports", "kmsKeyArn": KMS}
    for _ in range(20):
        id = create(s3Destination=destination, **arguments)["reportId"]
        try:
            create(s3Destination=destination, **arguments)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ValidationException" and "multiple reports" in str(error), error
            return id
    raise AssertionError("no report is ever in progress")


def cancelled(create, cancel, get, format):
    """The id of a report that was cancelled in time."""
    for _ in range(20):
        id = create(reportFormat=format, s3Destination={"bucketName": "reports", "kmsKeyArn": KMS})["reportId"]
        try:
            assert cancel(reportId=id)["reportId"] == id
            return id
        except ClientError:
            wait(lambda: get(reportId=id))
    raise AssertionError("no report is ever in progress")


def reports():
    refused("ResourceNotFoundException", inspector.get_findings_report_status)
    done = report(reportFormat="CSV")
    assert done["status"] == "SUCCEEDED" and done["filterCriteria"] == {}, done
    with open(EXPORTS / "reports/a/b" / f"{done['reportId']}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    active = {f["findingArn"]: f for f in pages("list_findings", filterCriteria={"findingStatus": equals("ACTIVE")})}
    assert {row["Finding ARN"] for row in rows} == set(active) and len(rows) == len(active) and len(rows[0]) == 55
    row = next(row for row in rows if row["Vulnerability Id"] == "CVE-2024-0003")
    assert (row["Affected Packages"], row["Fixed in Version"], row["NVD CVSS3 Score"]) == ("zlib1g", "1:1.2.13.dfsg-2", "9.8"), row
    assert inspector.get_findings_report_status()["reportId"] == done["reportId"]
    some = {"vulnerabilityId": equals("CVE-2024-0003"), "findingStatus": equals("ACTIVE")}
    done = report(reportFormat="JSON", filterCriteria=some)
    assert done["status"] == "SUCCEEDED" and done["filterCriteria"] == some, done
    raw = json.loads((EXPORTS / "reports/a/b" / f"{done['reportId']}.json").read_text())["findings"]
    assert len(raw) == 13
    for finding in raw:
        wire.compare("a report's finding", MODEL.shape_for("Finding"), finding)
    for code, arguments in [
        ("NO_FINDINGS_FOUND", {"filterCriteria": {"title": equals(NOTHING)}}), ("BUCKET_NOT_FOUND", {"bucket": "../escape"}),
        ("MALFORMED_KMS_KEY", {"kms": "my-key"}), ("INVALID_PERMISSIONS", {"prefix": "a/../../../escape"}),
    ]:
        failed = report(reportFormat="CSV", **arguments)
        assert (failed["status"], failed["errorCode"]) == ("FAILED", code) and failed["errorMessage"], failed
    assert not list(DATA.rglob("*escape*")) and not list((DATA / "exports" / ".lynkeus-partial").iterdir())
    refused("ValidationException", inspector.create_findings_report, reportFormat="XML", s3Destination={"bucketName": "b", "kmsKeyArn": KMS})
    refused("ValidationException", inspector.create_findings_report, reportFormat="CSV")
    refused("ValidationException", inspector.cancel_findings_report, reportId=done["reportId"])
    unknown = "00000000-0000-0000-0000-000000000000"
    refused("ResourceNotFoundException", inspector.cancel_findings_report, reportId=unknown)
    refused("ResourceNotFoundException", inspector.get_findings_report_status, reportId=unknown)
    refused("ValidationException", inspector.get_findings_report_status, reportId="x")
    id = in_progress(inspector.create_findings_report, reportFormat="JSON")
    wait(lambda: inspector.get_findings_report_status(reportId=id))
    id = cancelled(inspector.create_findings_report, inspector.cancel_findings_report, inspector.get_findings_report_status, "JSON")
    assert inspector.get_findings_report_status(reportId=id)["status"] == "CANCELLED"
    inspector.cancel_findings_report(reportId=id)
    time.sleep(1)
    assert not (EXPORTS / "reports" / f"{id}.json").exists()


def sboms():
    done = sbom(reportFormat="CYCLONEDX_1_4")
    assert done["status"] == "SUCCEEDED" and done["format"] == "CYCLONEDX_1_4", done
    root = EXPORTS / "reports/a/b" / f"CYCLONEDX_1_4_outputs_{done['reportId']}" / f"account={ACCOUNT}"
    files = list(root.rglob("*.json"))
    assert len(files) == 13 and (root / "resource=AWS_EC2_INSTANCE" / f"{machine}.json") in files, files
    for file in files:
        read = json.loads(file.read_text())
        about = {p["name"]: p["value"] for p in read["metadata"]["properties"]}
        kind = "AWS_EC2_INSTANCE" if file.stem == machine else "AWS_ECR_CONTAINER_IMAGE"
        assert (about["accountId"], about["resourceType"]) == (ACCOUNT, kind), about
        assert kind == "AWS_EC2_INSTANCE" or about["imageId"].startswith("sha256/") and len(about["imageId"]) == 71, about
        assert read["specVersion"] == "1.4" and {c["name"] for c in read["components"]} >= {"libssl3", "zlib1g"}
        refs = {c["bom-ref"]: c["name"] for c in read["components"]}
        affected = {v["id"]: [refs[a["ref"]] for a in v["affects"]] for v in read["vulnerabilities"]}
        assert affected == {"CVE-2024-0001": ["libssl3"], "CVE-2024-0002": ["libssl3"], "CVE-2024-0003": ["zlib1g"]}, affected
    done = sbom(reportFormat="SPDX_2_3", resourceFilterCriteria={"ecrRepositoryName": equals("team/app0"), "accountId": equals(ACCOUNT)})
    assert done["status"] == "SUCCEEDED" and done["filterCriteria"]["ecrRepositoryName"] == equals("team/app0"), done
    files = list((EXPORTS / "reports/a/b" / f"SPDX_2_3_outputs_{done['reportId']}").rglob("*.json"))
    assert len(files) == 6
    for file in files:
        read = json.loads(file.read_text())
        urls = [r["referenceLocator"] for p in read["packages"] for r in p.get("externalRefs", []) if r["referenceCategory"] == "SECURITY"]
        assert read["spdxVersion"] == "SPDX-2.3" and len([u for u in urls if "CVE-2024-000" in u]) == 3, urls
    members = list(filters_of(MODEL.shape_for("ResourceFilterCriteria")))
    every = {name: all_of for name, all_of, _ in members if all_of}
    done = sbom(reportFormat="SPDX_2_3", resourceFilterCriteria=every)
    assert len(every) == 15 and done["status"] == "SUCCEEDED", (len(every), done)
    for name, _, none_of in members[::5]:
        failed = sbom(reportFormat="SPDX_2_3", resourceFilterCriteria={name: none_of})
        assert (failed["status"], failed["errorCode"]) == ("FAILED", "NO_FINDINGS_FOUND"), failed
    refused("ValidationException", inspector.cancel_sbom_export, reportId=done["reportId"])
    refused("ResourceNotFoundException", inspector.get_sbom_export, reportId="00000000-0000-0000-0000-000000000000")
    id = in_progress(inspector.create_sbom_export, reportFormat="SPDX_2_3")
    wait(lambda: inspector.get_sbom_export(reportId=id))
    id = cancelled(inspector.create_sbom_export, inspector.cancel_sbom_export, inspector.get_sbom_export, "SPDX_2_3")
    assert inspector.get_sbom_export(reportId=id)["status"] == "CANCELLED"


def on_demand():
    start = lambda **more: inspector.start_on_demand_scan(**{"resourceId": machine, "resourceType": "AMI", **more})
    get = lambda id, of=machine: inspector.get_on_demand_scan_status(resourceId=of, resourceType="AMI", scanId=id)
    ids = []
    for number in range(3):
        ids.append(start(clientToken=f"token-{number}")["scanId"])
        done = wait(lambda: get(ids[-1]), state=lambda answer: answer["scanStatus"])
        assert done["scanStatus"] == "SUCCESSFUL" and done["completedAt"] >= done["startedAt"], done
        assert start(clientToken=f"token-{number}")["scanId"] == ids[-1], "a token names one scan"
    listed = pages("list_on_demand_scans", resourceId=machine, resourceType="AMI", PaginationConfig={"PageSize": 2})
    assert [scan["scanId"] for scan in listed] == ids[::-1], listed
    [image] = {f["resources"][0]["id"] for f in pages("list_findings", filterCriteria={"ecrImageTags": equals("v3")})}
    refused("ConflictException", start, clientToken="token-0", resourceId=image)
    for _ in range(20):
        ids.append(start()["scanId"])
        try:
            start()
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConflictException", error
            break
    else:
        raise AssertionError("no scan is ever in progress")
    wait(lambda: get(ids[-1]), state=lambda answer: answer["scanStatus"])
    refused("AccessDeniedException", start, resourceId="ami-0123456789abcdef0")
    refused("ValidationException", start, resourceType="EC2")
    refused("ValidationException", start, resourceId="i-1")
    refused("ResourceNotFoundException", get, id="0" * 32)
    refused("ResourceNotFoundException", get, id=ids[0], of=image)
    assert inspector.list_on_demand_scans(resourceId="ami-0123456789abcdef0", resourceType="AMI")["items"] == []


def accounts():
    assert inspector.batch_get_account_status()["accounts"][0]["accountId"] == ACCOUNT
    every = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"]
    enabled = inspector.enable(accountIds=[ACCOUNT], resourceTypes=every, clientToken="t")["accounts"][0]
    assert enabled["status"] == "ENABLED" and set(enabled["resourceStatus"].values()) >= {"ENABLED"}, enabled
    refused("ValidationException", inspector.enable, resourceTypes=[])
    refused("ValidationException", inspector.enable, resourceTypes=["S3"])
    trials = inspector.batch_get_free_trial_info(accountIds=[ACCOUNT, OTHER])
    assert {t["type"] for t in trials["accounts"][0]["freeTrialInfo"]} == set(every), trials
    assert [(f["accountId"], f["code"]) for f in trials["failedAccounts"]] == [(OTHER, "ACCESS_DENIED")], trials
    usage = {u["type"]: u["total"] for t in pages("list_usage_totals") for u in t["usage"]}
    assert usage["ECR_INITIAL_SCAN"] == 12, usage
    assert pages("list_usage_totals", accountIds=[OTHER]) == [] and len(pages("list_usage_totals", accountIds=[ACCOUNT, OTHER])) == 1
    refused("ValidationException", inspector.list_usage_totals, accountIds=["1"])
    refused("ValidationException", inspector.batch_get_free_trial_info, accountIds=[])
    for activate, status in [(False, "DEACTIVATED"), (True, "ACTIVATED")]:
        wanted = [{"accountId": account, "activateDeepInspection": activate} for account in (ACCOUNT, OTHER)]
        answer = inspector.batch_update_member_ec2_deep_inspection_status(accountIds=wanted)
        assert answer["accountIds"] == [{"accountId": ACCOUNT, "status": status}], answer
        assert [f["accountId"] for f in answer["failedAccountIds"]] == [OTHER], answer
        assert inspector.get_ec2_deep_inspection_configuration()["status"] == status
        read = inspector.batch_get_member_ec2_deep_inspection_status(accountIds=[ACCOUNT, OTHER])
        assert read["accountIds"] == answer["accountIds"] and len(read["failedAccountIds"]) == 1, read
    refused("ValidationException", inspector.update_ec2_deep_inspection_configuration, packagePaths=["/a"] * 6)
    refused("ValidationException", inspector.update_ec2_deep_inspection_configuration, packagePaths=["relative"])
    for kind in ["AWS_LAMBDA_FUNCTION", "CODE_REPOSITORY"]:
        of = {"scanType": "CODE", "resourceType": kind}
        refused("ResourceNotFoundException", inspector.get_encryption_key, **of)
        inspector.update_encryption_key(kmsKeyId=KMS, **of)
        assert inspector.get_encryption_key(**of)["kmsKeyId"] == KMS
        inspector.reset_encryption_key(**of)
        refused("ResourceNotFoundException", inspector.get_encryption_key, **of)
        refused("ValidationException", inspector.update_encryption_key, kmsKeyId="key", **of)
    for wrong in [{"scanType": "NETWORK", "resourceType": "CODE_REPOSITORY"}, {"scanType": "CODE", "resourceType": "AWS_EC2_INSTANCE"}]:
        refused("ValidationException", inspector.get_encryption_key, **wrong)
        refused("ValidationException", inspector.reset_encryption_key, **wrong)


def filters():
    every = {name: all_of or none_of for name, all_of, none_of in filters_of(MODEL.shape_for("FilterCriteria"))}
    view = inspector.create_filter(action="NONE", name="all", filterCriteria=every, description="d", reason="r", tags={"a": "b"})["arn"]
    other = inspector.create_filter(action="SUPPRESS", name="other", filterCriteria={"title": equals(NOTHING)})["arn"]
    listed = pages("list_filters", PaginationConfig={"PageSize": 1})
    assert {f["name"] for f in listed} == {"all", "other"}, listed
    [kept] = inspector.list_filters(arns=[view])["filters"]
    assert set(kept["criteria"]) == set(every) and (kept["description"], kept["reason"]) == ("d", "r"), kept
    refused("ValidationException", inspector.update_filter, filterArn=other, name="all")
    refused("ValidationException", inspector.create_filter, action="NONE", name="x" * 129, filterCriteria={})
    refused("ResourceNotFoundException", inspector.update_filter, filterArn=view[:-16] + "0" * 16, name="n")
    refused("ResourceNotFoundException", inspector.tag_resource, resourceArn=view[:-16] + "0" * 16, tags={"a": "b"})
    refused("BadRequestException", inspector.tag_resource, resourceArn=view, tags={f"k{n}": "v" for n in range(51)})
    for arn in [view, other]:
        inspector.delete_filter(arn=arn)
    assert inspector.list_filters()["filters"] == []


def as_a_mock_is():
    """What the tests of moto's inspector2 expect of its operations, in Regions where nothing was done."""
    asked = client(region="ap-southeast-1")
    assert asked.list_filters()["filters"] == []
    view = asked.create_filter(name="view", action="NONE", filterCriteria={"findingArn": equals("x")}, reason="r", description="d")["arn"]
    assert [f["arn"] for f in asked.list_filters()["filters"]] == [view]
    rule = asked.create_filter(name="rule", action="SUPPRESS", filterCriteria={"fixAvailable": equals("x")}, tags={"k1": "v1"})["arn"]
    assert {f["arn"] for f in asked.list_filters()["filters"]} == {view, rule}
    assert [f["arn"] for f in asked.list_filters(action="SUPPRESS")["filters"]] == [rule]
    assert [f["arn"] for f in asked.list_filters(arns=[view])["filters"]] == [view]
    assert asked.list_tags_for_resource(resourceArn=view)["tags"] == {}
    for tags in [{"k1": "v1"}, {"k2": "v2"}]:
        asked.tag_resource(resourceArn=view, tags=tags)
    assert asked.list_tags_for_resource(resourceArn=view)["tags"] == {"k1": "v1", "k2": "v2"}
    asked.untag_resource(resourceArn=view, tagKeys=["k1"])
    assert asked.list_tags_for_resource(resourceArn=view)["tags"] == {"k2": "v2"}
    asked.tag_resource(resourceArn=rule, tags={"k2": "v2"})
    assert asked.list_filters(arns=[rule])["filters"][0]["tags"] == {"k1": "v1", "k2": "v2"}
    asked.delete_filter(arn=view)
    assert [f["arn"] for f in asked.list_filters()["filters"]] == [rule]
    asked.delete_filter(arn=rule)
    assert asked.list_findings()["findings"] == [], "another Region"
    assert asked.list_findings(filterCriteria={"awsAccountId": equals("x")})["findings"] == []

    asked = client(region="us-west-1")
    known = ["ec2", "ecr", "lambda", "lambdaCode"]

    def told(answer):
        [account] = answer["accounts"]
        assert answer["failedAccounts"] == [] and account["accountId"] == ACCOUNT, answer
        return [account["resourceStatus"][name] for name in known], account["status"]

    def read():
        answer = asked.batch_get_account_status(accountIds=[ACCOUNT])
        [account] = answer["accounts"]
        assert answer["failedAccounts"] == [], answer
        return [account["resourceState"][name]["status"] for name in known], account["state"]["status"]

    on, off = "ENABLED", "DISABLED"
    assert told(asked.enable(accountIds=[ACCOUNT], resourceTypes=["EC2", "ECR"])) == ([on, on, off, off], on)
    assert read() == ([on, on, off, off], on)
    assert told(asked.disable(accountIds=[ACCOUNT], resourceTypes=["LAMBDA", "ECR"])) == ([on, off, off, off], on)
    asked.disable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    assert read() == ([off, off, off, off], off)


def without_input():
    """Every operation without any input answers, or refuses as its model says."""
    told = 0
    for name in set(MODEL.operation_names) - {"Disable", "ListTagsForResource", "TagResource", "UntagResource"}:
        try:
            getattr(inspector, xform_name(name))()
        except ClientError as error:
            told += "not offered" in str(error)
            assert "not offered" not in str(error) or name in NOT_OFFERED, name
    assert told > 5, told


def configuration():
    inspector.update_configuration(ecrConfiguration={"rescanDuration": "DAYS_30", "pullDateRescanDuration": "DAYS_14", "pullDateRescanMode": "LAST_PULL_DATE"})
    inspector.update_configuration(ec2Configuration={"scanMode": "EC2_HYBRID", "activateVMScanner": True})
    ami = {"createdWithin": "DAYS_30", "lastLaunchedWithin": "DAYS_7", "scanModeConfiguration": {"scanMode": "SCAN_ALL", "excludeCopiedAmis": True}}
    inspector.update_configuration(amiConfiguration=ami)
    read = inspector.get_configuration(accountId=ACCOUNT)
    assert read["ecrConfiguration"]["rescanDurationState"]["pullDateRescanMode"] == "LAST_PULL_DATE", read
    assert read["amiConfiguration"]["scanModeConfiguration"] == ami["scanModeConfiguration"], read
    refused("AccessDeniedException", inspector.get_configuration, accountId=OTHER)
    refused("AccessDeniedException", inspector.update_configuration, accountId=OTHER)
    refused("ValidationException", inspector.update_configuration, updateConfigurationInheritance={"ecrConfiguration": "INHERIT_FROM_ADMIN"})
    inspector.update_org_ec2_deep_inspection_configuration(orgPackagePaths=["/srv"])
    inspector.update_ec2_deep_inspection_configuration(activateDeepInspection=True, packagePaths=["/opt/app", "C:\\app"])
    permissions = pages("list_account_permissions", service="ECR")
    assert len(permissions) == 4 and len(pages("list_account_permissions")) == 8
    arn = inspector.create_filter(action="NONE", name="tagged", filterCriteria={"title": equals(NOTHING)}, tags={"a": "b", "c": "d"})["arn"]
    inspector.tag_resource(resourceArn=arn, tags={"e": "f"})
    inspector.untag_resource(resourceArn=arn, tagKeys=["a", "c"])
    assert inspector.list_tags_for_resource(resourceArn=arn)["tags"] == {"e": "f"}
    inspector.update_filter(filterArn=arn, name="renamed", action="NONE", filterCriteria={"severity": equals("LOW")}, description="d", reason="r")
    inspector.delete_filter(arn=arn)
    refused("ResourceNotFoundException", inspector.list_tags_for_resource, resourceArn=arn)
    refused("ResourceNotFoundException", inspector.untag_resource, resourceArn=arn, tagKeys=["a"])
    off = inspector.disable(accountIds=[ACCOUNT, OTHER], resourceTypes=["LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"])
    assert off["accounts"][0]["resourceStatus"]["lambda"] == "DISABLED" and [f["accountId"] for f in off["failedAccounts"]] == [OTHER], off


def scan_sbom():
    scan = client("inspector-scan")
    for format in [None, "CYCLONE_DX_1_5", "INSPECTOR", "INSPECTOR_ALT"]:
        more = {"outputFormat": format} if format else {}
        assert "CVE-2024-0001" in json.dumps(scan.scan_sbom(sbom=document(*OLD), **more)["sbom"]), format
    asked = document(OLD[0], NEW[1])
    asked["components"].append({"type": "library", "name": "unknown", "version": "1"})
    told = scan.scan_sbom(sbom=asked)["sbom"]
    for answer in (told, scan.scan_sbom(sbom=document(*OLD), outputFormat="CYCLONE_DX_1_5")["sbom"]):
        invalid = JsonStrictValidator(SchemaVersion.V1_5).validate_str(json.dumps(answer))
        assert invalid is None, invalid
    own = lambda of: {p["name"].removeprefix("amazon:inspector:sbom_scanner:"): p["value"] for p in of.get("properties", [])}
    counts = {name: own(told["metadata"])[f"{name}_vulnerabilities"] for name in ["critical", "high", "medium", "low", "other"]}
    assert counts == {"critical": "2", "high": "0", "medium": "0", "low": "0", "other": "0"}, counts
    libraries = {c["name"]: c for c in told["components"]}
    assert own(libraries["zlib1g"])["info"] == "Component scanned: no vulnerabilities found." and "info" not in own(libraries["libssl3"])
    vulnerability = told["vulnerabilities"][0]
    said = own(vulnerability)
    assert (vulnerability["bom-ref"], vulnerability["analysis"]) == ("vuln-1", {"state": "in_triage"}), vulnerability
    assert said["cisa_kev_date_added"] == "2024-02-03" and said["cisa_kev_date_due"] == "2024-03-04" and said["exploit_available"] == "true", said
    assert said["fixed_version:" + libraries["libssl3"]["bom-ref"]] in ("3.0.15-1", "3.0.16-1"), said
    assert {"source": {"name": "EPSS"}, "score": 0.25, "severity": "none", "method": "other"} in vulnerability["ratings"], vulnerability
    for format in ["INSPECTOR", "INSPECTOR_ALT"]:
        told = scan.scan_sbom(sbom=document(*OLD), outputFormat=format)["sbom"]
        assert told["vulnerability_count"] == {"critical": 3, "high": 0, "medium": 0, "low": 0, "other": 0} and told["messages"] == [], told
        [zlib] = [v for v in told["vulnerabilities"] if v["id"] == "CVE-2024-0003"]
        assert zlib["severity"] == "critical" and zlib["properties"]["epss"] == 0.25 and zlib["properties"]["cwes"] == [79], zlib
        assert zlib["properties"]["cvss"][0]["cvss3_base_score"] == 9.8 and zlib["properties"]["exploit_available"] is True, zlib
        [affected] = zlib["affects"]
        assert affected["fixed_version"] == "1:1.2.13.dfsg-2" and "pkg:deb/debian/zlib1g@" in affected["installed_version"], affected
    refused("ValidationException", scan.scan_sbom, sbom={"bomFormat": "other"})


def while_data_changes():
    """Who pages sees what is there throughout exactly once, while findings of a machine open and close."""
    stop, writes, errors = threading.Event(), [], []

    def write():
        try:
            for versions in itertools.cycle([NEW, OLD]):
                if stop.is_set():
                    return
                submit(["--host", "web-1"], versions)
                writes.append(versions)
        except Exception as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    stable = {f["findingArn"] for f in pages("list_findings", filterCriteria={"resourceType": equals("AWS_ECR_CONTAINER_IMAGE")})}
    assert len(stable) == 36
    try:
        sorts = itertools.cycle([None, ("SEVERITY", "DESC"), ("LAST_OBSERVED_AT", "ASC"), ("FINDING_STATUS", "ASC"), ("EPSS_SCORE", "DESC")])
        rounds = 0
        while not errors and (rounds < 5 or len(writes) < 5):
            sort, rounds = next(sorts), rounds + 1
            more = {"sortCriteria": dict(zip(["field", "sortOrder"], sort))} if sort else {}
            arns = [f["findingArn"] for f in pages("list_findings", PaginationConfig={"PageSize": 3}, **more)]
            assert len(arns) == len(set(arns)) and set(arns) >= stable, sort
        groups = pages("list_finding_aggregations", aggregationType="AWS_ECR_CONTAINER", PaginationConfig={"PageSize": 2})
        assert len(groups) == len({g["awsEcrContainerAggregation"]["resourceId"] for g in groups}) == 12
    finally:
        stop.set()
        writer.join()
    assert not errors, errors
    submit(["--host", "web-1"], OLD)


def command_line():
    found = json.loads(lynkeus("findings", "--output", "json", "--limit", "1000"))
    assert len(found) == ALL
    assert len(json.loads(lynkeus("findings", "--output", "json", "--limit", "7"))) == 7
    some = json.loads(lynkeus("findings", "-o", "json", "--vulnerability", "CVE-2024-0003", "--repository", "team/app0", "--severity", "critical",
                              "--resource-type", "aws_ecr_container_image", "--package", "zlib*", "--fixable", "--sort", "epss"))
    assert len(some) == 6, len(some)
    table = lynkeus("findings", "--repository", "!team/app0", "--limit", "5")
    assert "SEVERITY" in table and "CVE-2024-000" in table and "There are more" in table, table
    assert max(len(line) for line in table.splitlines()) <= 100, table
    assert "no such findings" in lynkeus("findings", "--status", "closed", "--severity", "low")
    finding = next(f for f in found if f["packageVulnerabilityDetails"]["vulnerabilityId"] == "CVE-2024-0003")
    text = lynkeus("explain", finding["findingArn"])
    for part in ["CVE-2024-0003 - zlib1g", "debian-tracker", "Debian:12", "usr/lib/zlib1g.so", "fixed in 1:1.2.13.dfsg-2", "base score of CVSS 3.1",
                 "exploited   since 2024-02-03", "CWE-79", "CREATED", "EPSS        0.25"]:
        assert part in text, (part, text)
    told = json.loads(lynkeus("explain", finding["findingArn"][-32:], "--output", "json"))
    [detail] = inspector.batch_get_finding_details(findingArns=[told["findingArn"]])["findingDetails"]
    assert detail["riskScore"] == told["risk"]["rank"] == sum(step["points"] for step in told["risk"]["steps"]), (detail, told["risk"])
    assert told["findingArn"] == finding["findingArn"] and told["history"][0]["kind"] == "CREATED", told
    assert extension("/lynkeus/v1/findings/explain", {"findingArn": finding["findingArn"]})[1]["title"] == told["title"]
    assert extension("/lynkeus/v1/findings/explain", {"findingArn": "arn:x"})[0] == 404
    assert extension("/lynkeus/v1/findings/explain", {"finding": "x"})[0] == 400
    assert "there is no finding 0000" in lynkeus("explain", "0000" * 8, code=2)
    status, told = extension("/lynkeus/v1/filters/preview", {"filterCriteria": {"vulnerabilityId": equals("CVE-2024-0003")}})
    assert status == 200 and (told["hides"], told["hidden"], len(told["first"])) == (13, 0, 10), told
    assert "would hide 6 active findings" in lynkeus("filters", "preview", "--repository", "team/app0", "--vulnerability", "CVE-2024-0003")
    assert "would hide everything" in lynkeus("filters", "create", "everything", code=2)
    arn = lynkeus("filters", "create", "zlib", "--vulnerability", "CVE-2024-0003", "--reason", "not reachable", "--expires", "2999-01-01").strip()
    assert len(json.loads(lynkeus("findings", "--status", "suppressed", "-o", "json"))) == 13
    assert "Suppressed by\n  zlib: not reachable, until 2999-01-01T00:00:00Z" in lynkeus("explain", finding["findingArn"])
    listed = lynkeus("filters", "list")
    assert "zlib" in listed and "SUPPRESS" in listed and "not reachable" in listed, listed
    assert extension("/lynkeus/v1/filters/lifetime", {"arn": arn, "expiresAt": "tomorrow"})[0] == 400
    assert extension("/lynkeus/v1/filters/lifetime", {"arn": arn, "untilFixed": True})[0] == 200
    assert json.loads(lynkeus("findings", "--status", "suppressed", "-o", "json")) == [], "there is a fix"
    assert json.loads(lynkeus("filters", "delete", "zlib", "--output", "json")) == {"arn": arn}
    assert "there is no filter zlib" in lynkeus("filters", "delete", "zlib", code=2)
    rows = json.loads(lynkeus("coverage", "-o", "json"))
    assert len(rows) == 13
    table = lynkeus("coverage", "--repository", "team/app1")
    assert "team/app1/sha256" in table and "SUCCESSFUL" in table, table
    assert lynkeus("coverage", "--by", "ecr_repository_name").split() == ["VALUE", "ROWS", "team/app0", "6", "team/app1", "6", "total", "13"]
    assert "no server listens at http://127.0.0.1:1" in lynkeus("findings", code=2, server="http://127.0.0.1:1")
    wrong = {"AWS_ACCESS_KEY_ID": KEY["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": "x"}
    assert "secret of the access key is not right" in lynkeus("coverage", code=2, **wrong)
    wrong = {"AWS_ACCESS_KEY_ID": "LYNKAAAAAAAAAAAAAAAA", "AWS_SECRET_ACCESS_KEY": "x"}
    assert "does not know the access key" in lynkeus("coverage", code=2, **wrong)
    assert "no access key for the profile nobody" in lynkeus("coverage", "--profile", "nobody", code=2, AWS_SHARED_CREDENTIALS_FILE=str(DATA / "credentials"))
    said = lynkeus("coverage", "--by", "colour", code=2)
    assert "There is no group `COLOUR`" in said, said
    clock = DATA / "client-clock"
    for ahead, refused_with in [(240, None), (400, "ahead"), (1200, "ahead")]:
        clock.write_text(str(ahead))
        said = lynkeus("coverage", code=2 if refused_with else 0, LYNKEUS_TEST_CLOCK=str(clock))
        told = re.search(r"this machine's is (\d+) seconds (\w+)\. Set the one that is wrong", said)
        assert bool(told) == bool(refused_with), said
        assert not told or abs(int(told[1]) - ahead) < 10 and told[2] == refused_with and "timedatectl" in said, said
    ranked = json.loads(lynkeus("findings", "--sort", "risk", "-o", "json", "--limit", "1000"))
    ranks = [f["risk"]["rank"] for f in ranked]
    assert ranks == sorted(ranks, reverse=True) and len(ranked) == ALL, ranks
    assert all(f["risk"]["rank"] == sum(step["points"] for step in f["risk"]["steps"]) for f in ranked)
    for order in ["ASC", "DESC"]:
        asked = {"sortCriteria": {"field": "RISK", "sortOrder": order}, "maxResults": 7, "filterCriteria": {"resourceType": equals("AWS_ECR_CONTAINER_IMAGE")}}
        seen = []
        while True:
            status, told = extension("/lynkeus/v1/findings/list", asked)
            assert status == 200, told
            seen += [f["findingArn"] for f in told["findings"]]
            if not told["nextToken"]:
                break
            asked = {**asked, "nextToken": told["nextToken"]}
        assert len(seen) == len(set(seen)) == 36, order
    assert extension("/lynkeus/v1/findings/list", {"nextToken": asked["nextToken"]})[0] == 400, "of another list"
    assert extension("/lynkeus/v1/findings/list", {"sortCriteria": {"field": "COLOUR", "sortOrder": "ASC"}})[0] == 400
    reader = lynkeus("key", "create", "--role", "reader", "--store", os.environ["STORE"])
    words = reader.split()
    key = {"aws_access_key_id": next(w for w in words if w.startswith("LYNK")), "aws_secret_access_key": max(words, key=len)}
    as_reader = {"AWS_ACCESS_KEY_ID": key["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": key["aws_secret_access_key"]}
    assert len(json.loads(lynkeus("findings", "-o", "json", **as_reader))) == ALL
    assert "would hide" in lynkeus("filters", "preview", "--severity", "critical", **as_reader)
    assert "AccessDenied" in lynkeus("filters", "create", "n", "--severity", "low", code=2, **as_reader)
    assert extension("/lynkeus/v1/filters/lifetime", {"arn": arn}, key)[0] == 403


def aws(*arguments):
    environment = {**os.environ, "AWS_SHARED_CREDENTIALS_FILE": str(DATA / "credentials"), "AWS_CONFIG_FILE": "/nonexistent", "AWS_PAGER": ""}
    program = pathlib.Path(sys.executable).with_name("aws")
    command = [program, "inspector2", *arguments, "--endpoint-url", ENDPOINT, "--region", REGION]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, (arguments, done)
    return done.stdout


def aws_command():
    table = aws("list-findings", "--output", "table", "--page-size", "5", "--max-items", "8")
    assert table.count("findingArn") == 8 and "ListFindings" in table, table[:300]
    text = aws("list-findings", "--output", "text", "--query", "findings[].severity", "--page-size", "10")
    assert text.split() == ["CRITICAL"] * ALL, text
    assert "|  13" in aws("list-coverage-statistics", "--output", "table").replace("totalCounts  ", ""), "a table of a count"
    arn = inspector.create_filter(action="NONE", name="of a table", filterCriteria={"title": equals(NOTHING)}, tags={"team": "shop"})["arn"]
    lists = {
        "ListFilters": ([], "of a table"), "ListTagsForResource": (["--resource-arn", arn], "shop"), "ListCoverage": ([], machine),
        "ListCoverageStatistics": (["--group-by", "RESOURCE_TYPE"], "RESOURCE_TYPE"), "ListAccountPermissions": (["--service", "EC2"], "ENABLE_SCANNING"),
        "ListUsageTotals": ([], "ECR_INITIAL_SCAN"), "ListFindings": (["--max-items", "3"], "CVE-2024-000"),
        "ListFindingAggregations": (["--aggregation-type", "TITLE"], "CVE-2024-0001"),
    }
    # Scans on demand are newer than this command.
    offered = {name for name in MODEL.operation_names if name.startswith("List")} - set(NOT_OFFERED) - {"ListOnDemandScans"}
    assert set(lists) == offered, set(lists) ^ offered
    for name, (arguments, expected) in lists.items():
        table = aws(xform_name(name, "-"), "--output", "table", *arguments)
        # Values that do not fit are wrapped by the program, and titles are centred.
        assert table.startswith("---") and name in table.splitlines()[1] and expected in table, (name, table[:2000])
    inspector.delete_filter(arn=arn)


with urllib.request.urlopen(f"{ENDPOINT}/lynkeus/v1/openapi.json") as answer:
    OPENAPI = json.load(answer)
validate_openapi(OPENAPI)
for step in [findings, aggregations, coverage, reports, sboms, on_demand, accounts, filters, as_a_mock_is, without_input, configuration, scan_sbom, while_data_changes, command_line, aws_command]:
    began = time.time()
    step()
    print(f"{step.__name__}: {time.time() - began:.1f} s", flush=True)
succeeded = {name for name, status in wire.ANSWERS if status < 400}
offered = set(MODEL.operation_names) - set(NOT_OFFERED) | {"ScanSbom"}
assert succeeded == offered, (offered - succeeded, succeeded - offered)
print("\n".join(wire.VIOLATIONS))
print(f"{len(wire.ANSWERS)} answers, {len(succeeded)} operations succeeded, {len(wire.VIOLATIONS)} violations")
sys.exit(bool(wire.VIOLATIONS))

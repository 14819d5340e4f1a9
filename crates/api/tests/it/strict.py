"""Talks to a service with boto3 and compares each raw answer with botocore's own model.

boto3 reads answers leniently; here nothing may be unknown, missing, of a wrong type, outside an enum,
a bound or a pattern. The calls are those that `service.rs` offers: strict.py ENDPOINT.
"""

import datetime
import http.client
import sys
from urllib.parse import urlsplit

import boto3
import wire
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]


def client(service="inspector2", key="GOOD", secret="SECRET", token=None, region="us-east-1", **config):
    made = boto3.client(
        service, endpoint_url=ENDPOINT, region_name=region, aws_access_key_id=key,
        aws_secret_access_key=secret, aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False, **config),
    )
    return wire.watch(made)


def refused(code, text, call):
    try:
        call()
    except ClientError as error:
        found = error.response["Error"]
        assert found["Code"] == code and text in found["Message"], (code, text, error.response)
        return error.response
    raise AssertionError(f"{code} did not come")


def raw(method, path, body=b"", **headers):
    connection = http.client.HTTPConnection(urlsplit(ENDPOINT).netloc)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers["x-amzn-errortype"]


def main():
    good = client()
    [finding] = good.list_findings()["findings"]
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, datetime.timezone.utc)
    assert finding["firstObservedAt"] == moment, finding
    assert finding["remediation"]["recommendation"]["Url"] == "https://example.org/"

    pages = good.get_paginator("list_filters").paginate(PaginationConfig={"PageSize": 1})
    assert [f["name"] for page in pages for f in page["filters"]] == ["one", "two", "three"]
    token = good.list_filters(maxResults=1)["nextToken"]
    assert good.list_filters(maxResults=2, nextToken=token)["filters"][1]["name"] == "three"
    refused("ValidationException", "nextToken", lambda: good.list_filters(nextToken=token, action="NONE"))
    refused("ValidationException", "nextToken", lambda: good.list_filters(nextToken="x" + token))
    west = client(region="us-west-2")
    refused("ValidationException", "nextToken", lambda: west.list_filters(nextToken=token))
    assert west.list_findings()["findings"][0]["findingArn"].split(":")[3] == "us-west-2"

    arn = "arn:aws:inspector2:us-east-1:123456789012:owner/123456789012/filter/0123456789abcdef"
    assert good.list_tags_for_resource(resourceArn=arn)["tags"] == {"arn": arn}
    refused("ResourceNotFoundException", "arn:x", lambda: good.list_tags_for_resource(resourceArn="arn:x"))

    assert good.enable(resourceTypes=["EC2"])["accounts"][0]["status"] == "ENABLED"
    answer = refused(
        "ValidationException",
        "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 100",
        lambda: good.list_findings(maxResults=101),
    )
    assert answer["reason"] == "FIELD_VALIDATION_FAILED" and answer["fields"][0]["name"] == "maxResults", answer
    refused("ValidationException", "2 validation errors detected", lambda: good.list_findings(maxResults=0, filterCriteria={"severity": []}))
    refused("ValidationException", "not offered", good.list_coverage)
    refused("InternalServerException", "An internal error occurred", lambda: good.enable(resourceTypes=["EC2"], clientToken="panic"))
    refused("ValidationException", "not offered", lambda: client("inspector-scan").scan_sbom(sbom={"bomFormat": "CycloneDX"}))

    assert client(key="TEMP", token="TOKEN").list_findings()["findings"]
    refused("UnrecognizedClientException", "is invalid", client(key="TEMP").list_findings)
    refused("UnrecognizedClientException", "is invalid", client(key="NONE").list_findings)
    refused("ExpiredTokenException", "is expired", client(key="OLD", token="TOKEN").list_findings)
    refused("InvalidSignatureException", "does not match", client(secret="WRONG").list_findings)
    refused("InvalidSignatureException", "valid region", client(region="nowhere").list_findings)
    refused("MissingAuthenticationTokenException", "Missing", client(signature_version=UNSIGNED).list_findings)

    assert raw("GET", "/nowhere") == (404, "UnknownOperationException")
    assert raw("GET", "/findings/list") == (404, "UnknownOperationException")
    large = raw("POST", "/findings/list", b" " * (2 << 20), Authorization="x")
    assert large == (413, "RequestEntityTooLargeException"), large

    print("\n".join(wire.VIOLATIONS))
    print(f"{len(wire.ANSWERS)} answers, {len(wire.VIOLATIONS)} violations")
    sys.exit(bool(wire.VIOLATIONS))


main()

"""Talks to a service with boto3 and compares each raw answer with botocore's own model.

boto3 reads answers leniently; here nothing may be unknown, missing, of a wrong type, outside an enum,
a bound or a pattern. The calls are those that `service.rs` offers: strict.py ENDPOINT.
"""

import base64
import datetime
import http.client
import json
import re
import sys
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
VIOLATIONS = []
ANSWERS = 0
TYPES = {
    "string": str, "list": list, "map": dict, "structure": dict, "boolean": bool, "integer": int,
    "long": int, "float": (int, float), "double": (int, float), "timestamp": (int, float), "blob": str,
}
# Raised before or outside an operation; no service lists them in its model.
OUTSIDE = {
    "UnrecognizedClientException": 403, "InvalidSignatureException": 403, "ExpiredTokenException": 403,
    "MissingAuthenticationTokenException": 403, "IncompleteSignatureException": 403,
    "RequestEntityTooLargeException": 413, "UnknownOperationException": 404,
}


def complain(place, what):
    VIOLATIONS.append(f"{place}: {what}")


def compare(place, shape, value):
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return
    wanted = TYPES[kind]
    if kind == "timestamp" and shape.serialization.get("timestampFormat") == "iso8601":
        wanted = str
    if not isinstance(value, wanted) or isinstance(value, bool) != (kind == "boolean"):
        complain(place, f"{value!r} is no {kind}")
        return
    size = value if kind in ("integer", "long", "float", "double") else None
    if kind in ("string", "list", "map"):
        size = len(value)
    if kind == "blob":
        size = len(base64.b64decode(value, validate=True))
    limits = shape.metadata
    if size is not None and not limits.get("min", size) <= size <= limits.get("max", size):
        complain(place, f"{size} is outside {limits.get('min')}..{limits.get('max')}")
    if kind == "string":
        if getattr(shape, "enum", None) and value not in shape.enum:
            complain(place, f"{value} is outside the enum")
        pattern = limits.get("pattern")
        if pattern and not re.fullmatch(pattern.replace(r"\p{L}", "a-z").replace(r"\p{N}", "0-9"), value):
            complain(place, f"{value} does not match {pattern}")
    elif kind == "list":
        for index, item in enumerate(value):
            compare(f"{place}[{index}]", shape.member, item)
    elif kind == "map":
        for key, item in value.items():
            compare(f"{place} key", shape.key, key)
            compare(f"{place}.{key}", shape.value, item)
    elif kind == "structure":
        members = {m.serialization.get("name", name): m for name, m in shape.members.items() if "location" not in m.serialization}
        for name in shape.required_members:
            if name not in value:
                complain(place, f"{name} is missing")
        for name, item in value.items():
            if name in members:
                compare(f"{place}.{name}", members[name], item)
            else:
                complain(place, f"{name} is unknown")
        if getattr(shape, "is_tagged_union", False) and len(value) != 1:
            complain(place, f"a union with {len(value)} members")


def client(service="inspector2", key="GOOD", secret="SECRET", token=None, region="us-east-1", **config):
    made = boto3.client(
        service, endpoint_url=ENDPOINT, region_name=region, aws_access_key_id=key,
        aws_secret_access_key=secret, aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False, **config),
    )
    model = made.meta.service_model

    def received(response_dict, event_name, **_):
        global ANSWERS
        ANSWERS += 1
        operation = model.operation_model(event_name.split(".")[-1])
        headers = {name.lower(): value for name, value in response_dict["headers"].items()}
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers.get("x-amzn-requestid", "")):
            complain(operation.name, "no request id")
        body = json.loads(response_dict["body"])
        status = response_dict["status_code"]
        if status < 400:
            if status != operation.http["responseCode"]:
                complain(operation.name, f"status {status}")
            compare(operation.name, operation.output_shape, body)
            return
        name = headers.get("x-amzn-errortype")
        listed = {shape.name: shape for shape in operation.error_shapes}
        if name in listed:
            if status != listed[name].metadata["error"]["httpStatusCode"]:
                complain(name, f"status {status}")
            compare(name, listed[name], body)
        elif OUTSIDE.get(name) != status:
            complain(operation.name, f"{status} {name} is not in the model")

    made.meta.events.register(f"response-received.{model.service_id.hyphenize()}", received)
    return made


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

    print("\n".join(VIOLATIONS))
    print(f"{ANSWERS} answers, {len(VIOLATIONS)} violations")
    sys.exit(bool(VIOLATIONS))


main()

"""Compares raw answers with botocore's own model: boto3 reads leniently.

Nothing may be unknown, missing, null, of a wrong type, outside an enum, a bound or a pattern; errors must
be among those that the model lists for the operation, with its status.
"""

import base64
import json
import re

VIOLATIONS = []
ANSWERS = []
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


def answered(operation, status, headers, body):
    """Compare one answer of an operation."""
    ANSWERS.append((operation.name, status))
    headers = {name.lower(): value for name, value in headers.items()}
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers.get("x-amzn-requestid", "")):
        complain(operation.name, "no request id")
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
        compare(f"{operation.name}!{name}", listed[name], body)
    elif OUTSIDE.get(name) != status:
        complain(operation.name, f"{status} {name} is not in the model")


def watch(client):
    """Have every answer to a boto3 client compared."""
    model = client.meta.service_model

    def received(response_dict, event_name, **_):
        operation = model.operation_model(event_name.split(".")[-1])
        body = json.loads(response_dict["body"])
        answered(operation, response_dict["status_code"], response_dict["headers"], body)

    client.meta.events.register(f"response-received.{model.service_id.hyphenize()}", received)
    return client

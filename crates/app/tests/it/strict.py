"""Clients of boto3 that compare each raw answer with botocore's own model.

boto3 itself reads leniently: what is missing, wrong or too much goes unnoticed.
"""

import json
import re
import urllib.request

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

TYPES = {
    "string": str, "list": list, "map": dict, "structure": dict, "boolean": bool, "integer": int,
    "long": int, "float": (int, float), "double": (int, float), "timestamp": (int, float), "blob": str,
}


def walk(shape, value, where):
    """Fail unless `value` is exactly of `shape`."""
    kind = TYPES.get(shape.type_name)
    right = kind is None or isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if shape.type_name == "structure" and getattr(shape, "is_document_type", False):
        return
    assert right, f"{where}: {value!r} is no {shape.type_name}"
    meta = shape.metadata
    if shape.type_name == "structure":
        names = {m.serialization.get("name", n): m for n, m in shape.members.items()}
        for key, item in value.items():
            assert key in names, f"{where}.{key}: {shape.name} has no such member"
            walk(names[key], item, f"{where}.{key}")
        missing = [n for n in shape.required_members if shape.members[n].serialization.get("name", n) not in value]
        assert not missing, f"{where}: {missing} missing"
        return
    if shape.type_name == "list":
        for number, item in enumerate(value):
            walk(shape.member, item, f"{where}[{number}]")
    if shape.type_name == "map":
        for key, item in value.items():
            walk(shape.value, item, f"{where}[{key!r}]")
    if shape.type_name == "string":
        assert not getattr(shape, "enum", None) or value in shape.enum, f"{where}: {value!r} is not in {shape.name}"
        pattern = meta.get("pattern")
        assert not pattern or re.search(pattern, value), f"{where}: {value!r} is not {pattern}"
    size = value if isinstance(value, (int, float)) else len(value)
    if shape.type_name != "timestamp":
        assert meta.get("min", size) <= size <= meta.get("max", size), f"{where}: {size} is out of bounds"


def client(service, endpoint, region, key):
    """A client that checks each answer."""
    made = boto3.client(
        service, endpoint_url=endpoint, region_name=region, config=Config(retries={"max_attempts": 1}),
        aws_access_key_id=key["aws_access_key_id"], aws_secret_access_key=key["aws_secret_access_key"],
    )
    model = made.meta.service_model

    def received(response_dict, event_name, **_):
        name = event_name.rsplit(".", 1)[-1]
        headers = {k.lower(): v for k, v in response_dict["headers"].items()}
        body = json.loads(response_dict["body"] or b"{}")
        shape = model.operation_model(name).output_shape
        if response_dict["status_code"] >= 400:
            errors = {s.name: s for s in model.error_shapes}
            shape = errors.get(headers["x-amzn-errortype"])
        if shape is not None:
            walk(shape, body, name)

    made.meta.events.register(f"response-received.{model.service_id.hyphenize()}", received)
    return made


def stored_key(data):
    """The key that the first start left in the data directory."""
    lines = (data / "credentials").read_text().splitlines()
    return dict(line.split(" = ") for line in lines if " = " in line)


def post(endpoint, region, key, path, body):
    """A request that boto3 does not know, signed as it signs."""
    credentials = Credentials(key["aws_access_key_id"], key["aws_secret_access_key"])
    request = AWSRequest("POST", endpoint + path, data=json.dumps(body), headers={"content-type": "application/json"})
    SigV4Auth(credentials, "inspector2", region).add_auth(request)
    sent = urllib.request.Request(request.url, request.data.encode(), dict(request.headers))
    with urllib.request.urlopen(sent) as answer:
        return json.load(answer)

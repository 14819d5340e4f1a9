"""Writes random requests to Amazon S3 that botocore signed, one JSON document a line: sign_object.py SEED COUNT."""

import json
import random
import sys
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ODD = "abzAZ09-._~ /:@!$&'()*+,;=%#?é漢\"<>[]{}|^`"


def word(source, alphabet, longest):
    return "".join(source.choice(alphabet) for _ in range(source.randint(1, longest)))


source = random.Random(int(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    secret, region = word(source, "abcXYZ0189+/", 40), source.choice(["eu-west-1", "us-gov-west-1"])
    token = word(source, "abcXYZ0189+/=", 60) if source.random() < 0.4 else None
    key = source.choice(["a/../b", "a//b", word(source, ODD, 30)])
    url = f"https://{source.choice(['localhost:9000', 's3.eu-west-1.amazonaws.com'])}/bucket/{quote(key, safe='/~')}"
    request = AWSRequest(method="PUT", url=url, data=source.randbytes(20), headers={"Content-Type": "text/csv; charset=utf-8"})
    if source.random() < 0.5:
        request.headers["x-amz-server-side-encryption"] = "aws:kms"
    request.context["payload_signing_enabled"] = True
    S3SigV4Auth(Credentials("AKID", secret, token), "s3", region).add_auth(request)
    parts = urlsplit(request.url)
    headers = {k.lower(): v for k, v in request.headers.items()}
    authorization = headers.pop("authorization")
    headers.setdefault("host", parts.netloc)
    print(json.dumps({
        "path": parts.path, "headers": list(headers.items()), "secret": secret, "region": region, "authorization": authorization,
    }))

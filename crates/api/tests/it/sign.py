"""Writes random requests that botocore signed, one JSON document a line: sign.py SEED COUNT."""

import base64
import json
import random
import sys
from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ODD = "abzAZ09-._~ /:@!$&'()*+,;=%#?é漢\"<>[]{}|^`\\"


def word(source, alphabet, longest):
    return "".join(source.choice(alphabet) for _ in range(source.randint(1, longest)))


def path(source):
    kind = source.randrange(5)
    if kind == 0:
        arn = "arn:aws:inspector2:us-east-1:123456789012:owner/o-abc/filter/" + word(source, "0123456789abcdef", 16)
        return "/tags/" + quote(arn, safe="")
    if kind == 1:
        return "/" + "/".join(quote(word(source, ODD, 8), safe="") for _ in range(source.randint(1, 4)))
    if kind == 2:
        return "/a//b/./" + quote(word(source, ODD, 8), safe="-_~!$'()*,;:@") + source.choice(["", "/"])
    if kind == 3:
        return "/"
    return source.choice(["/findings/list", "/x/../findings/list", "/encryptionkey/get"])


def query(source):
    pairs = [(word(source, ODD, 5), word(source, ODD, 9) if source.random() < 0.8 else "") for _ in range(source.randint(0, 4))]
    if pairs and source.random() < 0.3:
        pairs.append((pairs[0][0], word(source, ODD, 5)))
    source.shuffle(pairs)
    return "&".join(quote(k, safe="-_.~") + "=" + quote(v, safe="-_.~") for k, v in pairs)


def headers(source):
    found = {}
    for _ in range(source.randint(0, 4)):
        name = "X-" + word(source, "abcXYZ-", 6) + "q"
        value = source.choice(["", " ", "  "]) + word(source, "abc =,;:/\"'  \t09", 20) + source.choice(["", " "])
        found[name] = value
    if source.random() < 0.5:
        found["Content-Type"] = "application/json"
    return found


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    source = random.Random(seed)
    for _ in range(count):
        secret = word(source, "abcXYZ0189+/", 40)
        token = word(source, "abcXYZ0189+/=", 60) if source.random() < 0.4 else None
        region = source.choice(["us-east-1", "eu-central-1", "us-gov-west-1"])
        service = source.choice(["inspector2", "inspector-scan"])
        url = "https://" + source.choice(["localhost:8080", "inspector2.us-east-1.amazonaws.com", "127.0.0.1"]) + path(source)
        asked = query(source)
        body = source.randbytes(source.choice([0, 2, 30])) if source.random() < 0.7 else b""
        request = AWSRequest(
            method=source.choice(["GET", "POST", "PUT", "DELETE"]),
            url=url + ("?" + asked if asked else ""),
            data=body,
            headers=headers(source),
        )
        if source.random() < 0.2:
            request.headers["X-Amz-Content-SHA256"] = SigV4Auth(None, service, region).payload(request)
        SigV4Auth(Credentials("AKID", secret, token), service, region).add_auth(request)
        parts = urlsplit(request.url)
        sent = [[k.lower(), v] for k, v in request.headers.items()]
        if not any(k == "host" for k, _ in sent):
            sent.append(["host", parts.netloc])
        print(json.dumps({
            "method": request.method,
            "path": parts.path,
            "query": parts.query,
            "headers": sent,
            "body": base64.b64encode(body).decode(),
            "secret": secret,
            "token": token,
            "region": region,
            "service": service,
            "time": request.context["timestamp"],
        }))


main()

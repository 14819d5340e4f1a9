"""Has reports put into buckets of moto's S3, which checks signatures and policies: exports.py LYNKEUS DATA PORT [kill].

With `kill`, the service is killed at random moments while it writes reports, which must end all the same.
"""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import urllib.request

import boto3
from botocore.config import Config

LYNKEUS, DATA, PORT = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
STORE, ENDPOINT = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT + 1}"
ACCOUNT, REGION = "000000000000", "eu-west-1"
KMS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
PROCESSES = []


def start(*command, **environment):
    log = open(DATA / "processes.log", "a")
    process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, env={**os.environ, **environment})
    PROCESSES.append(process)
    return process


def answers(url):
    for _ in range(300):
        try:
            urllib.request.urlopen(url)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer: {(DATA / 'processes.log').read_text()[-2000:]}")


def client(service, endpoint, id="x", secret="x"):
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, aws_access_key_id=id, aws_secret_access_key=secret,
                        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))


def up(*arguments, **environment):
    process = start(LYNKEUS, "--data-dir", DATA, "up", "--listen", f"127.0.0.1:{PORT + 1}", "--no-host", "--db", DATA / "advisories.lkdb", *arguments, **environment)
    answers(f"{ENDPOINT}/healthz")
    return process


def inspector():
    key = dict(line.split(" = ") for line in (DATA / "credentials").read_text().splitlines() if " = " in line)
    return client("inspector2", ENDPOINT, key["aws_access_key_id"], key["aws_secret_access_key"])


def submit(number):
    component = lambda name, source, version: {
        "type": "library", "name": name, "version": version,
        "purl": f"pkg:deb/debian/{name}@{version}?arch=amd64&upstream={source}&distro=debian-12",
    }
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
        {"type": "operating-system", "name": "debian", "version": "12"},
        component("libssl3", "openssl", "3.0.14-1"), component("zlib1g", "zlib", f"1%3A1.2.13.dfsg-0~{number}")]}
    path = DATA / "document.json"
    path.write_text(json.dumps(document))
    command = [LYNKEUS, "--data-dir", str(DATA), "submit", str(path), "--server", ENDPOINT, "--repository", "app"]
    subprocess.run(command, check=True, capture_output=True)


def ended(asked, id, seconds=40):
    for _ in range(seconds * 10):
        answer = asked(reportId=id)
        if answer["status"] != "IN_PROGRESS":
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{id} never ends")


def buckets():
    """Reports in buckets: signed, encrypted, refused in the words of the service model."""
    # Whoever asks moto more often than this must have signed, with a key that a policy allows it.
    start(pathlib.Path(sys.executable).with_name("moto_server"), "-p", PORT, INITIAL_NO_AUTH_ACTION_COUNT="5")
    answers(f"{STORE}/moto-api/")
    iam, s3 = client("iam", STORE), client("s3", STORE)
    iam.create_user(UserName="lynkeus")
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*", "arn:aws:s3:::missing", "arn:aws:s3:::missing/*"]}]}
    iam.put_user_policy(UserName="lynkeus", PolicyName="reports", PolicyDocument=json.dumps(allowed))
    key = iam.create_access_key(UserName="lynkeus")["AccessKey"]
    for bucket in ["reports", "others"]:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    process = up(LYNKEUS_EXPORTS=STORE, AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])
    for number in range(3):
        submit(number)
    asked = inspector()
    s3 = client("s3", STORE, key["AccessKeyId"], key["SecretAccessKey"])

    def report(bucket, prefix, create=asked.create_findings_report, get=asked.get_findings_report_status, format="CSV"):
        destination = {"bucketName": bucket, "keyPrefix": prefix, "kmsKeyArn": KMS}
        return ended(get, create(reportFormat=format, s3Destination=destination)["reportId"])

    done = report("reports", "a b/../ü=+&?#%")
    assert done["status"] == "SUCCEEDED", done
    name = f"a b/../ü=+&?#%/{done['reportId']}.csv"
    kept = s3.get_object(Bucket="reports", Key=name)
    assert kept["Body"].read().count(b"\n") == 10 and kept["ContentType"].startswith("text/csv"), kept
    assert (kept["ServerSideEncryption"], kept["SSEKMSKeyId"]) == ("aws:kms", KMS), kept
    done = report("reports", "boms", asked.create_sbom_export, asked.get_sbom_export, "CYCLONEDX_1_4")
    listed = [o["Key"] for o in s3.list_objects_v2(Bucket="reports", Prefix="boms/")["Contents"]]
    assert done["status"] == "SUCCEEDED" and len(listed) == 3, (done, listed)
    assert all(key.startswith(f"boms/CYCLONEDX_1_4_outputs_{done['reportId']}/account={ACCOUNT}/resource=AWS_ECR_CONTAINER_IMAGE/") for key in listed), listed
    for bucket, code in [("missing", "BUCKET_NOT_FOUND"), ("others", "INVALID_PERMISSIONS")]:
        failed = report(bucket, "")
        assert (failed["status"], failed["errorCode"]) == ("FAILED", code), failed
    process.kill()
    process.wait()
    process = up(LYNKEUS_EXPORTS=STORE, AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY="wrong")
    failed = report("reports", "")
    assert (failed["status"], failed["errorCode"]) == ("FAILED", "INVALID_PERMISSIONS"), failed
    process.kill()
    process.wait()
    # The configuration file says the same, and goes before the environment.
    configuration = DATA / "lynkeus.toml"
    exports = {"to": STORE, "region": REGION, "access-key-id": key["AccessKeyId"], "secret-access-key": key["SecretAccessKey"]}
    configuration.write_text("[exports]\nencrypted = false\n" + "".join(f'{name} = "{value}"\n' for name, value in exports.items()))
    process = up("--config", configuration, AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY="wrong")
    done = report("reports", "configured")
    assert done["status"] == "SUCCEEDED", done
    kept = s3.get_object(Bucket="reports", Key=f"configured/{done['reportId']}.csv")
    assert "SSEKMSKeyId" not in kept, kept
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0


def killed():
    """A report whose server is killed is whole or failed in the end, within two leases."""
    process = up()
    for number in range(40):
        submit(number)
    outcomes = []
    for turn in range(8):
        destination = {"bucketName": "reports", "keyPrefix": str(turn), "kmsKeyArn": KMS}
        id = inspector().create_sbom_export(reportFormat="SPDX_2_3", s3Destination=destination)["reportId"]
        root = DATA / "exports" / ACCOUNT / "reports" / str(turn)
        wanted = random.randint(1, 30)
        while len(list(root.rglob("*.json"))) < wanted:
            time.sleep(0.001)
        process.kill()
        process.wait()
        written = len(list(root.rglob("*.json")))
        process = up()
        answer = ended(inspector().get_sbom_export, id, 150)
        whole = [json.loads(file.read_text()) for file in root.rglob("*.json")]
        assert answer["status"] == "SUCCEEDED" and len(whole) == 40, (answer, len(whole))
        outcomes.append(written)
    assert not list((DATA / "exports" / ".lynkeus-partial").iterdir())
    print(f"killed after {outcomes} of 40 files; every export was whole in the end")


try:
    killed() if "kill" in sys.argv else buckets()
    print("put")
finally:
    for process in PROCESSES:
        process.kill()

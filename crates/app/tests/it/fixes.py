"""Closes open ports of moto's EC2 with the commands that were told: fixes.py DIRECTORY LYNKEUS."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import boto3

DIRECTORY, LYNKEUS = pathlib.Path(sys.argv[1]), sys.argv[2]
TOOLS = pathlib.Path(sys.executable).parent
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
ENDPOINT = f"http://127.0.0.1:{PORT}"
KEY = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": ENDPOINT,
       "PATH": f"{TOOLS}:{os.environ['PATH']}", "AWS_PAGER": ""}
ec2 = boto3.client("ec2", endpoint_url=ENDPOINT, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")


def describe():
    """What the describe calls answer, in a directory."""
    for number, call in enumerate(["vpcs", "subnets", "internet_gateways", "route_tables", "network_acls", "security_groups",
                                   "security_group_rules", "network_interfaces", "instances", "addresses"]):
        answer = getattr(ec2, f"describe_{call}")()
        answer.pop("ResponseMetadata")
        (DIRECTORY / f"{number}.json").write_text(json.dumps(answer, default=str))


def scan(*arguments):
    describe()
    command = [LYNKEUS, "network", "scan", str(DIRECTORY), "--output", "json", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["findings"]


def ports(findings):
    found = [f["networkReachabilityDetails"]["openPortRange"] for f in findings]
    return sorted((p["begin"], p["end"]) for p in found)


def make():
    """A VPC with an instance that the internet reaches on port 22 and on 8000 to 8010; its group."""
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    (table,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        for first, last in [(22, 22), (8000, 8010)]])
    image = ec2.describe_images()["Images"][0]["ImageId"]
    (instance,) = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group])["Instances"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, InstanceId=instance["InstanceId"])


def started(*more):
    process = subprocess.Popen([TOOLS / "moto_server", "-p", str(PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{ENDPOINT}/moto-api/", timeout=5).read()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError("moto does not start")


def check(kind, *arguments):
    """Runs the commands of a kind of fix for port 22 as they stand, and looks again."""
    urllib.request.urlopen(urllib.request.Request(f"{ENDPOINT}/moto-api/reset", method="POST")).read()
    make()
    before = scan("--fixes", *arguments)
    assert ports(before) == [(22, 22), (8000, 8010)], before
    (finding,) = [f for f in before if f["networkReachabilityDetails"]["openPortRange"]["begin"] == 22]
    fixes = [f for f in finding["fixes"] if f["changes"][0].startswith(kind)]
    assert fixes, (kind, finding["fixes"])
    fix = fixes[0]
    for command in fix["commands"]:
        done = subprocess.run(command, shell=True, env=KEY, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stderr)
    after = scan()
    closed = 1 + len(fix["alsoCloses"]) - len(fix["remains"])
    assert len(after) == len(before) - closed, (fix, after)
    return after


moto = started()
try:
    assert ports(check("remove sg-")) == [(8000, 8010)]
    assert ports(check("narrow sg-")) == [(8000, 8010)], "to the VPC's own block"
    narrowed = check("narrow sg-", "--needed", "203.0.113.0/24", "--needed", "198.51.100.7/32")
    assert ports(narrowed) == [(22, 22), (8000, 8010)]
    assert sorted(narrowed[0]["sources"]) == ["198.51.100.7/32", "203.0.113.0/24"], narrowed[0]
    assert ports(check("deny tcp")) == [(8000, 8010)]
    assert ports(check("take the public")) == []
    assert ports(check("remove the route")) == []
finally:
    moto.kill()
    moto.wait()
print("told")

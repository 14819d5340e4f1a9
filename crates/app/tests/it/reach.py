"""Tells a service with boto3 of networks: reach.py ENDPOINT DATA-DIRECTORY LYNKEUS SAMPLES."""

import json
import pathlib
import shutil
import subprocess
import sys
import urllib.request

import strict

ENDPOINT, DATA, LYNKEUS, SAMPLES = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
ACCOUNT, REGION = "000000000000", "eu-west-1"
INSTANCE = "i-06669a407b2ef3ae5"
inspector = strict.client("inspector2", ENDPOINT, REGION, strict.stored_key(DATA))


def submit(directory):
    command = [LYNKEUS, "--data-dir", str(DATA), "submit", "--network", str(directory), "--server", ENDPOINT]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def findings(**criteria):
    equals = {name: [{"comparison": "EQUALS", "value": value}] for name, value in criteria.items()}
    return inspector.list_findings(filterCriteria=equals)["findings"]


def edit(name, change):
    """A copy of the network with one document changed."""
    copy = DATA / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(SAMPLES / "test-public-subnet", copy)
    path = copy / "aws_configs" / name
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return copy


# One open port is one finding, told as Inspector tells it.
first = submit(SAMPLES / "test-public-subnet")
assert first["changes"] == {"CREATED": 1} and first["problems"] == [], first
(finding,) = findings()
assert finding["title"] == "Port 22 is reachable from an Internet Gateway - TCP", finding
assert (finding["type"], finding["severity"], finding["status"]) == ("NETWORK_REACHABILITY", "MEDIUM", "ACTIVE")
assert finding["description"].startswith(
    f"On the instance {INSTANCE}, the port range 22-22 is reachable from the InternetGateway "
    "igw-0a409e562d251f766 from an attached ENI eni-"), finding
details = finding["networkReachabilityDetails"]
assert details["openPortRange"] == {"begin": 22, "end": 22} and details["protocol"] == "TCP", details
assert [s["componentType"] for s in details["networkPath"]["steps"]] == [
    "AWS::EC2::InternetGateway", "AWS::EC2::NetworkAcl", "AWS::EC2::SecurityGroup",
    "AWS::EC2::NetworkInterface", "AWS::EC2::Instance"], details
assert "Security Groups or ACLs" in finding["remediation"]["recommendation"]["text"]
(resource,) = finding["resources"]
machine = resource["details"]["awsEc2Instance"]
assert (resource["type"], resource["id"]) == ("AWS_EC2_INSTANCE", INSTANCE)
assert machine["ipV4Addresses"] == ["10.0.0.91", "18.216.80.133"], machine
assert machine["vpcId"] == "vpc-0672bce73895d7252" and machine["imageId"] == "ami-0d8f6eb4f641ef691", machine
assert machine["type"] == "t2.micro" and machine["launchedAt"].year == 2019, machine

# It is found by what it is, and by nothing else.
for criteria in [
    {"networkProtocol": "TCP"}, {"componentId": "igw-0a409e562d251f766"}, {"findingType": "NETWORK_REACHABILITY"},
    {"componentType": "AWS::EC2::SecurityGroup"}, {"ec2InstanceVpcId": "vpc-0672bce73895d7252"},
]:
    assert len(findings(**criteria)) == 1, criteria
for criteria in [{"networkProtocol": "UDP"}, {"componentId": "igw-00000000"}, {"findingType": "PACKAGE_VULNERABILITY"}]:
    assert findings(**criteria) == [], criteria
ports = lambda low, high: inspector.list_findings(
    filterCriteria={"portRange": [{"beginInclusive": low, "endInclusive": high}]})["findings"]
assert (len(ports(20, 25)), len(ports(80, 443))) == (1, 0)
(group,) = inspector.list_finding_aggregations(aggregationType="AWS_EC2_INSTANCE")["responses"]
group = group["ec2InstanceAggregation"]
assert (group["instanceId"], group["networkFindings"], group["severityCounts"]["medium"]) == (INSTANCE, 1, 1), group
(row,) = inspector.list_coverage()["coveredResources"]
assert (row["resourceId"], row["scanType"], row["scanStatus"]) == (
    INSTANCE, "NETWORK", {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"}), row

# The same again changes nothing; a closed port closes, an opened one reopens with its ARN.
assert submit(SAMPLES / "test-public-subnet")["changes"] == {}


def empty(document):
    for group in document["SecurityGroups"]:
        group["IpPermissions"] = []


def closed(document):
    document["NetworkAcls"][0]["Entries"].append({
        "RuleNumber": 1, "Egress": False, "Protocol": "6", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": 22, "To": 22}})


done = submit(edit("SecurityGroups.json", empty))
assert done["changes"] == {"CLOSED": 1} and done["evaluatedInterfaces"] == 1, done
assert findings()[0]["status"] == "CLOSED"
assert submit(SAMPLES / "test-public-subnet")["changes"] == {"REOPENED": 1}
(again,) = findings()
assert (again["findingArn"], again["status"]) == (finding["findingArn"], "ACTIVE")

# What a configuration does not show is not closed, and coverage says what is missing.
copy = edit("SecurityGroups.json", empty)
(copy / "aws_configs" / "NetworkAcls.json").unlink()
assert submit(copy)["changes"] == {}, "a list is missing"
copy = edit("SecurityGroups.json", lambda document: document["SecurityGroups"].clear())
done = submit(copy)
assert (done["changes"], done["open"], done["unknown"] > 0) == ({}, 0, True), "the group is not known"
(copy / "aws_configs" / "Vpcs.json").write_text("{")
assert submit(copy)["changes"] == {}, "a document is broken"
assert submit(edit("NetworkAcls.json", closed))["changes"] == {"CLOSED": 1}
assert submit(SAMPLES / "test-public-subnet")["changes"] == {"REOPENED": 1}

# Rules hide it, stopped machines keep it, terminated ones lose it.
rule = inspector.create_filter(action="SUPPRESS", name="ssh", filterCriteria={
    "networkProtocol": [{"comparison": "EQUALS", "value": "TCP"}],
    "portRange": [{"beginInclusive": 22, "endInclusive": 22}]})["arn"]
assert findings()[0]["status"] == "SUPPRESSED"
assert submit(SAMPLES / "test-public-subnet")["changes"] == {}
inspector.delete_filter(arn=rule)
assert findings()[0]["status"] == "ACTIVE"


def state(name):
    def change(document):
        document["Reservations"][0]["Instances"][0]["State"]["Name"] = name
    return edit("Reservations.json", change)


assert submit(state("stopped"))["changes"] == {}
assert inspector.list_coverage()["coveredResources"][0]["scanStatus"]["reason"] == "EC2_INSTANCE_STOPPED"
assert submit(state("terminated"))["changes"] == {"CLOSED": 1}
assert submit(SAMPLES / "test-public-subnet")["changes"] == {"REOPENED": 1}

# Who listens is told with the open port, and only where it listens.
NAME = "i-06669a407b2ef3ae5"


def post(path, body):
    return strict.post(ENDPOINT, REGION, strict.stored_key(DATA), path, body)


def listener(port, package, address="0.0.0.0"):
    return {"protocol": "TCP", "port": port, "address": address, "process": "sshd", "package": package}


heard = post(f"/lynkeus/v1/listening?name={NAME}", [listener(22, "openssh-server"), listener(8080, "nginx")])
assert heard == {"resourceId": NAME, "listeners": 2}, heard
(finding,) = findings()
assert finding["description"].endswith(" Process sshd of openssh-server is listening on tcp 22."), finding
assert submit(SAMPLES / "test-public-subnet")["changes"] == {}
for address, is_heard in [("10.0.0.91", True), ("::", True), ("172.17.0.1", False), ("10.0.0.92", False), ("fd00::1", False)]:
    post(f"/lynkeus/v1/listening?name={NAME}", [listener(22, "openssh-server", address)])
    assert ("sshd" in findings()[0]["description"]) == is_heard, address
post(f"/lynkeus/v1/listening?name={NAME}", [])
assert "sshd" not in findings()[0]["description"]

# The packet of every open path was followed alone, and none was lost.
with urllib.request.urlopen(ENDPOINT + "/metrics") as answer:
    measures = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#"))
followed = {result: int(measures[f'lynkeus_network_witnesses_total{{result="{result}"}}']) for result in ["arrived", "lost", "not_followed"]}
assert followed["arrived"] > 3 and followed["lost"] == followed["not_followed"] == 0, followed

# Another network takes its place: peers are open on their own connections, and the instance is gone.
done = submit(SAMPLES / "test-vpc-peering")
assert done["changes"] == {"CREATED": 4, "CLOSED": 1}, done
peers = findings(findingStatus="ACTIVE")
assert {f["title"] for f in peers} == {"Port 22 is reachable from a VPC Peering Connection - TCP"}
assert {f["severity"] for f in peers} == {"LOW"}
assert len(findings(componentId="pcx-0b89b559e3319d6cf")) == 2
done = submit(SAMPLES / "test-nat-gateway")
assert done["changes"] == {"CREATED": 1, "CLOSED": 4}, done
print("told")

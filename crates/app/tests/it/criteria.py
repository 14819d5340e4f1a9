"""Holds filters and counts against the whole list, evaluated here: criteria.py ENDPOINT DATA LYNKEUS [SAMPLES].

Every member of the criteria with every comparison, and every aggregation with every filter of its
own, is asked by HTTP and compared with what this script finds in the answers without any.
"""

import collections
import itertools
import json
import pathlib
import subprocess
import sys
import threading

import strict

ENDPOINT, DATA, LYNKEUS = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
SAMPLES = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
ACCOUNT, REGION = "000000000000", "eu-west-1"
inspector = strict.client("inspector2", ENDPOINT, REGION, strict.stored_key(DATA))
MODEL = inspector.meta.service_model
SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"]


def lynkeus(*arguments):
    command = [LYNKEUS, "--data-dir", str(DATA), *arguments, "--server", ENDPOINT]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


OLD = {"libssl3": "3.0.14-1~deb12u2", "zlib1g": "1%3A1.2.13.dfsg-1", "bash": "5.2.15-2", "libcurl4": "7.88.1-9"}
NEW = {**OLD, "libssl3": "3.0.17-1", "libcurl4": "7.88.1-11"}
SOURCES = {"libssl3": "openssl", "zlib1g": "zlib", "bash": "bash", "libcurl4": "curl"}


def submit(of, versions, number=0, arch="amd64"):
    def component(place, name, version):
        path, layer = f"usr/lib/{arch}/{name}.so", f"sha256:{number % 3 * 10 + place % 2 + 1:064x}"
        properties = {"aquasecurity:trivy:LayerDiffID": layer, "aquasecurity:trivy:FilePath": path} if place else {}
        return {
            "type": "library", "name": name, "version": version.replace("%3A", ":"), "bom-ref": name,
            "purl": f"pkg:deb/debian/{name}@{version}?arch={arch}&upstream={SOURCES[name]}&distro=debian-12",
            "properties": [{"name": key, "value": value} for key, value in properties.items()],
        }

    components = [component(place, *one) for place, one in enumerate(versions.items())]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "serialNumber": f"urn:uuid:{number:032x}",
                "components": [{"type": "operating-system", "name": "debian", "version": "12"}, *components]}
    path = DATA / f"document-{threading.get_ident()}.json"
    path.write_text(json.dumps(document))
    return lynkeus("submit", str(path), *of)


def pages(name, size=100, **arguments):
    paginator = inspector.get_paginator(name)
    key = paginator.result_keys[0].expression
    return [item for page in paginator.paginate(**arguments, PaginationConfig={"PageSize": size}) for item in page.get(key, [])]


def equals(value):
    return [{"comparison": "EQUALS", "value": value}]


for number in range(7):
    repository = ["team/app", "team/api", "shop"][number % 3]
    some = dict(list(OLD.items())[number % 2:4 - number // 4])
    submit(["--repository", repository, "--tag", f"v{number}", "--tag", ["latest", "stable"][number % 2]], some, number, ["amd64", "arm64"][number % 2])
submit(["--host", "web-1"], OLD)
submit(["--host", "web-2"], OLD, arch="arm64")
submit(["--host", "web-2"], NEW, arch="arm64")
if SAMPLES:
    lynkeus("submit", "--network", str(SAMPLES / "test-public-subnet"))
inspector.create_filter(action="SUPPRESS", name="shop", filterCriteria={"ecrImageRepositoryName": equals("shop"), "vulnerabilityId": equals("CVE-2024-0003")})
ALL = pages("list_findings")
assert len({f["findingArn"] for f in ALL}) == len(ALL) > 25
assert {f["status"] for f in ALL} == {"ACTIVE", "SUPPRESSED", "CLOSED"}


# What a finding says, by the members of the criteria


def at(*path):
    """The values at a path; a list stands for its elements."""
    def values(finding):
        found = [finding]
        for name in path:
            found = [value[name] for value in found if isinstance(value, dict) and name in value]
            found = [one for value in found for one in (value if isinstance(value, list) else [value])]
        return found
    return values


def of_resource(*path):
    return at("resources", "details", *path)


package, network = ("packageVulnerabilityDetails",), ("networkReachabilityDetails",)
ec2, vm, ecr, image = (lambda *path, kind=kind: of_resource(kind, *path) for kind in ("awsEc2Instance", "vm", "awsEcrContainerImage", "image"))
function, serverless = (lambda *path, kind=kind: of_resource(kind, *path) for kind in ("awsLambdaFunction", "serverlessFunction"))
code, nothing = (lambda *path: at("codeVulnerabilityDetails", *path)), lambda finding: []
VALUES = {
    "findingArn": at("findingArn"), "awsAccountId": at("awsAccountId"), "findingType": at("type"), "severity": at("severity"),
    "firstObservedAt": at("firstObservedAt"), "lastObservedAt": at("lastObservedAt"), "updatedAt": at("updatedAt"),
    "findingStatus": at("status"), "title": at("title"), "inspectorScore": at("inspectorScore"), "resourceType": at("resources", "type"),
    "resourceId": at("resources", "id"), "resourceTags": at("resources", "tags"),
    "ec2InstanceImageId": ec2("imageId"), "ec2InstanceVpcId": ec2("vpcId"), "ec2InstanceSubnetId": ec2("subnetId"),
    "ecrImagePushedAt": ecr("pushedAt"), "ecrImageArchitecture": ecr("architecture"), "ecrImageRegistry": ecr("registry"),
    "ecrImageRepositoryName": ecr("repositoryName"), "ecrImageTags": ecr("imageTags"), "ecrImageHash": ecr("imageHash"),
    "ecrImageLastInUseAt": ecr("lastInUseAt"), "ecrImageInUseCount": ecr("inUseCount"),
    "portRange": at(*network, "openPortRange"), "networkProtocol": at(*network, "protocol"),
    "componentId": at(*network, "networkPath", "steps", "componentId"), "componentType": at(*network, "networkPath", "steps", "componentType"),
    "vulnerabilityId": at(*package, "vulnerabilityId"), "vulnerabilitySource": at(*package, "source"),
    "vendorSeverity": at(*package, "vendorSeverity"), "vulnerablePackages": at(*package, "vulnerablePackages"),
    "relatedVulnerabilities": at(*package, "relatedVulnerabilities"), "fixAvailable": at("fixAvailable"), "exploitAvailable": at("exploitAvailable"),
    "lambdaFunctionName": function("functionName"), "lambdaFunctionLayers": function("layers"), "lambdaFunctionRuntime": function("runtime"),
    "lambdaFunctionLastModifiedAt": function("lastModifiedAt"), "lambdaFunctionExecutionRoleArn": function("executionRoleArn"),
    "codeVulnerabilityDetectorName": code("detectorName"), "codeVulnerabilityDetectorTags": code("detectorTags"),
    "codeVulnerabilityFilePath": code("filePath", "filePath"), "epssScore": at("epss", "score"),
    "codeRepositoryProjectName": nothing, "codeRepositoryProviderType": nothing,
    "machineImageId": nothing, "machineImageName": nothing, "machineImageOwnerAccountId": nothing, "machineImagePlatform": nothing,
    "cloudProvider": at("resources", "provider"), "cloudProviderRegion": at("resources", "region"),
    "cloudProviderAccountId": at("resources", "providerAccountId"), "cloudProviderOrgId": at("resources", "providerOrgId"),
    "cloudVmImageReference": vm("vmImageReference"), "cloudVmNetworkId": vm("networkId"), "cloudVmSubnetIds": vm("subnetIds"),
    "cloudImageRepositoryName": image("repositoryName"), "cloudImageRegistry": image("registry"), "cloudImageDigest": image("imageDigest"),
    "cloudImageTags": image("imageTags"), "cloudImageArchitecture": image("architecture"), "cloudImagePushedAt": image("pushedAt"),
    "cloudImageLastInUseAt": image("lastInUseAt"), "cloudImageInUseCount": image("inUseCount"),
    "cloudServerlessFunctionName": serverless("serverlessFunctionName"), "cloudServerlessFunctionRuntime": serverless("runtime"),
    "cloudServerlessFunctionExecutionRole": serverless("executionRole"), "cloudServerlessFunctionLastModifiedAt": serverless("lastModifiedAt"),
}
PACKAGE = {"name": "name", "version": "version", "release": "release", "architecture": "arch", "sourceLayerHash": "sourceLayerHash",
           "sourceLambdaLayerArn": "sourceLambdaLayerArn", "filePath": "filePath"}


# Whether conditions hold (API reference, the filters of FilterCriteria)


def text_holds(conditions, values):
    wanted = [c for c in conditions if c["comparison"] != "NOT_EQUALS"]
    holds = lambda c, value: value == c["value"] if c["comparison"] == "EQUALS" else value.startswith(c["value"])
    return (not wanted or any(holds(c, value) for c in wanted for value in values)) and not any(
        value == c["value"] for c in conditions if c["comparison"] == "NOT_EQUALS" for value in values)


def range_holds(condition, values, low, high):
    return any(condition.get(low, value) <= value <= condition.get(high, value) for value in values)


def package_holds(condition, one):
    texts = all(text_holds([condition[name]], [one[key]] if key in one else []) for name, key in PACKAGE.items() if name in condition)
    return texts and ("epoch" not in condition or range_holds(condition["epoch"], [one.get("epoch", 0)], "lowerInclusive", "upperInclusive"))


def holds(kind, conditions, values):
    if kind.endswith("StringFilter"):
        return text_holds(conditions, values)
    if kind.endswith("NumberFilter"):
        return any(range_holds(c, values, "lowerInclusive", "upperInclusive") for c in conditions)
    if kind.endswith("DateFilter"):
        # A client of boto3 sends whole seconds.
        values = [value.timestamp() for value in values]
        return any(range_holds(c, values, "startInclusive", "endInclusive") for c in conditions)
    if kind.endswith("MapFilter"):
        return any(c["key"] in tags and c.get("value", tags[c["key"]]) == tags[c["key"]] for c in conditions for tags in values)
    if kind == "PortRangeFilter":
        return any(p["end"] >= c.get("beginInclusive", 0) and p["begin"] <= c.get("endInclusive", 65535) for c in conditions for p in values)
    assert kind == "PackageFilter", kind
    return any(package_holds(c, one) for c in conditions for one in values)


def text_conditions(values):
    values = sorted(set(values))
    some = [values[0], values[len(values) // 2], values[-1]] if values else []
    singles = [{"comparison": comparison, "value": value} for value in {*some, "nothing"} for comparison in ("EQUALS", "NOT_EQUALS", "PREFIX")]
    singles += [{"comparison": "PREFIX", "value": value[:max(1, len(value) // 2)]} for value in some]
    singles += [{"comparison": comparison, "value": value.swapcase()} for value in some for comparison in ("EQUALS", "PREFIX")]
    singles += [{"comparison": "EQUALS", "value": value + "%"} for value in some] + [{"comparison": "PREFIX", "value": "_"}, {"comparison": "PREFIX", "value": "%"}]
    yield from ([one] for one in singles)
    yield from (list(pair) for pair in itertools.combinations(singles[:9], 2))


def range_conditions(values, low, high, step):
    values = sorted(set(values))
    ends = sorted({value + way * step for value in values[:1] + values[len(values) // 2:][:1] + values[-1:] for way in (-1, 0, 1)} or {1, 2})
    for one in ends:
        yield [{low: one}]
        yield [{high: one}]
    yield from ([{low: a, high: b}] for a, b in itertools.product(ends[:4], ends[-4:]))
    yield [{low: ends[0], high: ends[0]}, {low: ends[-1], high: ends[-1]}]


def conditions(kind, values):
    if kind.endswith("StringFilter"):
        yield from text_conditions(values)
    elif kind.endswith("NumberFilter"):
        whole = MODEL.shape_for(kind).members["lowerInclusive"].type_name in ("long", "integer")
        yield from range_conditions([int(v) for v in values] if whole else values, "lowerInclusive", "upperInclusive", 1 if whole else 0.01)
    elif kind.endswith("DateFilter"):
        yield from range_conditions([int(value.timestamp()) for value in values], "startInclusive", "endInclusive", 1)
    elif kind.endswith("MapFilter"):
        tags = sorted({pair for one in values for pair in one.items()})
        for key, value in [*tags[:2], *tags[-2:], ("nothing", "x")]:
            yield [{"comparison": "EQUALS", "key": key}]
            yield [{"comparison": "EQUALS", "key": key, "value": value}]
            yield [{"comparison": "EQUALS", "key": key, "value": value + "x"}, {"comparison": "EQUALS", "key": key, "value": value}]
    elif kind == "PortRangeFilter":
        ports = sorted({port for one in values for port in one.values()} or {22})
        yield from range_conditions(ports, "beginInclusive", "endInclusive", 1)
    elif kind == "PackageFilter":
        texts = {name: [list(c) for c in text_conditions([one[key] for one in values if key in one]) if len(c) == 1] for name, key in PACKAGE.items()}
        for name, own in texts.items():
            yield from ([{name: one}] for [one] in own)
        epochs = [[{"epoch": c}] for [c] in ([one] for one in [{"lowerInclusive": 1}, {"upperInclusive": 0}, {"lowerInclusive": 0, "upperInclusive": 1}])]
        yield from epochs
        # All must hold for one and the same package.
        for (a, of_a), (b, of_b) in itertools.combinations(texts.items(), 2):
            for [x], [y] in list(zip(of_a, reversed(of_b)))[:6]:
                yield [{a: x, b: y}]
                yield [{a: x}, {b: y}]


def kind_of(member):
    return member.member.name if member.type_name == "list" else ""


def filters():
    shape = MODEL.shape_for("FilterCriteria")
    assert set(VALUES) == set(shape.members), set(VALUES) ^ set(shape.members)
    asked, telling = 0, set()
    for name, member in shape.members.items():
        kind = kind_of(member)
        values = [value for finding in ALL for value in VALUES[name](finding)]
        for one in conditions(kind, values):
            found = [f["findingArn"] for f in pages("list_findings", filterCriteria={name: one})]
            expected = {f["findingArn"] for f in ALL if holds(kind, one, VALUES[name](f))}
            assert set(found) == expected and len(found) == len(expected), (name, one, set(found) ^ expected)
            asked += 1
            if 0 < len(expected) < len(ALL):
                telling.add(name)
    # Members together.
    names = sorted(telling)
    for a, b in zip(names, names[5:] + names[:5]):
        both = {name: list(conditions(kind_of(shape.members[name]), [v for f in ALL for v in VALUES[name](f)]))[0] for name in {a, b}}
        expected = {f["findingArn"] for f in ALL if all(holds(kind_of(shape.members[n]), c, VALUES[n](f)) for n, c in both.items())}
        assert {f["findingArn"] for f in pages("list_findings", filterCriteria=both)} == expected, both
    print(f"{asked} criteria, of {len(telling)} members some told findings apart", flush=True)


# Aggregations


def first(values):
    return values[0] if values else None


def layers(finding):
    packages = at("packageVulnerabilityDetails", "vulnerablePackages")(finding)
    return sorted({p["sourceLayerHash"] for p in packages if "sourceLayerHash" in p})


PLATFORM = of_resource("awsEc2Instance", "platform")
RESOURCE, REPOSITORY = VALUES["resourceId"], VALUES["ecrImageRepositoryName"]
CLOUD = {"cloudProviders": VALUES["cloudProvider"], "cloudPartitions": at("resources", "partition"), "cloudRegions": VALUES["cloudProviderRegion"],
         "cloudOrgIds": VALUES["cloudProviderOrgId"], "cloudAccountIds": VALUES["cloudProviderAccountId"]}
TYPES = {"findingType": VALUES["findingType"], "resourceType": VALUES["resourceType"]}
INSTANCE = {"operatingSystems": PLATFORM, "instanceTags": VALUES["resourceTags"]}
IMAGE = {"resourceIds": RESOURCE, "repositories": REPOSITORY, "architectures": VALUES["ecrImageArchitecture"], "imageTags": VALUES["ecrImageTags"],
         "lastInUseAt": VALUES["ecrImageLastInUseAt"], "inUseCount": VALUES["ecrImageInUseCount"]}
is_instance = lambda f: VALUES["resourceType"](f) == ["AWS_EC2_INSTANCE"]
is_image = lambda f: VALUES["resourceType"](f) == ["AWS_ECR_CONTAINER_IMAGE"]
each = lambda *values: lambda f: list(itertools.product(*(value(f) for value in values)))
names = lambda f: sorted({p["name"] for p in VALUES["vulnerablePackages"](f)})
# Of each: the groups of a finding, the members of an answer that name one, and what filters ask. Those of a key's own column are asked of the group.
AGGREGATIONS = {
    "FINDING_TYPE": (each(VALUES["findingType"]), None, TYPES), "PACKAGE": (each(names), ["packageName"], {"packageNames": 0}),
    "TITLE": (lambda f: [(f["title"], first(VALUES["vulnerabilityId"](f)))], ["title", "vulnerabilityId"],
              {**TYPES, "titles": VALUES["title"], "vulnerabilityIds": VALUES["vulnerabilityId"]}),
    "REPOSITORY": (each(REPOSITORY), ["repository"], {"repositories": 0}), "AMI": (each(VALUES["ec2InstanceImageId"]), ["ami"], {"amis": 0, "scanSources": None}),
    "AWS_EC2_INSTANCE": (lambda f: each(RESOURCE)(f) if is_instance(f) else [], ["instanceId"],
                         {**INSTANCE, "amis": VALUES["ec2InstanceImageId"], "instanceIds": RESOURCE}),
    "AWS_ECR_CONTAINER": (lambda f: each(RESOURCE)(f) if is_image(f) else [], ["resourceId"], {**IMAGE, "imageShas": VALUES["ecrImageHash"]}),
    "IMAGE_LAYER": (lambda f: each(REPOSITORY, RESOURCE, layers)(f) if is_image(f) else [], ["repository", "resourceId", "layerHash"],
                    {**CLOUD, "repositories": 0, "resourceIds": 1, "layerHashes": 2}),
    "ACCOUNT": (each(VALUES["awsAccountId"]), ["accountId"], TYPES),
    "AWS_LAMBDA_FUNCTION": (nothing, ["resourceId"], {"resourceIds": nothing, "functionNames": nothing, "runtimes": nothing, "functionTags": nothing}),
    "LAMBDA_LAYER": (nothing, ["functionName", "resourceId", "layerArn"], {"functionNames": nothing, "resourceIds": nothing, "layerArns": nothing}),
    "CODE_REPOSITORY": (nothing, ["resourceId"], {"projectNames": nothing, "providerTypes": nothing, "resourceIds": nothing}),
    "VM_INSTANCE": (lambda f: each(RESOURCE)(f) if is_instance(f) else [], ["resourceId"],
                    {**INSTANCE, **CLOUD, "vmImageReferences": VALUES["cloudVmImageReference"], "resourceIds": RESOURCE}),
    "CONTAINER_IMAGE": (lambda f: each(RESOURCE)(f) if is_image(f) else [], ["resourceId"],
                        {**IMAGE, **CLOUD, "imageDigests": VALUES["cloudImageDigest"], "registries": VALUES["cloudImageRegistry"]}),
    "SERVERLESS_FUNCTION": (nothing, ["resourceId"], {**{n: nothing for n in CLOUD}, "resourceIds": nothing, "functionNames": nothing,
                                                       "runtimes": nothing, "functionTags": nothing}),
}


def counted(kind, name, condition):
    """Groups with their counts: severities, exploits, fixes, findings about the network, resources."""
    groups_of, _, filters_of = AGGREGATIONS[kind]
    target = filters_of.get(name)
    groups = collections.defaultdict(list)
    for finding in ALL:
        if finding["status"] != "ACTIVE":
            continue
        if callable(target):
            form = condition[0] if isinstance(condition, tuple) else "StringFilter"
            if not holds(form, condition[1], target(finding)):
                continue
        for group in groups_of(finding):
            if isinstance(target, int) and not text_holds(condition[1], [group[target]]):
                continue
            groups[group].append(finding)
    if name == "scanSources" and "INSTANCE_SCAN" not in condition[1]:
        return {}
    return {group: counts(found) for group, found in groups.items()}


def counts(found):
    by = collections.Counter(f["severity"] for f in found)
    return {
        "severityCounts": {"all": len(found), **{s.lower(): by[s] for s in SEVERITIES}},
        "exploit": sum(f.get("exploitAvailable") == "YES" for f in found), "fix": sum(f.get("fixAvailable") == "YES" for f in found),
        "network": sum(f["type"] == "NETWORK_REACHABILITY" for f in found), "resources": len({f["resources"][0]["id"] for f in found}),
    }


TOLD = {"exploitAvailableCount": "exploit", "fixAvailableCount": "fix", "exploitAvailableActiveFindingsCount": "exploit",
        "fixAvailableActiveFindingsCount": "fix", "networkFindings": "network", "affectedImages": "resources", "affectedInstances": "resources"}


def compare(kind, member, name, condition, request):
    _, keys, _ = AGGREGATIONS[kind]
    expected = counted(kind, name, condition)
    more = {"aggregationRequest": {member: request}} if request else {}
    found = [group[member] for group in pages("list_finding_aggregations", size=3, aggregationType=kind, **more)]
    of = lambda group: tuple(group.get(key) for key in keys) if keys else None
    told = [of(group) for group in found]
    if keys:
        assert set(told) == set(expected) and len(told) == len(expected), (kind, request, set(told) ^ set(expected))
    else:
        assert len(found) == len(expected), (kind, request, found, expected)
        expected = dict.fromkeys([None], next(iter(expected.values()), None)) if len(expected) < 2 else None
        if expected is None:
            mine = counted(kind, name, condition).values()
            assert sorted(g["severityCounts"]["all"] for g in found) == sorted(c["severityCounts"]["all"] for c in mine), (found, mine)
            return
    for group in found:
        mine = expected[of(group)]
        assert group["severityCounts"] == mine["severityCounts"], (kind, request, group, mine)
        for key, count in TOLD.items():
            assert group.get(key, mine[count]) == mine[count], (kind, request, key, group, mine)


def aggregations():
    union, asked = MODEL.shape_for("AggregationRequest"), 0
    members = {kind: next(m for m in union.members if m.lower() == wanted) for kind, wanted in {
        kind: kind.lower().replace("_", "").replace("awsec2", "ec2").replace("awslambda", "lambda") + "aggregation" for kind in AGGREGATIONS}.items()}
    assert set(AGGREGATIONS) == set(MODEL.shape_for("AggregationType").enum) and set(members.values()) == set(union.members)
    for kind, member in members.items():
        groups_of, _, filters_of = AGGREGATIONS[kind]
        shape = union.members[member]
        assert set(filters_of) == set(shape.members) - {"sortBy", "sortOrder"}, (kind, set(filters_of) ^ set(shape.members))
        compare(kind, member, None, None, None)
        for name, target in filters_of.items():
            form = kind_of(shape.members[name])
            if name == "scanSources":
                lists = [("", one) for one in (["INSTANCE_SCAN"], ["MACHINE_IMAGE_SCAN"], ["INSTANCE_SCAN", "MACHINE_IMAGE_SCAN"])]
                ask = [(one, one[1]) for one in lists]
            elif not form:
                ask = [(("StringFilter", equals(value)), value) for value in shape.members[name].enum]
            else:
                values = target if callable(target) else lambda f: [group[target] for group in groups_of(f)]
                values = [value for finding in ALL for value in values(finding)]
                ask = [((form, one), one) for one in conditions(form, values)]
            for condition, sent in ask:
                compare(kind, member, name, condition, {name: sent})
                asked += 1
    print(f"{asked} filters of aggregations", flush=True)


def while_findings_change():
    """In every order, who pages sees what is there throughout exactly once."""
    steady = {f["findingArn"] for f in ALL if f["resources"][0]["id"] not in {VALUES["resourceId"](f)[0] for f in ALL if is_instance(f)}}
    stop, errors, writes = threading.Event(), [], 0

    def write():
        nonlocal writes
        try:
            for versions in itertools.cycle([NEW, OLD, dict(list(OLD.items())[:1])]):
                if stop.is_set():
                    return
                submit(["--host", "web-1"], versions)
                submit(["--host", f"new-{writes}"], versions)
                writes += 1
        except Exception as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        orders = [None, *itertools.product(MODEL.shape_for("SortField").enum, ["ASC", "DESC"])]
        for order in orders:
            more = {"sortCriteria": dict(zip(["field", "sortOrder"], order))} if order else {}
            seen = collections.Counter(f["findingArn"] for f in pages("list_findings", size=5, **more))
            assert set(seen.values()) == {1} and set(seen) >= steady, (order, seen.most_common(3), steady - set(seen))
    finally:
        stop.set()
        writer.join()
    assert not errors and writes > 2, (errors, writes)
    print(f"{writes} changes while {len(orders)} orders were paged", flush=True)


filters()
aggregations()
while_findings_change()
print("told")

"""Uses the dashboard in Chromium: dashboard.py BROWSER ADDRESS SIGN-IN-LINK PROFILE LYNKEUS IMAGE [PICTURES].

The browser is driven through its debugging pipe, since that needs nothing but Python.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import time

import strict

BROWSER, ADDRESS, LINK, PROFILE, LYNKEUS, IMAGE = sys.argv[1:7]
DATA = pathlib.Path(IMAGE).parent
PICTURES = pathlib.Path(sys.argv[7]) if len(sys.argv) > 7 else None
INSTANCE = "i-0123456789abcdef0"


class Gone(Exception):
    """What was asked about is not there any more."""


class Chromium:
    """A browser with one page."""

    def __init__(self):
        to_browser, self.writer = os.pipe()
        self.reader, from_browser = os.pipe()

        def place():
            # Moved up first, so that neither end is where the other belongs.
            high = os.dup(to_browser), os.dup(from_browser)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={PROFILE}", "about:blank"],
            preexec_fn=place, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.number, self.session, self.events, self.refused = b"", 0, None, [], False
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = next(t for t in targets if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.rest:
            more = os.read(self.reader, 1 << 20)
            assert more, "the browser ended"
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Gone(method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def leave(self):
        """Marks the page, so that the next one is told from it."""
        self.complain()
        self.run("window.left = true")

    def until(self, script):
        """Waits until a script says yes, on whatever page that is."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.run(script):
                    return self.complain()
            except Gone:
                # The page went away while the script ran.
                continue
        raise AssertionError((script, self.text()))

    def arrive(self):
        self.until("!window.left && document.readyState === 'complete'")

    def complain(self):
        """Fails if the browser refused or disliked something."""
        for event in self.events:
            entry = event.get("params", {}).get("entry", {})
            told = self.refused and "status of 400" in entry.get("text", "")
            assert told or entry.get("level") != "error", entry
            assert event.get("method") != "Runtime.exceptionThrown", event
        self.events = []

    def go(self, path):
        self.leave()
        url = path if path.startswith("http") else ADDRESS + path
        self.ask("Page.navigate", url=url)
        self.arrive()

    def run(self, script):
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def text(self, selector="main"):
        return self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")

    def click(self, selector, refused=False):
        """Follows a link or sends a form, and waits for the next page."""
        self.leave()
        assert self.run(f"!!document.querySelector({json.dumps(selector)})"), selector
        self.run(f"document.querySelector({json.dumps(selector)}).click()")
        self.refused = refused
        self.arrive()
        self.refused = False

    def choose(self, selector, name, content):
        """Gives a file to a field."""
        self.run(f"""(() => {{
            const files = new DataTransfer();
            files.items.add(new File([{json.dumps(content)}], {json.dumps(name)}, {{ type: "application/json" }}));
            document.querySelector({json.dumps(selector)}).files = files.files;
        }})()""")

    def type(self, selector, text):
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.ask("Input.insertText", text=text)

    def becomes(self, selector, text):
        """Waits until an element shows a text, which a script puts there."""
        done = self.run(f"""new Promise(resolve => {{
            const shows = () => document.querySelector({json.dumps(selector)})?.textContent === {json.dumps(text)};
            if (shows()) return resolve(true);
            new MutationObserver(() => shows() && resolve(true))
                .observe(document.body, {{ subtree: true, childList: true, characterData: true }});
            setTimeout(() => resolve(false), 20000);
        }})""")
        assert done, (selector, text, self.text())

    def problems(self, script):
        """What a script finds wrong, and whether the page is wider than it should be.

        The window of a small screen grows with its page, so that it says nothing itself.
        """
        wide = self.run("document.documentElement.scrollWidth") - self.width
        return self.run(script) + ([f"wider than the window by {wide}"] if wide > 0 else [])

    def look(self, width, dark):
        self.width = width
        scheme = "dark" if dark else "light"
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                 mobile=width < 500)

    def picture(self, name):
        if PICTURES:
            taken = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
            (PICTURES / f"{name}.png").write_bytes(base64.b64decode(taken["data"]))


PROBLEMS = """(() => {
    const found = [];
    const all = selector => [...document.querySelectorAll(selector)];
    if (all("h1").length !== 1) found.push("not one h1");
    if (!document.documentElement.lang || !document.title) found.push("no language or title");
    for (const field of all("input:not([type=hidden]), select, textarea"))
        if (!field.labels?.length && !field.ariaLabel) found.push("no label: " + field.name);
    for (const one of all("a, button"))
        if (!one.textContent.trim() && !one.ariaLabel) found.push("no name: " + one.outerHTML);
    const ids = all("[id]").map(e => e.id);
    if (new Set(ids).size !== ids.length) found.push("an id twice: " + ids);
    const luminance = color => {
        const parts = color.match(/[\\d.]+/g).slice(0, 3).map(part => {
            const value = part / 255;
            return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    const behind = element => {
        for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if (!color.endsWith(", 0)") && color !== "transparent") return color;
        }
        return "rgb(255, 255, 255)";
    };
    for (const element of all("main *, header *")) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility() || element.closest(".unseen, [disabled]")) continue;
        const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))];
        const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        if (contrast < 4.5) found.push("contrast " + contrast.toFixed(1) + ": " + element.outerHTML.slice(0, 120));
    }
    return found;
})()"""


def openvex(vulnerability):
    """A document that says that the image is not affected."""
    return {
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/shop", "version": 1,
        "author": "Shop security team", "timestamp": "2026-01-02T03:04:05Z",
        "statements": [{
            "vulnerability": {"name": vulnerability}, "products": [{"@id": "pkg:deb/debian/openssl@3.0.11-1"}],
            "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
        }],
    }


def main():
    browser = Chromium()
    try:
        use(browser)
    finally:
        browser.process.kill()
        browser.process.wait()
    print("used")


def network():
    """An instance with long identifiers that the internet reaches directly and through a load balancer."""
    arn = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:loadbalancer/app/customer-facing-web/50dc6c495c0c9188"
    group = arn.replace("loadbalancer/app", "targetgroup")
    anybody = [{"CidrIp": "0.0.0.0/0"}]
    six = [{"CidrIpv6": "2001:db8:1234:5678:9abc:def0:1234:0/112"}]
    web, front = "sg-0a1b2c3d4e5f60718", "sg-0f1e2d3c4b5a69788"
    rules = [(22, 22, "sgr-0123456789abcdef0"), (8000, 8443, "sgr-0123456789abcdef1")]
    return {
        "Vpcs": [{"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.1.0.0/16"}],
        "Subnets": [{"SubnetId": f"subnet-0123456789abcde{n}f", "VpcId": "vpc-0123456789abcdef0", "CidrBlock": f"10.1.{n}.0/24",
                     "AvailabilityZone": "eu-west-1a"} for n in [1, 2]],
        "InternetGateways": [{"InternetGatewayId": "igw-0123456789abcdef0", "Attachments": [
            {"VpcId": "vpc-0123456789abcdef0", "State": "available"}]}],
        "RouteTables": [{"RouteTableId": "rtb-0123456789abcdef0", "VpcId": "vpc-0123456789abcdef0", "Associations": [{"Main": True}],
            "Routes": [{"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local", "State": "active"},
                       {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0123456789abcdef0", "State": "active"}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-0123456789abcdef0", "Associations": [
            {"SubnetId": f"subnet-0123456789abcde{n}f"} for n in [1, 2]], "Entries": [
            {"RuleNumber": 100, "Egress": out, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"} for out in [False, True]]}],
        "SecurityGroups": [
            {"GroupId": web, "VpcId": "vpc-0123456789abcdef0", "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": anybody, "Ipv6Ranges": six} for first, last, _ in rules]
                + [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": front}]}]},
            {"GroupId": front, "VpcId": "vpc-0123456789abcdef0", "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": anybody}],
             "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": anybody}]}],
        "SecurityGroupRules": [{"SecurityGroupRuleId": id, "GroupId": web, "IsEgress": False, "IpProtocol": "tcp",
            "FromPort": first, "ToPort": last, "CidrIpv4": "0.0.0.0/0"} for first, last, id in rules],
        "NetworkInterfaces": [
            {"NetworkInterfaceId": "eni-0123456789abcdef0", "VpcId": "vpc-0123456789abcdef0", "SubnetId": "subnet-0123456789abcde1f",
             "Groups": [{"GroupId": web}], "PrivateIpAddress": "10.1.1.4", "PrivateIpAddresses": [
                {"PrivateIpAddress": "10.1.1.4", "Association": {"PublicIp": "54.0.0.4", "AssociationId": "eipassoc-0123456789abcdef0"}}],
             "Attachment": {"InstanceId": INSTANCE, "Status": "attached"}},
            {"NetworkInterfaceId": "eni-0123456789abcdef1", "VpcId": "vpc-0123456789abcdef0", "SubnetId": "subnet-0123456789abcde2f",
             "Groups": [{"GroupId": front}], "Description": "ELB app/customer-facing-web/50dc6c495c0c9188",
             "PrivateIpAddress": "10.1.2.5", "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.2.5", "Association": {"PublicIp": "54.0.0.5"}}]}],
        "Instances": [{"InstanceId": INSTANCE, "VpcId": "vpc-0123456789abcdef0", "State": {"Name": "running"}}],
        "LoadBalancers": [{"LoadBalancerArn": arn, "Type": "application", "VpcId": "vpc-0123456789abcdef0", "State": {"Code": "active"},
            "SecurityGroups": [front]}],
        "Listeners": [{"ListenerArn": arn.replace("loadbalancer", "listener") + "/0467ef3c8400ae65", "LoadBalancerArn": arn, "Port": 443,
            "Protocol": "HTTPS", "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}],
        "ListenerRules": [],
        "TargetGroups": [{"TargetGroupArn": group, "Port": 443, "Protocol": "HTTPS", "TargetType": "instance", "LoadBalancerArns": [arn]}],
        "TargetHealth": [{"TargetGroupArn": group, "TargetHealthDescriptions": [{"Target": {"Id": INSTANCE, "Port": 443}}]}],
        "LoadBalancerDescriptions": [],
    }


LAID_OUT = """(() => {
    const found = [];
    for (const picture of document.querySelectorAll("svg.path-picture")) {
        const outer = picture.getBoundingClientRect();
        for (const group of picture.querySelectorAll("g")) {
            const box = group.querySelector(":scope > rect")?.getBoundingClientRect();
            const texts = [...group.querySelectorAll(":scope > text")].map(t => [t, t.getBoundingClientRect()]);
            for (const [text, own] of texts) {
                if (box && (own.right > box.right - 2 || own.bottom > box.bottom || own.left < box.left))
                    found.push("leaves its box: " + text.textContent);
                if (own.right > outer.right + 1) found.push("leaves the picture: " + text.textContent);
                for (const [other, its] of texts)
                    if (other !== text && own.top < its.bottom - 2 && its.top < own.bottom - 2)
                        found.push("over another: " + text.textContent);
            }
        }
        const boxes = [...picture.querySelectorAll("rect")].map(r => r.getBoundingClientRect());
        boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push("boxes overlap");
        }));
    }
    return found;
})()"""


def reach(browser):
    """How an instance is reached: the list of what is exposed, pictures of paths, what would close them."""
    directory = DATA / "network"
    directory.mkdir()
    (directory / "network.json").write_text(json.dumps(network()))

    def submit(*arguments):
        command = [LYNKEUS, "--data-dir", str(DATA), "submit", *arguments, "--server", ADDRESS]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert submit("--network", str(directory))["open"] == 3
    submit(IMAGE, "--host", INSTANCE)
    heard = [{"protocol": "TCP", "port": port, "address": "0.0.0.0", "process": process, "package": package}
             for port, process, package in [(22, "sshd", "openssh-server"), (8443, "a-program-with-a-long-name", "openssl")]]
    strict.post(ADDRESS, "eu-west-1", strict.stored_key(DATA), f"/lynkeus/v1/listening?name={INSTANCE}", heard)

    browser.look(1280, False)
    browser.go("/exposed")
    text = browser.text()
    for expected in ["Programs that listen themselves", "a-program-with-a-long-name", "TCP 8443", "Other packages of machines"]:
        assert expected in text, (expected, text)
    browser.go("/findings?type=network")
    links = browser.run("[...document.querySelectorAll('tbody .what a')].map(a => a.getAttribute('href'))")
    assert len(links) == 3, (links, browser.text())
    told = []
    for width, dark in [(1280, False), (1280, True), (390, False), (390, True)]:
        browser.look(width, dark)
        for name, path in [("exposed", "/exposed"), *((f"path-{n}", link) for n, link in enumerate(links))]:
            browser.go(path)
            problems = browser.problems(PROBLEMS) + browser.run(LAID_OUT)
            assert not problems, (path, width, dark, problems)
            browser.picture(f"{name}-{width}{'-dark' if dark else ''}")
            told.append(browser.text())
    for expected in ["igw-0123456789abcdef0", "sgr-0123456789abcdef0", "rtb-0123456789abcdef0", "ingress,100 allow", INSTANCE,
                     "customer-facing-web", "aws ec2 revoke-security-group-ingress", "aws ec2 modify-security-group-rules",
                     "aws elbv2 delete-listener", "Process sshd of openssh-server",
                     "listener HTTPS 443", "to port 443", "egress,100 allow"]:
        assert any(expected in text for text in told), (expected, told)


def use(browser):
    browser.look(1280, False)
    browser.go("/")
    assert "Access key ID" in browser.text(), browser.text()
    browser.go(LINK)
    browser.until("document.querySelector('h1')?.innerText === 'Summary' && document.readyState === 'complete'")
    text = browser.text()
    for expected in ["3\nCritical", "1 of 1 covered", "openssl", "2 critical, 2 findings on 1 resource"]:
        assert expected in text, (expected, text)

    browser.click(".figure .critical")
    assert browser.run("location.search") == "?severity=critical"
    assert browser.run("document.querySelectorAll('tbody tr').length") == 3
    browser.type("#value", "openssl")
    browser.click(".search button")
    assert browser.run("location.search") == "?severity=critical&package=openssl"
    assert browser.run("document.querySelectorAll('tbody tr').length") == 2
    browser.click("tbody .what a")
    text = browser.text()
    for expected in ["3.0.11-1", "deb", "/var/lib/dpkg/status", "CVSS:3.1/AV:N", "team/app:v1"]:
        assert expected in text, (expected, text)
    finding = browser.run("location.pathname")

    browser.go("/rules/new")
    browser.type("#name", "not reachable")
    browser.type("#package", "openssl")
    browser.becomes("#hides", "2")
    browser.type("#vulnerability", "CVE-2024-0001")
    browser.becomes("#hides", "1")
    assert browser.run("location.pathname") == "/rules/new"
    browser.click("form.rule .primary")
    assert browser.run("location.pathname") == "/rules", browser.text()
    assert "not reachable" in browser.text()
    browser.go("/findings?status=suppressed")
    assert "CVE-2024-0001" in browser.text()

    browser.go("/vex")
    browser.choose("#document", "shop.json", json.dumps(openvex("CVE-2024-0002")))
    browser.click("form[enctype] .primary")
    text = browser.text()
    for expected in ["By Shop security team, added", "hides 1 finding", "not affected", "vulnerable_code_not_in_execute_path", "hides 1 of 1 finding"]:
        assert expected in text, (expected, text)
    browser.go("/findings?status=suppressed")
    assert "CVE-2024-0002" in browser.text()
    browser.go("/vex")
    browser.choose("#document", "bad.json", "no document")
    # The browser logs the status of the refusal; that is not a complaint of the page.
    browser.click("form[enctype] .primary", refused=True)
    assert "bad.json was not added" in browser.text(), browser.text()

    rule = browser.run("fetch('/rules').then(a => a.text()).then(t => t.match(/\\/rules\\/[0-9a-f]{16}/)[0])")
    pages = {
        "summary": "/", "findings": "/findings", "finding": finding, "by-vulnerability": "/findings/by/vulnerability",
        "by-image": "/findings/by/image?severity=critical&package=openssl", "coverage": "/coverage",
        "rules": "/rules", "rule": rule, "vex": "/vex", "regions": "/regions",
    }
    for width, dark in [(1280, False), (1280, True), (390, False), (390, True)]:
        browser.look(width, dark)
        for name, path in pages.items():
            browser.go(path)
            problems = browser.problems(PROBLEMS)
            assert not problems, (path, width, dark, problems)
            browser.picture(f"{name}-{width}{'-dark' if dark else ''}")

    browser.look(1280, False)
    browser.go(rule)
    browser.click(".danger")
    browser.go("/vex")
    browser.click(".danger")
    assert "There is no VEX document" in browser.text(), browser.text()
    browser.go("/findings?status=suppressed")
    assert "No findings here" in browser.text()
    # Nothing is hidden any more.
    reach(browser)
    browser.click(".who button")
    assert "Access key ID" in browser.text()


main()

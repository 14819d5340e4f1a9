"""Makes one hostile input: python3 hostile.py NAME DIRECTORY TESTDATA"""

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import zipfile

name, directory, testdata = sys.argv[1:4]
os.makedirs(directory)
os.chdir(directory)
ZEROS = bytes(1 << 20)
RELEASE = ("etc/os-release", b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n')
STATUS = ("var/lib/dpkg/status", b"Package: bash\nStatus: install ok installed\nVersion: 5.0-1\nArchitecture: amd64\n\n")


def member(path, size=0, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(path)
    info.size, info.type, info.linkname, info.mode = size, kind, link, 0o755
    return info


def header(info):
    return info.tobuf(tarfile.GNU_FORMAT)


def plain(*files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path, content in files:
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
            else:
                tar.addfile(member(path, len(content)), io.BytesIO(content))
    return out.getvalue()


def link(path, to, kind=tarfile.SYMTYPE):
    return (path, member(path, kind=kind, link=to))


def layout(*layers):
    """An OCI layout; each layer is bytes or the path of a file, with its media type's ending."""
    os.makedirs("image/blobs/sha256")

    def blob(content):
        if isinstance(content, str):
            digest = hashlib.sha256()
            with open(content, "rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
            size = os.path.getsize(content)
            os.rename(content, f"image/blobs/sha256/{digest.hexdigest()}")
            return {"digest": f"sha256:{digest.hexdigest()}", "size": size}
        digest = hashlib.sha256(content).hexdigest()
        with open(f"image/blobs/sha256/{digest}", "wb") as file:
            file.write(content)
        return {"digest": f"sha256:{digest}", "size": len(content)}

    media = "application/vnd.oci.image."
    described = [{"mediaType": f"{media}layer.v1.tar{end}", **blob(content)} for content, end in layers]
    config = blob(json.dumps({"os": "linux", "architecture": "amd64",
                              "rootfs": {"type": "layers", "diff_ids": [d["digest"] for d in described]}}).encode())
    manifest = blob(json.dumps({"schemaVersion": 2, "config": {"mediaType": f"{media}config.v1+json", **config},
                                "layers": described}).encode())
    with open("image/oci-layout", "w") as file:
        file.write('{"imageLayoutVersion":"1.0.0"}')
    with open("image/index.json", "w") as file:
        json.dump({"schemaVersion": 2, "manifests": [{"mediaType": f"{media}manifest.v1+json", **manifest}]}, file)


def bomb(command):
    """4 GB of zeros in one file of a layer, compressed by a program."""
    size = 4 << 30
    with open("layer", "wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out)
        process.stdin.write(plain(RELEASE, STATUS)[:2048] + header(member("zeros.jar", size)))
        for _ in range(size >> 20):
            process.stdin.write(ZEROS)
        process.stdin.close()
        assert process.wait() == 0
    return "layer"


def rpm(database, path):
    with open(os.path.join(testdata, database), "rb") as file:
        content = bytearray(file.read())
    random.seed(7)
    for _ in range(200):
        content[random.randrange(100, len(content))] = random.randrange(256)
    release = b'ID=almalinux\nVERSION_ID="9.4"\n'
    layout((plain(("etc/os-release", release), (path, bytes(content[: len(content) * 3 // 4]))), ""))


if name == "gzip-bomb":
    layout((bomb(["gzip", "-1"]), "+gzip"))
elif name == "zstd-bomb":
    layout((bomb(["zstd", "-q", "-1"]), "+zstd"))
elif name == "zip-bomb":
    with zipfile.ZipFile("bomb.jar", "w", zipfile.ZIP_DEFLATED) as jar:
        for number in range(12):
            with jar.open(f"META-INF/maven/g/a{number}/pom.properties", "w") as file:
                for _ in range(64):
                    file.write(ZEROS)
            with jar.open(f"lib/{number}.jar", "w") as file:
                for _ in range(64):
                    file.write(ZEROS)
elif name == "nested-archives":
    content, inner = b"version=1\ngroupId=g\nartifactId=a\n", "META-INF/maven/g/a/pom.properties"
    for depth in range(200):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as jar:
            jar.writestr(inner, content)
            jar.writestr(f"copy-{inner}", content if len(content) < 1 << 20 else b"")
        content, inner = out.getvalue(), f"{depth}.jar"
    with open("nested.jar", "wb") as file:
        file.write(content)
elif name == "empty-files":
    with open("layer", "wb") as out:
        process = subprocess.Popen(["gzip", "-1"], stdin=subprocess.PIPE, stdout=out)
        process.stdin.write(plain(RELEASE, STATUS)[:2048])
        for number in range(3_000_000):
            process.stdin.write(header(member(f"d{number // 1000}/{number}")))
        process.stdin.write(bytes(1024))
        process.stdin.close()
        assert process.wait() == 0
    layout(("layer", "+gzip"))
elif name == "path-escapes":
    secret = b'ID=escaped\nVERSION_ID="1"\n'
    os.makedirs("outside")
    with open("outside/status", "w") as file:
        file.write("Package: outside\nStatus: install ok installed\nVersion: 1\n\n")
    layout((plain(RELEASE, STATUS, ("../../../etc/os-release2", secret), ("/etc/passwd", b"x"),
                  link("var/lib/dpkg/status.d/a", os.path.abspath("outside/status")),
                  link("usr/lib/node_modules", "../../../../../../.."),
                  link("opt", os.path.abspath("outside"))), ""))
elif name == "symlink-loops":
    loops = [link("a", "b"), link("b", "a"), link("self", "self"), link("usr/lib", "../usr/lib/x"),
             link("hard", "hard", tarfile.LNKTYPE)]
    loops += [link(f"chain{n}", f"chain{n + 1}/chain{n + 1}") for n in range(3000)]
    layout((plain(RELEASE, STATUS, *loops), ""),
           (plain(("self/package-lock.json", b"{}"), ("chain0/x/Cargo.lock", b""), ("a/b/requirements.txt", b"x==1")), ""))
elif name == "deep-documents":
    os.makedirs("target")
    depth = 4_000_000
    for path, content in {
        "package-lock.json": '{"dependencies":{"a":' * (depth // 20),
        "composer.lock": "[" * depth,
        "pom.xml": "<a>" * depth,
        "pnpm-lock.yaml": "packages:\n" + "".join(" " * n + "a:\n" for n in range(3000)),
        "Pipfile.lock": '{"default":' + "[" * depth,
        "uv.lock": "a = " + "[" * depth,
        "yarn.lock": "a@" * depth,
    }.items():
        with open(f"target/{path}", "w") as file:
            file.write(content)
elif name == "truncated-layer":
    whole = gzip.compress(plain(RELEASE, STATUS, ("var/lib/dpkg/info/x.list", os.urandom(3_000_000))))
    layout((whole[: len(whole) // 2], "+gzip"))
elif name == "rpm-sqlite":
    rpm("rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite")
elif name == "rpm-ndb":
    rpm("Packages.db", "usr/lib/sysimage/rpm/Packages.db")
elif name == "rpm-bdb":
    rpm("Packages", "var/lib/rpm/Packages")
elif name == "feeds":
    os.makedirs("feeds/debian")
    with open("feeds/debian/tracker.json", "w") as file:
        file.write('{"bash":{"CVE-2024-1":{"releases":{"bookworm":{"status":"open","urgency":"low"}}}},"zsh":{"CVE-')
    os.makedirs("feeds/kev")
    with open("feeds/kev/known_exploited_vulnerabilities.json", "wb") as file:
        file.write(os.urandom(100_000))
elif name == "feed-bomb":
    os.makedirs("feeds/debian")
    with open("feeds/debian/tracker.json.xz", "wb") as out:
        process = subprocess.Popen(["xz", "-1", "-T2"], stdin=subprocess.PIPE, stdout=out)
        process.stdin.write(b'{"bash":{"CVE-2024-1":{"description":"')
        for _ in range(4 << 10):
            process.stdin.write(ZEROS.replace(b"\0", b" "))
        process.stdin.close()
        assert process.wait() == 0
elif name == "sbom":
    with open("bom.json", "w") as file:
        file.write('{"bomFormat":"CycloneDX","specVersion":"1.5","components":[')
        for number in range(1_000_000):
            file.write(("," if number else "") + '{"type":"library","name":"p%d","version":"1.0.%d","purl":"pkg:npm/p%d@1.0.%d"}'
                       % (number, number, number, number))
        file.write("]}")
elif name == "sparse-disk":
    with open("disk.img", "wb") as file:
        file.truncate(10 << 30)
    os.makedirs("root/etc")
    os.makedirs("root/var/lib/dpkg")
    for path, content in (RELEASE, STATUS):
        with open(f"root/{path}", "wb") as file:
            file.write(content)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", "root", "disk.img"], check=True,
                   env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
else:
    raise SystemExit(f"no input is called {name}")

"""Makes a six-layer image of over a gigabyte from what this machine has.

usage: image.py DIRECTORY RUST_SYSROOT CARGO_HOME

DIRECTORY/app.tar is as docker save writes it; DIRECTORY/app is an OCI layout with gzip layers.
"""
import hashlib, io, json, os, shutil, subprocess, sys, tarfile

OUT, SYSROOT, CARGO = sys.argv[1:4]
# Releases that had vulnerabilities reported, so that a scan has something to find.
PYPI = ["django==3.2", "requests==2.19.0", "flask==0.12", "jinja2==2.10", "paramiko==2.4.0",
        "urllib3==1.24", "werkzeug==0.15", "certifi==2018.4.16", "sqlparse==0.2.4", "mistune==0.8.3"]
NPM = ["express@4.16.0", "lodash@4.17.10", "minimist@1.2.0", "axios@0.18.0", "handlebars@4.0.11",
       "webpack@4.41.0", "mocha@5.2.0"]


def run(*command):
    subprocess.run(command, check=True, stdout=sys.stderr)


def packages():
    """Unpacks the old packages; what the machine has no tool for is left out and said."""
    wheels, npm = f"{OUT}/pypi", f"{OUT}/npm"
    for package in PYPI:
        try:
            run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile",
                "--no-build-isolation", "--disable-pip-version-check", "--only-binary", ":all:",
                "--python-version", "3.7", "--implementation", "py", "--abi", "none",
                "--platform", "any", "--target", wheels, package)
        except subprocess.CalledProcessError:
            print(f"without {package}", file=sys.stderr)
    if shutil.which("npm"):
        os.makedirs(npm, exist_ok=True)
        run("npm", "install", "--prefix", npm, "--ignore-scripts", "--no-audit", "--no-fund",
            "--silent", *NPM)
    else:
        print("without packages of npm, which is not installed", file=sys.stderr)
    return wheels, npm


def layer(number, sources, extra=(), limit=450 << 20):
    """Writes a layer from (directory or file, place) pairs until `limit` bytes."""
    path, total = f"{OUT}/layer{number}.tar", 0
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        def add(source, place):
            nonlocal total
            try:
                size = os.lstat(source).st_size
                if os.path.isfile(source) and not os.path.islink(source):
                    if total + size > limit:
                        return
                    total += size
                elif not (os.path.isdir(source) or os.path.islink(source)):
                    return
                tar.add(source, arcname=place, recursive=False, filter=plain)
            except OSError as error:
                print(f"without {source}: {error}", file=sys.stderr)

        for source, place in sources:
            if not os.path.isdir(source):
                add(source, place)
                continue
            for root, directories, files in os.walk(source):
                directories.sort()
                here = place + root[len(source):]
                add(root, here)
                for name in sorted(files) + [d for d in directories if os.path.islink(f"{root}/{d}")]:
                    add(f"{root}/{name}", f"{here}/{name}")
        for name, data in extra:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
    return path


def plain(info):
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def archive(layers):
    ids = [digest(path) for path in layers]
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{i}" for i in ids]},
        "history": [{"created_by": f"step {i}"} for i in range(len(layers))],
    }).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": ["app:1"], "Layers": [f"{i}/layer.tar" for i in ids]}]
    with tarfile.open(f"{OUT}/app.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        for path, i in zip(layers, ids):
            tar.add(path, arcname=f"{i}/layer.tar")
        for member, data in ((name, config), ("manifest.json", json.dumps(manifest).encode())):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    pypi, npm = packages()
    libraries = f"/usr/lib/{os.uname().machine}-linux-gnu"
    status = open("/var/lib/dpkg/status", "rb").read()
    removed = next(d for d in sorted(os.listdir(pypi)) if d.endswith(".dist-info"))
    layers = [
        layer(0, [("/usr/lib/os-release", "etc/os-release"), ("/etc/debian_version", "etc/debian_version"),
                  ("/var/lib/dpkg", "var/lib/dpkg"),
                  ("/usr/bin", "usr/bin"), (libraries, libraries[1:])]),
        layer(1, [("/usr/share", "usr/share")]),
        layer(2, [("/usr/lib/python3", "usr/lib/python3"), (pypi, "opt/app/site-packages")]),
        layer(3, [(npm, "opt/npm"), ("/usr/lib/node_modules", "usr/lib/node_modules")]),
        layer(4, [(f"{CARGO}/registry/src", "opt/cargo"), (f"{SYSROOT}/lib", "opt/rust/lib")]),
        layer(5, [], extra=[("opt/npm/node_modules/.wh.lodash", b""),
                            (f"opt/app/site-packages/.wh.{removed}", b""),
                            ("var/lib/dpkg/status", status)]),
    ]
    archive(layers)
    run("skopeo", "--insecure-policy", "copy", "-q", f"docker-archive:{OUT}/app.tar", f"oci:{OUT}/app:app:1")
    for path in layers:
        os.remove(path)
    shutil.rmtree(pypi), shutil.rmtree(npm, ignore_errors=True)
    open(f"{OUT}/made", "w").close()


main()

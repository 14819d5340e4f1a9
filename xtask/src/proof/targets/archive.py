"""Writes the archive that `docker save` would write of an image with the given layers.

usage: archive.py ARCHIVE LAYER...

Each layer is a directory.
"""
import hashlib, io, json, os, sys, tarfile

OUT, *LAYERS = sys.argv[1:]


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def layer(number, directory):
    """The layer as a file beside the archive, and its digest."""
    path = f"{OUT}.{number}"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name in sorted(os.listdir(directory)):
            tar.add(f"{directory}/{name}", arcname=name)
    with open(path, "rb") as file:
        return path, hashlib.file_digest(file, "sha256").hexdigest()


layers = [layer(number, directory) for number, directory in enumerate(LAYERS)]
config = json.dumps({
    "architecture": "amd64", "os": "linux", "config": {},
    "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for _, digest in layers]},
}).encode()
name = hashlib.sha256(config).hexdigest() + ".json"
manifest = [{"Config": name, "RepoTags": ["proof:1"], "Layers": [f"{digest}/layer.tar" for _, digest in layers]}]
with tarfile.open(OUT, "w", format=tarfile.GNU_FORMAT) as tar:
    for path, digest in layers:
        tar.add(path, arcname=f"{digest}/layer.tar")
        os.remove(path)
    add(tar, name, config)
    add(tar, "manifest.json", json.dumps(manifest).encode())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mkimage.py OUT.tar NAME[,NAME…] FOLDER [--cmd a,b] [--entry a,b]

An image archive (docker's format) of one layer that holds FOLDER. The same input gives the same bytes."""
import argparse
import gzip
import hashlib
import io
import json
import os
import tarfile

parser = argparse.ArgumentParser()
parser.add_argument("out")
parser.add_argument("names")
parser.add_argument("folder")
parser.add_argument("--cmd", default="")
parser.add_argument("--entry", default="")
options = parser.parse_args()


def anonymous(info):
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    info.mtime = 0
    return info


raw = io.BytesIO()
with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as layer_tar:
    for name in sorted(os.listdir(options.folder)):
        layer_tar.add(os.path.join(options.folder, name), arcname=name, filter=anonymous)
raw = raw.getvalue()
layer = gzip.compress(raw, 4, mtime=0)

process = {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}
if options.cmd:
    process["Cmd"] = options.cmd.split(",")
if options.entry:
    process["Entrypoint"] = options.entry.split(",")
config = json.dumps({
    "architecture": "amd64", "os": "linux", "created": "1970-01-01T00:00:00Z", "config": process,
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(raw).hexdigest()]},
    "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "bootstrap/mkimage.py"}],
}).encode()
config_name = hashlib.sha256(config).hexdigest() + ".json"
layer_name = hashlib.sha256(layer).hexdigest() + ".tar.gz"
manifest = json.dumps([{"Config": config_name, "RepoTags": options.names.split(","),
                        "Layers": [layer_name]}]).encode()
with tarfile.open(options.out, "w") as archive:
    for name, data in ((config_name, config), (layer_name, layer), ("manifest.json", manifest)):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(anonymous(info), io.BytesIO(data))
print(f"{options.names}: {len(raw) >> 10} KiB, packed {len(layer) >> 10} KiB")

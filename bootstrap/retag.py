#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""retag.py IN.tar OUT.tar NAME: the image archive IN (docker's format) under the name NAME.

A Kubernetes release names its images k8s.gcr.io/kube-proxy-amd64:v1.20.2, nodes ask for k8s.gcr.io/kube-proxy:v1.20.2."""
import io
import json
import sys
import tarfile

source, target, name = sys.argv[1:]


def plain(tag):
    """The last part without the architecture: what must agree."""
    return tag.rsplit("/", 1)[-1].replace("-amd64:", ":")


try:
    with tarfile.open(source) as archive:
        images = json.load(archive.extractfile("manifest.json"))
        tags = [tag for image in images for tag in image.get("RepoTags") or []]
        fitting = [image for image in images if plain(name) in map(plain, image.get("RepoTags") or [])]
        if not fitting:
            sys.exit(f"bootstrap: {source} holds {', '.join(tags) or 'an image without a name'}, not {name}")
        manifest = json.dumps([{**fitting[0], "RepoTags": [name]}]).encode()
        with tarfile.open(target, "w") as out:
            for member in archive:
                if member.name not in ("manifest.json", "repositories"):
                    out.addfile(member, archive.extractfile(member) if member.isreg() else None)
            info = tarfile.TarInfo("manifest.json")
            info.size = len(manifest)
            out.addfile(info, io.BytesIO(manifest))
except (KeyError, ValueError, tarfile.TarError) as error:
    sys.exit(f"bootstrap: {source} is no image archive of docker's format: {error}")

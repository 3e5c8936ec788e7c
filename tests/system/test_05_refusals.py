# SPDX-License-Identifier: Apache-2.0
"""What quickstart and the image build refuse: each reason is named, with what to do, before anything is made."""
import json
import os
import socket
import subprocess
import tarfile
import tempfile

import pytest

from conftest import TREE

claims = pytest.mark.claims
QUICKSTART = f"{TREE}/deploy/quickstart"
BINARIES = ["kubeadm", "kubelet", "kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, **more)


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="slipway-test-", dir="/var/lib") as path:
        yield path


@pytest.fixture
def refused(folder):
    """Runs quickstart on a state directory that is not there and is still not there afterwards."""
    def refuse(*options, state=f"{folder}/state", before=()):
        done = run(*before, QUICKSTART, "--state", state, *options)
        assert done.returncode == 2, done.stdout + done.stderr
        assert done.stderr.startswith("quickstart: ") and done.stderr.count("\n") == 1, done.stderr
        assert not os.path.exists(f"{folder}/state"), "something was made"
        return done.stderr
    return refuse


@claims("Q1.refusals")
def test_options_that_make_no_sense(refused):
    assert "not a number" in refused("--workers", "two")
    assert "0 to 30" in refused("--workers", "31")
    assert "1, 3 or 5 masters" in refused("--masters", "2")
    assert "no such folder" in refused("--kubernetes", "/nowhere")
    assert "no address with a port" in refused("--listen", "8443")
    assert "no address of this host" in refused("--listen", "192.0.2.1:8443")
    assert "--state needs a value" in refused("--state")
    assert "unknown option" in refused("--frobnicate")


@claims("Q1.refusals")
@pytest.mark.parametrize("listening, asked", [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0")])
def test_a_port_in_use(refused, listening, asked):
    with socket.socket() as taken:
        taken.bind((listening, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} on {asked} is in use" in refused("--listen", f"{asked}:{port}")


@claims("Q1.refusals")
def test_another_user(folder):
    with open(QUICKSTART) as script:  # read by root: the tree may lie where nobody may look
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-s", "--",
                               "--state", f"{folder}/state"], stdin=script, capture_output=True, text=True, timeout=60, cwd="/")
    assert done.returncode == 2 and "not root" in done.stderr, done.stderr


@claims("Q1.refusals")
def test_no_cgroups(refused):
    before = ("unshare", "-m", "bash", "-c", 'umount -l /sys/fs/cgroup; exec "$@"', "-")
    assert "no cgroup hierarchy" in refused(before=before)


@claims("Q1.refusals")
def test_a_state_directory_that_cannot_be_used(refused, folder):
    small = ("unshare", "-m", "bash", "-c", f'mount -t tmpfs -o size=64m,$0 tmpfs {folder}; exec "$@"')
    assert "0 GiB free, 6 GiB are needed" in refused(before=(*small, "rw"))
    assert "cannot be written" in refused(before=(*small, "ro"))
    assert "is a file" in refused(state="/etc/passwd/state")
    assert "not Slipway's" in refused(state="/etc")
    assert "not Slipway's" in refused("--down", state="/etc")
    assert os.path.exists("/etc/passwd")


@claims("Q1.one-at-a-time")
def test_two_at_once_on_one_state(folder):
    done = run("flock", folder, QUICKSTART, "--state", folder)
    assert done.returncode == 2 and f"another quickstart runs on {folder}" in done.stderr
    assert os.listdir(folder) == []


@claims("Q1.other-size")
def test_other_numbers_than_the_cluster_was_made_with(folder):
    with open(f"{folder}/choices", "w") as choices:
        choices.write("masters: 1\nworkers: 3\nkubernetes: debian-source\n")
    for name in ("quickstart.log", ".demo-made"):
        open(f"{folder}/{name}", "w").close()
    done = run(QUICKSTART, "--state", folder, "--workers", "2")
    assert done.returncode == 2
    for said in (f"the cluster demo in {folder} was made with --workers 3, not 2", "leave --workers out", "--down"):
        assert said in done.stderr


def release(path, version="v1.20.2", without=()):
    """A folder as Kubernetes' release has it; kubeadm only tells its version."""
    os.makedirs(path)
    for name in set(BINARIES) - set(without):
        with open(f"{path}/{name}", "w") as binary:
            binary.write(f"#!/bin/sh\necho {version}\n")
    return path


def build(folder, *options):
    return run(f"{TREE}/bootstrap/build", "--until", "10-kubernetes", "--cache", f"{folder}/cache", *options)


@claims("Q1.kubernetes")
def test_a_folder_that_is_no_release(refused, folder):
    for name, said, options in (("other", "holds Kubernetes v1.21.0, wanted is v1.20.2", {"version": "v1.21.0"}),
                                ("half", "has no kubelet kube-proxy", {"without": ("kubelet", "kube-proxy")}),
                                ("empty", "has no kubeadm", {"without": BINARIES})):
        path = release(f"{folder}/{name}", **options)
        for told in (refused("--kubernetes", path), build(folder, "--kubernetes", path).stderr):
            assert f"{path} {said}" in told and "give " in told


@claims("Q1.kubernetes")
def test_a_url_without_a_release(refused, folder):
    with open(f"{folder}/broken.tar.gz", "w") as broken:
        broken.write("<html>")
    server = subprocess.Popen(["/usr/bin/python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", folder],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = "http://127.0.0.1:" + server.stdout.readline().split(" port ")[1].split()[0]
        missing = f"{url}/v1.20.2/kubernetes-server-linux-amd64.tar.gz"
        told = refused("--kubernetes", f"{url}/v1.20.2")
        assert missing in told and "404" in told and "give the URL" in told
        told = build(folder, "--kubernetes", f"{url}/v1.20.2").stderr
        assert missing in told and "404" in told and "give the URL" in told
        told = build(folder, "--kubernetes", f"{url}/broken.tar.gz").stderr
        assert "cannot be unpacked: give a Kubernetes release" in told
    finally:
        server.kill()
        server.wait()


@claims("Q1.kubernetes")
def test_a_version_outside_the_catalogue(folder):
    told = build(folder, "--version", "v1.99.0").stderr
    assert "Kubernetes v1.99.0 is not in the catalogue; there is: v1.20.2" in told


def image_archive(path, name, tree):
    subprocess.run([f"{TREE}/bootstrap/mkimage.py", path, name, tree], check=True, stdout=subprocess.DEVNULL)


def names_in(path):
    with tarfile.open(path) as archive:
        return json.load(archive.extractfile("manifest.json"))[0]["RepoTags"]


@claims("Q1.kubernetes")
def test_a_release_is_taken_as_upstream_packs_it(folder):
    """kubernetes/server/bin in a tarball; images in archives of their own, under upstream's names."""
    binaries = release(f"{folder}/kubernetes/server/bin", without=["kube-proxy"])
    image_archive(f"{binaries}/kube-proxy.tar", "k8s.gcr.io/kube-proxy-amd64:v1.20.2", f"{TREE}/bootstrap/versions")
    subprocess.run(["tar", "-czf", f"{folder}/kubernetes-server-linux-amd64.tar.gz", "-C", folder, "kubernetes"], check=True)
    done = build(folder, "--kubernetes", folder)
    assert done.returncode == 0, done.stderr
    stage = next(entry.path for entry in os.scandir(f"{folder}/cache/kubernetes") if entry.is_dir())
    assert sorted(os.listdir(stage)) == sorted(set(BINARIES) - {"kube-proxy"} | {"images", "pause"})
    given = f"{stage}/images/kube-proxy.tar"
    for wanted, ends in (("k8s.gcr.io/kube-proxy:v1.20.2", 0), ("k8s.gcr.io/kube-proxy:v1.20.3", 1)):
        done = run(f"{TREE}/bootstrap/retag.py", given, f"{folder}/renamed.tar", wanted)
        assert done.returncode == ends, done.stderr
        assert not ends or f"holds k8s.gcr.io/kube-proxy-amd64:v1.20.2, not {wanted}" in done.stderr
    assert names_in(given) == ["k8s.gcr.io/kube-proxy-amd64:v1.20.2"]
    assert names_in(f"{folder}/renamed.tar") == ["k8s.gcr.io/kube-proxy:v1.20.2"]

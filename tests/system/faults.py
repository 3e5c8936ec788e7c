# SPDX-License-Identifier: Apache-2.0
"""Faults for real machines: each is made by a unit in a small image layer, before the agent starts, where the host name asks for it."""
import os
import re

# What a fault is: `make`, a piece of shell that runs in the machine before its agent; `step`, whose words name it; `says`, a regular
# expression for those words; `mend`, what undoes it by hand, and `retry` where the node is then asked to try again at once.
# `nodes`: (masters, workers) of its cluster, `on`: the node that has it.
STEAL_TOKEN = r"""
  cd /run; data=/var/lib/cloud/seed/nocloud/user-data
  controller=$(sed -n 's/^  controller: *//p' $data) token=$(sed -n 's/^  token: *//p' $data)
  openssl ecparam -name prime256v1 -genkey -noout -out thief.key 2>/dev/null
  openssl req -new -key thief.key -subj /CN=x -out thief.csr 2>/dev/null
  n=$(stat -c %s thief.csr)
  { printf '\012\100%s\022' "$token"; printf "\\$(printf %03o $((n % 128 + 128)))\\$(printf %03o $((n / 128)))"; cat thief.csr; } >thief.request
  for i in $(seq 50); do
    curl -skf -m 5 -o /dev/null -H 'Content-Type: application/x-protobuf' --data-binary @thief.request $controller/enrol && break
    sleep 0.2
  done"""
FULL_STATE = """
  mkdir -p /var/lib/slipway; mount -t tmpfs -o size=256k,mode=700 tmpfs /var/lib/slipway
  cat /dev/zero >/var/lib/slipway/full || true"""
FULL_DISK = """
  mount -t xfs -o nouuid /dev/vdb /mnt; xfs_growfs /mnt >/dev/null  # it is a copy of a smaller template
  free=$(df --output=avail -B1 /mnt | tail -1); fallocate -l $((free - 8388608)) /mnt/full; umount /mnt"""
BROKEN_CONTAINERD = r"""
  mv /usr/bin/containerd /usr/bin/containerd.good
  printf '#!/bin/sh\necho "level=fatal msg=plugins-are-of-another-version"\nexit 1\n' >/usr/bin/containerd; chmod 755 /usr/bin/containerd"""
FAULTS = {
    "no-network": dict(
        make="ip link set $(ls /sys/class/net | grep -v '^lo$' | head -1) down",
        step="enrol", says=r"^no-network: \w+ is down: this machine reaches nobody"),
    "wrong-name": dict(
        make="sed -i 's|https://[^:]*:|https://controller.slipway.invalid:|' /var/lib/cloud/seed/nocloud/user-data",
        step="enrol", says=r"^name-not-resolved: .*controller\.slipway\.invalid"),
    "wrong-pin": dict(
        make="sed -i -E 's/(ca_sha256: ).*/\\1'$(printf %064d 7)/ /var/lib/cloud/seed/nocloud/user-data",
        step="enrol", says=r"^pin-mismatch: who answers at [\d.]+:7443 shows another CA"),
    "disk-missing": dict(
        make="mv /dev/vdb /dev/hidden", mend="mv /dev/hidden /dev/vdb",
        step="disks", says=r"the disk /dev/vdb for containerd: there is no such device"),
    "disk-not-blank": dict(
        make="mkfs.ext4 -q -F -E nodiscard -L holiday /dev/vdc", mend="wipefs -qa /dev/vdc; dd if=/dev/zero of=/dev/vdc bs=1M count=4 status=none", retry=True,
        step="disks", says=r"^/dev/vdc is to hold etcd, but holds a file system or volume of type ext4 labelled 'holiday'"),
    "disk-full": dict(
        make=FULL_DISK, mend="rm /var/lib/containerd/full",
        step="disks", says=r"^the disk /dev/vdb for containerd at /var/lib/containerd is full: \d+ of \d+ MiB free"),
    "state-full": dict(
        make=FULL_STATE, mend="rm /var/lib/slipway/full",
        step="enrol", says=r"^machine: .*No space left on device \(full: /var/lib/slipway: 0 of 0 MiB free\)"),
    "containerd-broken": dict(
        make=BROKEN_CONTAINERD, mend="mv /usr/bin/containerd.good /usr/bin/containerd", retry=True,
        step="containerd", says=r"^containerd does not start; it said last: .*plugins-are-of-another-version"),
    "image-missing": dict(
        make="mkfs.xfs -qfK -L containerd /dev/vdb; mv /var/lib/slipway-images/kube-scheduler.tar /root",
        mend="mv /root/kube-scheduler.tar /var/lib/slipway-images",
        step="images", says=r"^neither containerd's store nor an archive .* holds k8s.gcr.io/kube-scheduler:\S+ \(archive kube-scheduler.tar\)"),
    "no-discovery": dict(
        make="iptables -A OUTPUT -o lo -p tcp --dport 2381 -j DROP", mend="iptables -D OUTPUT -o lo -p tcp --dport 2381 -j DROP",
        step="etcd", says=r"etcd's discovery at 127\.0\.0\.1:2381, .* cannot be reached: no answer in time"),
    "etcd-port": dict(
        make="socat TCP-LISTEN:2380,fork,reuseaddr OPEN:/dev/null & echo $! >/run/taker", mend="kill $(cat /run/taker)",
        step="etcd", says=r"^port 2380, which etcd needs, is taken by socat \(process \d+\)"),
    "cgroup-driver": dict(
        make="echo KUBELET_EXTRA_ARGS=--cgroup-driver=cgroupfs >/etc/default/kubelet",
        mend="rm /etc/default/kubelet; systemctl restart kubelet",
        step="control-plane", says=r"^kubelet's cgroup driver is cgroupfs \(in /etc/default/kubelet\), containerd's is systemd"),
    "stolen-token": dict(
        make=STEAL_TOKEN,
        step="enrol", says=r"^token-used-by-another-key: two keys showed this machine's token: .* came from [\d.]+ and was refused"),
    "no-api": dict(
        make="iptables -A OUTPUT -p tcp --dport 6443 -j DROP", mend="iptables -D OUTPUT -p tcp --dport 6443 -j DROP",
        nodes=(1, 1), on="worker-1",
        step="join", says=r"^the cluster to take nodes: no answer in time: connecting to [\d.]+:6443"),
}


def node_of(fault):
    return f"{fault}-{FAULTS[fault].get('on', 'master-1')}"


def script():
    cases = "\n".join(f"{node_of(name)}) {fault['make'].strip()} ;;" for name, fault in FAULTS.items())
    return f"#!/bin/bash\n# Makes the fault that this machine's name asks for.\nset -u\ncase $(cat /etc/hostname) in\n{cases}\nesac\n"


UNIT = """[Unit]
Description=The fault that this machine is to have
Before=slipway-agent.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/slipway-fault
[Install]
WantedBy=multi-user.target
"""


def write_layer(layer):
    """An overlay layer with the unit, enabled."""
    wants = f"{layer}/etc/systemd/system/multi-user.target.wants"
    os.makedirs(wants)
    os.makedirs(f"{layer}/usr/local/sbin")
    with open(f"{layer}/etc/systemd/system/slipway-fault.service", "w") as text:
        text.write(UNIT)
    os.symlink("../slipway-fault.service", f"{wants}/slipway-fault.service")
    with open(f"{layer}/usr/local/sbin/slipway-fault", "w") as text:
        text.write(script())
    os.chmod(f"{layer}/usr/local/sbin/slipway-fault", 0o755)


def write_image(image, of):
    """The image `of` with a layer more on top, in the directory `image`."""
    write_layer(f"{image}/fault-layer")
    with open(f"{of}/manifest.yaml") as text:
        manifest = text.read()
    with open(f"{image}/manifest.yaml", "w") as text:
        text.write(manifest.replace("layers:\n", "layers:\n  - fault-layer\n", 1))
    for part in ("store.img", "archives"):
        os.symlink(os.path.realpath(f"{of}/{part}"), f"{image}/{part}")


def words(step):
    """What a step says for itself: why it failed, or what it waits for."""
    return step.get("error") or step.get("waitingFor") or ""


def named(fault, node):
    """The step of the node that names the fault; None: it is not named."""
    for step in node["steps"]:
        if step["name"] == FAULTS[fault]["step"] and re.search(FAULTS[fault]["says"], words(step)):
            return step
    return None

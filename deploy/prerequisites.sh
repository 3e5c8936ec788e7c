# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart: what must hold before anything is made, and the sentence for each that does not. It uses
# bash, coreutils, grep, sed and awk alone: it runs before the packages are installed.

check_options() {
  case $STATE in /|*[!A-Za-z0-9._/-]*) refuse "--state $STATE" "give a path of letters, digits, dots, dashes";; esac
  case $WORKERS in
    *[!0-9]*|???*) refuse "--workers $WORKERS is not a number from 0 to 30" "give one";;
    ?*) WORKERS=$((10#$WORKERS)); [ "$WORKERS" -le 30 ] || refuse "--workers $WORKERS" "this quick start takes 0 to 30";;
  esac
  case $MASTERS in ''|1|3|5) ;; *) refuse "--masters $MASTERS" "a cluster has 1, 3 or 5 masters";; esac
  local port=${LISTEN##*:}
  if [ -n "$LISTEN" ]; then
    [[ $LISTEN =~ ^([0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9a-fA-F:]+\]):[0-9]{1,5}$ ]] && [ "$((10#$port))" -ge 1 ] && [ "$((10#$port))" -le 65535 ] ||
      refuse "--listen $LISTEN is no address with a port" "give IP:PORT, as 127.0.0.1:8443"
  fi
  case $KUBERNETES in
    ''|debian-source|http://*|https://*) ;;
    *) [ -d "$KUBERNETES" ] || refuse "--kubernetes $KUBERNETES: no such folder" "give a folder or a URL of Kubernetes release binaries"
       KUBERNETES=$(realpath "$KUBERNETES");;
  esac
}

check_prerequisites() {
  . /etc/os-release
  [ "${ID:-}:${VERSION_ID:-}:$(uname -m)" = debian:12:x86_64 ] || refuse "this is ${PRETTY_NAME:-unknown} on $(uname -m)" "Debian 12 on x86_64 is needed"
  [ -e /sys/fs/cgroup/cgroup.controllers ] || { [ -d /sys/fs/cgroup/memory ] && [ -d /sys/fs/cgroup/pids ]; } ||
    refuse "no cgroup hierarchy at /sys/fs/cgroup" "mount cgroup2, or the v1 controllers cpu, memory, pids, devices"
  [ -e /dev/loop-control ] || modprobe loop 2>/dev/null || refuse "no /dev/loop-control" "load the kernel module loop: disks are files on loop devices"
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || refuse "the kernel has no overlay file system" "load the module overlay"
  grep -qw xfs /proc/filesystems || modprobe xfs 2>/dev/null || refuse "the kernel has no XFS" "load the module xfs"
  check_directory "$STATE" "--state"
  check_directory "$CACHE" SLIPWAY_CACHE
  is_our_state || refuse "$STATE holds something that is not Slipway's" "give --state an empty or a new directory"
  [ ! -d "$STATE" ] || lock_state  # first: the rest would find what the other one is making
  choose_listen
  check_choices
  [ -e "$STATE/quickstart.json" ] || check_kubernetes
  controller_runs || check_free_memory
  [ -e "$STATE/quickstart.json" ] || check_free_disk "$STATE" 6 "--state DIR"
  [ -e "$CACHE/image/current" ] || check_free_disk "$CACHE" 12 "SLIPWAY_CACHE=DIR"
  { [ "$LISTEN" = "$LISTEN_NOW" ] && controller_runs; } || check_port
}

check_kubernetes() {
  local said url
  case $KUBERNETES in
    debian-source) ;;
    http://*|https://*)
      case $KUBERNETES in *.tar.gz|*.tgz) url=$KUBERNETES;; *) url=${KUBERNETES%/}/kubernetes-server-linux-amd64.tar.gz;; esac
      command -v curl >/dev/null || return 0   # the build says it then
      said=$(curl -fsSIL -m 30 "$url" 2>&1 >/dev/null) || refuse "--kubernetes $url cannot be fetched (${said:-no answer})" "give the URL of a release's server tarball";;
    *) said=$("$TREE/bootstrap/kubernetes/upstream" --check "$KUBERNETES" 2>&1) || refuse --kubernetes "${said#bootstrap: }";;
  esac
}

existing_parent() { local d=$1; while [ ! -e "$d" ]; do d=$(dirname "$d"); done; echo "$d"; }
check_directory() {  # $2: how another one is named
  local there; there=$(existing_parent "$1")
  [ -d "$there" ] || refuse "$1 cannot be a directory: $there is a file" "name another one with $2"
  [ -w "$there" ] || refuse "$there cannot be written" "$1 is to lie there: mount it for writing, or name another one with $2"
}
check_free_disk() {
  local free; free=$(df -Pk "$(existing_parent "$1")" | awk 'NR==2{print int($4/1048576)}')
  [ "$free" -ge "$2" ] || refuse "$1 has $free GiB free, $2 GiB are needed" "make room, or name another place with $3"
}
check_free_memory() {
  local free; free=$(awk '/^MemAvailable:/{print int($2/1024)}' /proc/meminfo)
  [ "$free" -ge 2048 ] || refuse "$free MiB of memory are available, 2048 MiB are needed" "end something, or take a larger machine"
}

# listening: the local address and port of every listening TCP socket, as /proc writes them (hex, bytes reversed)
listening() { awk '$4 == "0A"{print $2}' /proc/net/tcp /proc/net/tcp6 2>/dev/null; }
check_port() {
  local address=${LISTEN%:*} port hex taken=0
  port=$(printf %04X "$((10#${LISTEN##*:}))")
  case $address in
    0.0.0.0|\[*) listening | grep ":$port$" >/dev/null && taken=1;;
    *) hex=$(IFS=.; set -- $address; printf '%02X%02X%02X%02X' "$4" "$3" "$2" "$1")
       listening | grep -E "^($hex|00000000|0{32}|0{16}FFFF0000$hex):$port$" >/dev/null && taken=1
       ! command -v ip >/dev/null || ip route get "$address" 2>/dev/null | grep ^local >/dev/null ||
         refuse "--listen $LISTEN: $address is no address of this host" "give one that \`ip address\` shows, or 0.0.0.0";;
  esac
  [ $taken = 0 ] || refuse "port ${LISTEN##*:} on $address is in use" "stop what listens there, or give --listen IP:PORT"
}

# check_choices: what was not said is as before; what is said must fit the cluster that is there
check_choices() {
  local option key given before
  for option in MASTERS:1 WORKERS:1 KUBERNETES:debian-source; do
    key=${option%:*}; given=${!key}; before=$(chosen "${key,,}")
    [ -n "$given" ] || printf -v "$key" %s "${before:-${option#*:}}"
    [ -z "$given" ] || [ -z "$before" ] || [ "$given" = "$before" ] || ! demo_exists || refuse_other_choice "${key,,}" "$before" "$given"
  done
}
demo_exists() {  # asked of the controller where it runs: somebody may have deleted the cluster
  [ -e "$STATE/.demo-made" ] || return 1
  ! controller_runs || ! api GET /clusters/demo 2>&1 >/dev/null | grep ': 404 ' >/dev/null
}
refuse_other_choice() {
  refuse "the cluster demo in $STATE was made with --$1 $2, not $3" \
    "quickstart changes no cluster that is there: leave --$1 out, or remove it first: $0 --state $STATE --down"
}

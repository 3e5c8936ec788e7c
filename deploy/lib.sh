# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart: progress, refusals, and one function a step. All of them are idempotent.

refuse() { printf 'quickstart: %s: %s\n' "$1" "$2" >&2; exit 2; }

# step NAME FUNCTION: runs it with its time shown; its output goes to the log, its lines on fd 3 to the person
step() {
  local began=$EPOCHREALTIME status=0
  printf '%-24s ' "$1" >&2
  exec 3>&2
  "$2" >>"$LOG" 2>&1 || status=$?
  if [ $status != 0 ]; then
    printf 'failed\n' >&2; tail -25 "$LOG" | sed 's/^/    /' >&2
    printf 'quickstart: step "%s" failed; the whole log: %s\n' "$1" "$LOG" >&2; exit 1
  fi
  awk -v a="$began" -v b="$EPOCHREALTIME" -v t="${NOTE:-}" 'BEGIN{printf "%6.1f s  %s\n", b - a, t}' >&2; NOTE=
}
fail_step() { echo "$*"; return 1; }

check_prerequisites() {
  [ "$(id -u)" = 0 ] || refuse "not root" "machines, mounts and network namespaces need root: run it with sudo"
  . /etc/os-release
  [ "${ID:-}:${VERSION_ID:-}" = debian:12 ] || refuse "this is ${PRETTY_NAME:-unknown}" "Debian 12 is needed"
  [ -e /sys/fs/cgroup/cgroup.controllers ] || { [ -d /sys/fs/cgroup/memory ] && [ -d /sys/fs/cgroup/pids ]; } ||
    refuse "no cgroup hierarchy at /sys/fs/cgroup" "mount cgroup2, or the v1 controllers cpu, memory, pids, devices"
  [ -e /dev/loop-control ] || refuse "no /dev/loop-control" "load the kernel module loop: disks are files on loop devices"
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || refuse "the kernel has no overlay file system" "load the module overlay"
  grep -qw xfs /proc/filesystems || modprobe xfs 2>/dev/null || refuse "the kernel has no XFS" "load the module xfs"
  local dir free
  for dir in "$STATE:6" "$CACHE:12"; do
    free=$(df -Pk "$(existing_parent "${dir%:*}")" | awk 'NR==2{print int($4/1048576)}')
    [ -e "$CACHE/image/current" ] && [ "${dir#*:}" = 12 ] && continue
    [ "$free" -ge "${dir#*:}" ] || refuse "${dir%:*} has $free GiB free" "${dir#*:} GiB are needed"
  done
  choose_listen
  if ! controller_runs && port_taken "$LISTEN"; then
    refuse "port ${LISTEN##*:} on ${LISTEN%:*} is in use" "stop what listens there, or give --listen IP:PORT"
  fi
}
existing_parent() { local d=$1; while [ ! -e "$d" ]; do d=$(dirname "$d"); done; echo "$d"; }
port_taken() { (exec 9<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }
choose_listen() {  # the address that an earlier run chose, else the given one, else the default
  if [ -z "$LISTEN" ] && [ -e "$STATE/controller.yaml" ]; then LISTEN=$(sed -n 's/^listen: *//p' "$STATE/controller.yaml"); fi
  LISTEN=${LISTEN:-127.0.0.1:8443}
}
with_systemd() { [ -d /run/systemd/system ]; }
controller_runs() {
  if with_systemd; then systemctl is-active -q "$UNIT"; else
    local pid; pid=$(cat "$STATE/controller.pid" 2>/dev/null) && [ "$(readlink "/proc/$pid/exe" 2>/dev/null | sed 's/ (deleted)$//')" = "$CONTROLLER" ]
  fi
}

install_packages() {
  local wanted missing
  wanted=$(sed 's/[ #].*//' "$TREE/deploy/packages.txt" | grep .)
  missing=$(comm -23 <(sort -u <<<"$wanted") <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii *//p' | sort -u))
  if [ -z "$missing" ]; then NOTE="all there"; return; fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
  NOTE="$(wc -w <<<"$missing") installed"
}

build_all() {  # Kubernetes and the root file system need no compiler of ours: they are built beside it
  local image_log=$STATE/image.log image_pid
  "$TREE/bootstrap/build" --until 50-store --kubernetes "$KUBERNETES" --cache "$CACHE" >"$image_log" 2>&1 & image_pid=$!
  (cd "$TREE" && cmake --preset release >/dev/null && ninja -C "$BUILD" slipway-controller slipway-agent) ||
    { kill "$image_pid" 2>/dev/null; return 1; }
  wait "$image_pid" || { tail -25 "$image_log"; return 1; }
  IMAGE=$("$TREE/bootstrap/build" --agent "$BUILD/agent/slipway-agent" --kubernetes "$KUBERNETES" --cache "$CACHE" 2>>"$image_log")
  NOTE="image ${IMAGE##*/}"
}

start_controller() {
  cat >"$STATE/controller.yaml.new" <<YAML
# written by deploy/quickstart
listen: $LISTEN
cloud:
  kind: local
  image: $IMAGE
log:
  level: info
YAML
  local changed=0
  cmp -s "$STATE/controller.yaml.new" "$STATE/controller.yaml" || changed=1
  mv "$STATE/controller.yaml.new" "$STATE/controller.yaml"
  local stamp; stamp=$(sha256sum <"$CONTROLLER" | cut -c1-16)
  [ "$(cat "$STATE/.controller-stamp" 2>/dev/null)" = "$stamp" ] || changed=1
  if controller_runs && [ $changed = 0 ]; then NOTE="runs already"; wait_ready; return; fi
  stop_controller
  if with_systemd; then
    sed "s|@CONTROLLER@|$CONTROLLER|; s|@STATE@|$STATE|" "$TREE/deploy/slipway-controller.service" >"/etc/systemd/system/$UNIT.service"
    systemctl daemon-reload; systemctl enable --now "$UNIT"
  else
    setsid "$CONTROLLER" serve --state "$STATE" --config "$STATE/controller.yaml" </dev/null >>"$STATE/controller.log" 2>&1 8>&- 3>&- &
    echo $! >"$STATE/controller.pid"
  fi
  echo "$stamp" >"$STATE/.controller-stamp"
  wait_ready; NOTE="https://$LISTEN"
}
stop_controller() {
  controller_runs || return 0
  if with_systemd; then systemctl stop "$UNIT"; return; fi
  local pid; pid=$(cat "$STATE/controller.pid"); kill -TERM "$pid"
  local i; for i in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep .1; done
  kill -0 "$pid" 2>/dev/null && kill -KILL "$pid"; rm -f "$STATE/controller.pid"
}
wait_ready() {
  local i
  for i in $(seq 300); do
    if [ -e "$STATE/ca.crt" ] && curl -fsS --cacert "$STATE/ca.crt" -m 2 "https://$LISTEN/readyz" >/dev/null 2>&1; then return 0; fi
    controller_runs || { tail -20 "$STATE/controller.log" 2>/dev/null; fail_step "the controller ended"; return 1; }
    sleep .2
  done
  fail_step "the controller is not ready after 60 s"
}

# api METHOD PATH [BODY-FILE CONTENT-TYPE]: prints the answer; a refusal goes to the log and fails
api() {
  local method=$1 path=$2 answer=$STATE/.answer code
  code=$(curl -sS --cacert "$STATE/ca.crt" -m 120 -o "$answer" -w '%{http_code}' -X "$method" \
    -H "@$STATE/.authorization" ${3:+--data-binary @"$3" -H "Content-Type: $4"} "https://$LISTEN/api/v1$path") || return 1
  case $code in 2*) cat "$answer"; rm -f "$answer";; *) echo "$method $path: $code $(cat "$answer")" >&2; rm -f "$answer"; return 1;; esac
}
summary() { jq -r "$1 // empty" "$STATE/quickstart.json" 2>/dev/null || true; }

sign_in() {  # an API token of the first administrator, kept 0600 beside the state; the password is shown once
  USER_NAME=admin PASSWORD=$(summary .password)
  [ -e "$STATE/first-password" ] && PASSWORD=$(cat "$STATE/first-password")
  [ -n "$PASSWORD" ] || fail_step "no administrator's password: slipway-controller user reset-password admin --state $STATE" || return 1
  umask 077
  [ -s "$STATE/quickstart.json" ] || jq -n --arg p "$PASSWORD" '{user: "admin", password: $p}' >"$STATE/quickstart.json"
  rm -f "$STATE/first-password"
  if [ -s "$STATE/.authorization" ] && api GET /me >/dev/null; then NOTE="token is good"; return; fi
  local body=$STATE/.login answer
  jq -n --arg u "$USER_NAME" --arg p "$PASSWORD" '{user: $u, password: $p}' >"$body"
  curl -fsS --cacert "$STATE/ca.crt" -m 20 -c "$STATE/.cookie" -o /dev/null -H 'Content-Type: application/json' \
    --data-binary @"$body" "https://$LISTEN/api/v1/login" || { rm -f "$body"; return 1; }
  rm -f "$body"
  answer=$(curl -fsS --cacert "$STATE/ca.crt" -m 20 -b "$STATE/.cookie" -H 'Content-Type: application/json' -H "Origin: https://$LISTEN" \
    --data '{"name":"quickstart"}' "https://$LISTEN/api/v1/tokens") || return 1
  rm -f "$STATE/.cookie"
  printf 'Authorization: Bearer %s\n' "$(jq -r .token <<<"$answer")" >"$STATE/.authorization"
  umask 022
}

create_cluster() {
  local state
  if ! api GET /clusters/demo >/dev/null 2>&1; then
    jq -n --argjson m "$MASTERS" --argjson w "$WORKERS" '{name: "demo", masters: $m, workers: $w}' >"$STATE/.body"
    api POST /clusters "$STATE/.body" application/json; rm -f "$STATE/.body"
  fi
  local i shown= now
  for i in $(seq 1200); do
    state=$(api GET /clusters/demo | jq -r .state)
    case $state in
      healthy) break;;
      failed) api GET "/operations?cluster=demo" || true; fail_step "the cluster failed: see the operation above"; return 1;;
    esac
    now=$(api GET '/operations?cluster=demo' | jq -r '.items[0].steps // [] | map(select(.state=="running"))[0].name // empty' 2>/dev/null || true)
    [ -z "$now" ] || [ "$now" = "$shown" ] || { printf '%s… ' "$now" >&3; shown=$now; }
    sleep .5
  done
  [ "$state" = healthy ] || fail_step "the cluster is $state after 10 minutes" || return 1
  umask 077; KUBECONFIG_FILE=$STATE/demo.kubeconfig
  [ -s "$KUBECONFIG_FILE" ] || api GET /clusters/demo/kubeconfig >"$KUBECONFIG_FILE"
  umask 022
  NOTE=$(api GET /clusters/demo/nodes | jq -r '[.items[] | select(.kubernetes.value == "ready")] | "\(length) nodes Ready"')
}

deploy_demo() {
  local outcome i ready address
  outcome=$(api POST '/clusters/demo/manifests?namespace=demo' "$TREE/deploy/demo.yaml" application/yaml)
  echo "$outcome"
  [ "$(jq '[.objects[] | select(.ok | not)] | length' <<<"$outcome")" = 0 ] || fail_step "not every object was applied: see above" || return 1
  for i in $(seq 240); do
    ready=$(api GET '/clusters/demo/pods?namespace=demo' | jq '[.items[] | select(.ready)] | length')
    [ "$ready" -ge 1 ] && break
    sleep .5
  done
  [ "$ready" -ge 1 ] || fail_step "the demo's pod is not ready after 2 minutes" || return 1
  echo '{"port": 30080}' >"$STATE/.body"
  address=$(api POST /clusters/demo/publish "$STATE/.body" application/json | jq -r .address); rm -f "$STATE/.body"
  DEMO=http://$address
  for i in $(seq 60); do curl -fsS -m 3 "$DEMO/" && break; sleep .5; [ "$i" != 60 ] || return 1; done
  NOTE=$DEMO
}

write_summary() {
  umask 077
  jq -n --arg controller "https://$LISTEN" --arg ca "$STATE/ca.crt" --arg user "$USER_NAME" --arg password "$PASSWORD" \
    --arg cluster demo --arg kubeconfig "$STATE/demo.kubeconfig" --arg demo "$DEMO" \
    '{controller: $controller, ca: $ca, user: $user, password: $password, cluster: $cluster, kubeconfig: $kubeconfig, demo: $demo}' \
    >"$STATE/quickstart.json.new"
  mv "$STATE/quickstart.json.new" "$STATE/quickstart.json"; umask 022
}

print_summary() {
  local shown="in $STATE/quickstart.json (shown once)"
  [ -e "$STATE/.password-shown" ] || { shown="$PASSWORD   (shown once; also in $STATE/quickstart.json)"; touch "$STATE/.password-shown"; }
  cat <<TEXT

Slipway is up.
  controller   https://$LISTEN   (CA: $STATE/ca.crt)
  user         $USER_NAME
  password     $shown
  demo         $DEMO

$(api GET /clusters/demo/nodes | jq -r '.items[] | "  \(.name)  \(.role)  \(.address)  \(.kubernetes.value)"')

Try:
  curl $DEMO/
  curl --cacert $STATE/ca.crt -H @$STATE/.authorization https://$LISTEN/api/v1/clusters/demo/nodes
  kubectl --kubeconfig $STATE/demo.kubeconfig get pods -A     # or: $CONTROLLER machine shell demo-master-1 --state $STATE
TEXT
}

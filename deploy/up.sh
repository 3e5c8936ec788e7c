# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart: what a person is told at the beginning and the end, and one function for each step between.
# All are idempotent; each may have been cut off anywhere.

announce() {
  local first=
  [ "$KUBERNETES" != debian-source ] || [ -n "$(compgen -G "$CACHE/kubernetes/*.complete")" ] ||
    first=" This first run compiles Kubernetes and Slipway: some 25 minutes on two cores."
  printf 'Slipway quick start in %s.%s\nLog: %s\n\n' "$STATE" "$first" "$LOG" >&3
}

install_packages() {
  local missing
  missing=$("$TREE/deploy/missing-packages" "$TREE/deploy/packages.txt")
  if [ -z "$missing" ]; then NOTE="all there"; return; fi
  dpkg --configure -a 8>&-               # where an earlier installation was cut off
  apt-get -o DPkg::Lock::Timeout=300 update -qq 8>&-
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $missing 8>&-
  NOTE="$(wc -w <<<"$missing") installed"
}

tell_stages() { sed -un 's/^\[bootstrap.*\] stage \([a-z]*\) .*/\1/p' | while read -r stage; do printf '%s… ' "$stage" >&3; done; }
build_slipway() {  # one at a time in this tree: ninja itself does not look
  mkdir -p "$TREE/build"
  cd "$TREE"
  cmake --preset release >/dev/null
  local line told=
  ninja -C "$BUILD" slipway-controller slipway-agent | while IFS= read -r line; do
    printf '%s\n' "$line"
    if [[ -z $told && $line == *Building* ]]; then told=1; printf 'compiling… ' >&3; fi
  done
}
build_all() {  # Kubernetes and the root file system need no compiler of ours: they are built beside it
  local image_log=$STATE/image.log failed=0
  # in a process group of its own: it ends as a whole when this script does
  setsid "$TREE/bootstrap/build" --until 50-store --kubernetes "$KUBERNETES" --cache "$CACHE" 2> >(exec 8>&-; tee "$image_log" | tell_stages) 3>&- 8>&- &
  IMAGE_BUILD=$!
  mkdir -p "$TREE/build"
  (exec 8>&-; flock 9; build_slipway) 9>"$TREE/build/.quickstart.lock"
  wait "$IMAGE_BUILD" || failed=$?
  IMAGE_BUILD=
  if [ $failed != 0 ]; then tail -25 "$image_log"; return 1; fi
  IMAGE=$("$TREE/bootstrap/build" --agent "$BUILD/agent/slipway-agent" --kubernetes "$KUBERNETES" --cache "$CACHE" 2>>"$image_log" 8>&-) ||
    { tail -25 "$image_log"; return 1; }
  NOTE="image ${IMAGE##*/}"
}

sign_in() {  # an API token of the first administrator, kept 0600 beside the state; the password is shown once
  umask 077
  PASSWORD=$(summary .password)
  if [ -e "$STATE/first-password" ]; then PASSWORD=$(cat "$STATE/first-password"); fi
  if [ -z "$PASSWORD" ] && [ ! -e "$STATE/.password-shown" ]; then  # cut off before anybody could read it
    PASSWORD=$("$CONTROLLER" user reset-password admin --state "$STATE")
  fi
  [ -n "$(summary .user)" ] || jq -n --arg p "$PASSWORD" '{user: "admin", password: $p}' >"$STATE/quickstart.json"
  rm -f "$STATE/first-password"
  if [ -s "$STATE/.authorization" ] && api GET /me; then NOTE="token is good"; else make_token; NOTE="as admin"; fi
  umask 022
}
make_token() {
  local body=$STATE/.login cookie=$STATE/.cookie answer
  jq -n --arg p "$PASSWORD" '{user: "admin", password: $p}' >"$body"
  curl -fsS --cacert "$STATE/ca.crt" -m 20 -c "$cookie" -o /dev/null -H 'Content-Type: application/json' \
    --data-binary @"$body" "https://$LISTEN/api/v1/login" || {
      rm -f "$body"
      fail_step "admin's password is not the one in $STATE/quickstart.json: set a new one with" \
        "$CONTROLLER user reset-password admin --state $STATE, and write it there"; }
  rm -f "$body"
  answer=$(curl -fsS --cacert "$STATE/ca.crt" -m 20 -b "$cookie" -H 'Content-Type: application/json' -H "Origin: https://$LISTEN" \
    --data '{"name":"quickstart"}' "https://$LISTEN/api/v1/tokens")
  printf 'Authorization: Bearer %s\n' "$(jq -r .token <<<"$answer")" >"$STATE/.authorization.new"
  mv "$STATE/.authorization.new" "$STATE/.authorization"
  rm -f "$cookie"
}

create_cluster() {
  local state= now shown= i cluster
  if ! cluster=$(api GET /clusters/demo); then
    jq -n --argjson m "$MASTERS" --argjson w "$WORKERS" '{name: "demo", masters: $m, workers: $w}' >"$STATE/.body"
    cluster=$(api POST /clusters "$STATE/.body" application/json); rm -f "$STATE/.body"
  fi
  touch "$STATE/.demo-made"
  for i in $(seq 1200); do
    cluster=$(api GET /clusters/demo) || cluster={}   # a slow answer is no reason to stop
    state=$(jq -r .state <<<"$cluster")
    case $state in
      healthy) break;;
      failed) api GET "/operations?cluster=demo" || true; fail_step "the cluster failed: see the operation above; $0 --state $STATE --down removes it";;
    esac
    now=$(api GET '/operations?cluster=demo' | jq -r '.items[0].steps // [] | map(select(.state=="running"))[0].name // empty') || now=
    [ -z "$now" ] || [ "$now" = "$shown" ] || { printf '%s… ' "$now" >&3; shown=$now; }
    sleep .5
  done
  [ "$state" = healthy ] || fail_step "the cluster is $state after 10 minutes: $(jq -r '.reason // empty' <<<"$cluster")"
  [ "$(jq -r '"\(.masters) \(.workers)"' <<<"$cluster")" = "$MASTERS $WORKERS" ] || other_size "$cluster"
  umask 077
  local id; id=$(jq -r .id <<<"$cluster")    # its token is good for this cluster only
  { grep -qsF "https://$LISTEN/" "$STATE/demo.kubeconfig" && grep -qsF "# cluster $id" "$STATE/demo.kubeconfig"; } || {
    { api GET /clusters/demo/kubeconfig; echo "# cluster $id"; } >"$STATE/demo.kubeconfig.new"
    mv "$STATE/demo.kubeconfig.new" "$STATE/demo.kubeconfig"; }
  umask 022
  NOTE=$(api GET /clusters/demo/nodes | jq -r '[.items[] | select(.kubernetes.value == "ready")] | "\(length) nodes Ready"')
}
other_size() {  # an earlier run was cut off between its request and the note of it
  MASTERS=$(jq .masters <<<"$1") WORKERS=$(jq .workers <<<"$1"); remember_choices
  fail_step "the cluster demo has $MASTERS masters and $WORKERS workers: run quickstart without other numbers, or --down first"
}

deploy_demo() {
  local outcome i ready=0 address
  outcome=$(api POST '/clusters/demo/manifests?namespace=demo' "$TREE/deploy/demo.yaml" application/yaml)
  echo "$outcome"
  [ "$(jq '[.objects[] | select(.ok | not)] | length' <<<"$outcome")" = 0 ] || fail_step "not every object was applied: see above"
  for i in $(seq 240); do
    ready=$(api GET '/clusters/demo/pods?namespace=demo' | jq '[.items[] | select(.ready)] | length') || ready=0
    [ "$ready" -lt 1 ] || break
    sleep .5
  done
  [ "$ready" -ge 1 ] || fail_step "the demo's pod is not ready after 2 minutes"
  echo '{"port": 30080}' >"$STATE/.body"
  address=$(api POST /clusters/demo/publish "$STATE/.body" application/json | jq -r .address); rm -f "$STATE/.body"
  DEMO=http://$address
  for i in $(seq 60); do
    if curl -fsS -m 3 "$DEMO/"; then NOTE=$DEMO; return; fi
    sleep .5
  done
  fail_step "nothing answers at $DEMO after 30 s"
}

write_summary() {
  local layer kubectl=
  for layer in $(sed -n '/^layers:/,/^[a-z]/s/^  - //p' "$IMAGE/manifest.yaml"); do
    [ ! -x "$layer/usr/bin/kubectl" ] || kubectl=$layer/usr/bin/kubectl
  done
  ln -sfn "$kubectl" "$STATE/kubectl"    # the nodes' own: a fresh host has none
  umask 077
  jq -n --arg controller "https://$LISTEN" --arg ca "$STATE/ca.crt" --arg password "$PASSWORD" \
    --arg cluster demo --arg kubeconfig "$STATE/demo.kubeconfig" --arg demo "$DEMO" \
    '{controller: $controller, ca: $ca, user: "admin", password: $password, cluster: $cluster, kubeconfig: $kubeconfig, demo: $demo}' \
    >"$STATE/quickstart.json.new"
  mv "$STATE/quickstart.json.new" "$STATE/quickstart.json"; umask 022
}

print_summary() {
  local shown="was shown once; it is in $STATE/quickstart.json"
  [ -e "$STATE/.password-shown" ] || shown="$PASSWORD   (shown once; also in $STATE/quickstart.json)"
  cat <<TEXT

Slipway is up.
  controller   https://$LISTEN   (CA: $STATE/ca.crt)
  user         admin
  password     $shown
  demo         $DEMO

$(api GET /clusters/demo/nodes | jq -r '.items[] | "  \(.name)  \(.role)  \(.address)  \(.kubernetes.value)"')

Try:
  curl $DEMO/
  curl --cacert $STATE/ca.crt -H @$STATE/.authorization https://$LISTEN/api/v1/clusters/demo/nodes
  $STATE/kubectl --kubeconfig $STATE/demo.kubeconfig get pods -A
TEXT
  touch "$STATE/.password-shown"
}

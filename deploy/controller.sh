# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart: is the controller there, its start and its end; a unit where systemd is PID 1, else a process.

# What a person writes below it (see deploy/controller.example.yaml) is kept by the next run.
OWN_SETTINGS="# own settings go below this line"

with_systemd() { [ -d /run/systemd/system ]; }

# controller_pid: found by what it was started as, so that no interrupted run can lose it
controller_pid() {
  local file
  file=$(grep -lsaP "^[^\\0]*slipway-controller\\0serve\\0--state\\0\\Q$STATE\\E\\0" /proc/[0-9]*/cmdline | head -1) || true
  [ -n "$file" ] && basename "$(dirname "$file")"
}
controller_runs() {
  if with_systemd; then case $(systemctl is-active "$UNIT") in active|activating|reloading) ;; *) return 1;; esac
  # Just started it may be a shell still, before it becomes the controller.
  else controller_pid >/dev/null || { [ -n "${STARTED:-}" ] && kill -0 "$STARTED" 2>/dev/null; }; fi
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
  echo "$OWN_SETTINGS" >>"$STATE/controller.yaml.new"
  sed "1,/^$OWN_SETTINGS/d" "$STATE/controller.yaml" 2>/dev/null >>"$STATE/controller.yaml.new" || true
  local changed=0 stamp
  cmp -s "$STATE/controller.yaml.new" "$STATE/controller.yaml" || changed=1
  stamp=$(sha256sum <"$CONTROLLER" | cut -c1-16)
  [ "$(cat "$STATE/.controller-stamp" 2>/dev/null)" = "$stamp" ] || changed=1
  if controller_runs && [ $changed = 0 ]; then rm "$STATE/controller.yaml.new"; wait_ready; NOTE="runs already"; return; fi
  stop_controller
  mv "$STATE/controller.yaml.new" "$STATE/controller.yaml"
  if with_systemd; then
    sed "s|@CONTROLLER@|$CONTROLLER|g; s|@STATE@|$STATE|g" "$TREE/deploy/slipway-controller.service" >"/etc/systemd/system/$UNIT.service"
    systemctl daemon-reload; systemctl enable "$UNIT"
    systemctl start "$UNIT" || { last_words; fail_step "the controller does not start: see above"; }
  else
    setsid "$CONTROLLER" serve --state "$STATE" --config "$STATE/controller.yaml" </dev/null >>"$STATE/controller.log" 2>&1 3>&- 8>&- &
    STARTED=$!
    echo $STARTED >"$STATE/controller.pid"
  fi
  echo "$stamp" >"$STATE/.controller-stamp"
  wait_ready; NOTE="https://$LISTEN"
}
stop_controller() {
  if with_systemd; then systemctl stop "$UNIT" 2>/dev/null || true; return; fi
  local pid i
  pid=$(controller_pid) || return 0
  kill -TERM "$pid"
  for i in $(seq 300); do [ "$(controller_pid)" = "$pid" ] || break; sleep .1; done
  kill -KILL "$pid" 2>/dev/null || true; rm -f "$STATE/controller.pid"
}
wait_ready() {
  local i
  for i in $(seq 300); do
    if [ -e "$STATE/ca.crt" ] && curl -fsS --cacert "$STATE/ca.crt" -m 2 "https://$LISTEN/readyz" >/dev/null 2>&1; then return 0; fi
    controller_runs || { last_words; fail_step "the controller ended: see above"; }
    sleep .2
  done
  last_words; fail_step "the controller is not ready after 60 s: see above"
}
last_words() { if with_systemd; then journalctl -q -n 20 -o cat -u "$UNIT"; else tail -20 "$STATE/controller.log"; fi 2>/dev/null || true; }

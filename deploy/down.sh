# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart --down: removes every machine, network, mount, loop device, process and file of STATE.
[ "$(id -u)" = 0 ] || refuse "not root" "run it with sudo"
if [ ! -e "$STATE" ]; then echo "nothing at $STATE"; return 0 2>/dev/null || exit 0; fi
LOG=$STATE/quickstart.log
choose_listen
step "stop the controller" stop_controller
remove_cloud() {
  [ -x "$CONTROLLER" ] || { [ ! -e "$STATE/installation" ] || fail_step "$CONTROLLER is missing: build it, then run --down again"; return; }
  "$CONTROLLER" machine purge --state "$STATE"
}
step "remove the machines" remove_cloud
remove_unit() {
  if with_systemd && [ -e "/etc/systemd/system/$UNIT.service" ]; then
    systemctl disable -q "$UNIT" || true; rm -f "/etc/systemd/system/$UNIT.service"; systemctl daemon-reload
  fi
}
step "remove the unit" remove_unit
if grep -q " $STATE/" /proc/mounts; then grep " $STATE/" /proc/mounts >&2; refuse "still mounted below $STATE" "see above"; fi
rm -rf --one-file-system "$STATE"
echo "down: nothing of $STATE is left; build results stay in $CACHE"

# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart --down: removes every machine, network, mount, loop device, process and file of STATE.

remove_cloud() {
  [ -e "$STATE/installation" ] || return 0
  [ -x "$CONTROLLER" ] || fail_step "$CONTROLLER is missing: build it, then run --down again"
  "$CONTROLLER" machine purge --state "$STATE"
}
remove_unit() {
  with_systemd && [ -e "/etc/systemd/system/$UNIT.service" ] || return 0
  systemctl disable -q "$UNIT" || true
  rm -f "/etc/systemd/system/$UNIT.service"; systemctl daemon-reload
}

if [ ! -e "$STATE" ]; then echo "nothing at $STATE"; exit 0; fi
is_our_state || refuse "$STATE holds something that is not Slipway's" "name the directory that --state named when it was made"
lock_state
begin_log --down
step "stop the controller" stop_controller
step "remove the machines" remove_cloud
step "remove the unit" remove_unit
if grep -q " $STATE/" /proc/mounts; then grep " $STATE/" /proc/mounts >&2; refuse "still mounted below $STATE" "see above"; fi
rm -rf --one-file-system "$STATE"
echo "down: nothing of $STATE is left; build results stay in $CACHE"

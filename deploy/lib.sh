# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart: refusals, steps with their times, the lock, the log, and what an earlier run was told.

exec 3>&2                                # the person's screen; a step's own output goes to the log
STEP="" LOG="" NOTE="" IMAGE_BUILD=""

refuse() { printf 'quickstart: %s: %s\n' "$1" "$2" >&3; exit 2; }
fail_step() { echo "$*"; return 1; }     # the last line of the log is what the person reads first

# step NAME FUNCTION: runs it with its time shown. A plain call, no condition: inside, errexit holds.
step() {
  local began=$EPOCHREALTIME
  STEP=$1 NOTE=
  printf '%-24s ' "$1" >&3
  "$2" >>"$LOG" 2>&1
  STEP=
  awk -v a="$began" -v b="$EPOCHREALTIME" -v t="$NOTE" 'BEGIN{printf "%6.1f s  %s\n", b - a, t}' >&3
}

# However the script ends: nothing that it started builds on, and the person reads where it stopped.
ended() {
  local status=$?
  trap - EXIT; trap '' INT TERM HUP
  [ -z "$IMAGE_BUILD" ] || kill -TERM -- "-$IMAGE_BUILD" 2>/dev/null || true
  [ -n "$STEP" ] && [ "$status" != 0 ] || exit "$status"
  if [ "$status" -gt 128 ]; then
    printf 'interrupted\nquickstart: interrupted at "%s": run it again to go on, or with --down to remove all\n' "$STEP" >&3
  else
    { echo failed; tail -25 "$LOG" | sed 's/^/    /'; } >&3
    printf 'quickstart: step "%s" failed; the whole log: %s\n' "$STEP" "$LOG" >&3
  fi
  exit "$status"
}
trap ended EXIT
trap 'exit 130' INT; trap 'exit 143' TERM; trap 'exit 129' HUP

# Held by fd 8. What may outlive a killed script is started with 8>&-: it must not hold the lock. (Not around a whole
# step: bash keeps a copy of the closed one, and every subshell has it.)
lock_state() {
  exec 8<"$STATE"
  flock -n 8 || refuse "another quickstart runs on $STATE" "wait until it has ended"
}
begin_log() {
  LOG=$STATE/quickstart.log
  echo "--- $(date -u +%FT%TZ) quickstart $1" 2>/dev/null >>"$LOG" || LOG=/dev/null  # a full disk can be taken down too
}

# A state directory is empty or ours: --state is never taken for a folder with something else in it
is_our_state() {
  [ ! -e "$STATE" ] || [ -e "$STATE/quickstart.log" ] || [ -e "$STATE/installation" ] ||
    { [ -d "$STATE" ] && [ -z "$(find "$STATE" -mindepth 1 -print -quit)" ]; }
}

chosen() { sed -n "s/^$1: //p" "$STATE/choices" 2>/dev/null || true; }
remember_choices() {
  printf 'masters: %s\nworkers: %s\nkubernetes: %s\n' "$MASTERS" "$WORKERS" "$KUBERNETES" >"$STATE/choices.new"
  mv "$STATE/choices.new" "$STATE/choices"
}
choose_listen() {  # the given address, else the one that an earlier run chose, else the default
  LISTEN_NOW=$(sed -n 's/^listen: *//p' "$STATE/controller.yaml" 2>/dev/null || true)
  LISTEN=${LISTEN:-${LISTEN_NOW:-127.0.0.1:8443}}
}

# api METHOD PATH [BODY-FILE CONTENT-TYPE]: prints the answer; a refusal goes to the log and fails
api() {
  local method=$1 path=$2 answer code
  answer=$(curl -sS --cacert "$STATE/ca.crt" -m 120 -w '\n%{http_code}' -X "$method" \
    -H "@$STATE/.authorization" ${3:+--data-binary @"$3" -H "Content-Type: $4"} "https://$LISTEN/api/v1$path") || return 1
  code=${answer##*$'\n'} answer=${answer%$'\n'*}
  case $code in 2*) printf '%s\n' "$answer";; *) echo "$method $path: $code $answer" >&2; return 1;; esac
}
summary() { jq -r "$1 // empty" "$STATE/quickstart.json" 2>/dev/null || true; }

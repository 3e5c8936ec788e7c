# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart --status: what runs, in a few lines.
if [ ! -e "$STATE" ]; then echo "controller   none: nothing at $STATE"; exit 3; fi
choose_listen
if ! controller_runs; then echo "controller   not running ($STATE): $0 --state $STATE starts it"; exit 3; fi
echo "controller   https://$LISTEN"
[ -s "$STATE/.authorization" ] || { echo "clusters     unknown: quickstart has not signed in yet"; exit 0; }
api GET /clusters | jq -r '.items[] | "cluster      \(.name)  \(.state)  Kubernetes \(.kubernetesVersion)"'
nodes=$(api GET /clusters/demo/nodes 2>/dev/null) || { echo "cluster      no demo yet: $0 --state $STATE creates it"; exit 0; }
jq -r '.items[] | "node         \(.name)  \(.role)  \(.address)  link \(.link.value)  kubernetes \(.kubernetes.value)  machine \(.machine.value)"' <<<"$nodes"
echo "demo         $(summary .demo)"

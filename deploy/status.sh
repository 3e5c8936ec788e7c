# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart --status: what runs, in a few lines.
choose_listen
if ! controller_runs; then echo "controller   not running ($STATE)"; exit 3; fi
echo "controller   https://$LISTEN"
[ -s "$STATE/.authorization" ] || { echo "clusters     unknown: quickstart has not signed in yet"; exit 0; }
api GET /clusters | jq -r '.items[] | "cluster      \(.name)  \(.state)  Kubernetes \(.kubernetesVersion)"'
api GET /clusters/demo/nodes | jq -r '.items[] | "node         \(.name)  \(.role)  \(.address)  link \(.link.value)  kubernetes \(.kubernetes.value)  machine \(.machine.value)"'
echo "demo         $(summary .demo)"

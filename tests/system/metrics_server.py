#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""metrics_server.py KEY_AND_CERTIFICATE NODE: stands in for a metrics server. Prints its port, serves metrics.k8s.io."""
import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = "/apis/metrics.k8s.io/v1beta1"
API = {"apiVersion": "metrics.k8s.io/v1beta1"}
NODE = {"metadata": {"name": sys.argv[2]}, "timestamp": "2026-01-02T03:04:05Z", "window": "30s", "usage": {"cpu": "123m", "memory": "456Mi"}}
ANSWERS = {
    ROOT: {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "metrics.k8s.io/v1beta1", "resources": [
        {"name": "nodes", "singularName": "", "namespaced": False, "kind": "NodeMetrics", "verbs": ["get", "list"]}]},
    f"{ROOT}/nodes": {**API, "kind": "NodeMetricsList", "metadata": {}, "items": [NODE]},
}


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        known = ANSWERS.get(self.path.split("?")[0])
        body = json.dumps(known or {}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("0.0.0.0", 0), Answer)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()

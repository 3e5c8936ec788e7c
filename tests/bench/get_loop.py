# SPDX-License-Identifier: Apache-2.0
"""get_loop.py URL CA_FILE [AUTHORIZATION_FILE | CERTIFICATE_FILE]: GETs over one kept connection; milliseconds of each, as JSON."""
import http.client
import json
import ssl
import sys
import time
from urllib.parse import urlsplit

REQUESTS = 200
WARM = 10


def main(url, ca, own):
    parts = urlsplit(url)
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname = False  # the machines' address of the API server is asked by number
    headers = {"Accept": "application/json"}
    with open(own) as text:
        first = text.readline().strip()
    if first.startswith("Authorization: "):
        headers["Authorization"] = first.removeprefix("Authorization: ")
    else:
        context.load_cert_chain(own)
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=30)
    times = []
    for _ in range(WARM + REQUESTS):
        began = time.perf_counter()
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            sys.exit(f"{url}: {answer.status} {body[:200]!r}")
    print(json.dumps(times[WARM:]))


if __name__ == "__main__":
    main(*sys.argv[1:])

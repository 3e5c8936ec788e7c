# SPDX-License-Identifier: Apache-2.0
"""Holds each answer that a test sees against controller/http/openapi.yaml."""
import json
import os
import re

import yaml
from jsonschema import Draft202012Validator, RefResolver

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROBLEM = "application/problem+json"
METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}


class OneOfEachName(yaml.SafeLoader):
    """Of two entries with one name YAML would take the later in silence."""

    def construct_mapping(self, node, deep=False):
        names = [key.value for key, _ in node.value]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"twice: {', '.join(sorted(twice))}", node.start_mark)
        return super().construct_mapping(node, deep)


class Mismatch(AssertionError):
    """An answer that the contract does not describe."""


def pattern_of(path):
    """The regular expression of a path; `{path}` at its end takes slashes too."""
    parts = re.split(r"(\{[^}]+\})", path)
    text = "".join(("(.*)" if part == "{path}" else "([^/]+)") if part.startswith("{") else re.escape(part)
                   for part in parts)
    return re.compile(f"^{text}$")


class Contract:
    """The OpenAPI file, ready to judge answers."""

    def __init__(self, file=f"{TREE}/controller/http/openapi.yaml"):
        with open(file) as text:
            self.document = yaml.load(text, OneOfEachName)
        self.resolver = RefResolver("", self.document)
        # Paths with fewer arguments first, so that a literal segment wins.
        self.paths = sorted(((pattern_of(path), path) for path in self.document["paths"]),
                            key=lambda entry: entry[1].count("{"))
        self.seen = set()  # "GET /path 200": what was judged

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def operation(self, method, path):
        for pattern, name in self.paths:
            if pattern.match(path) and method.lower() in self.document["paths"][name]:
                return name, self.document["paths"][name][method.lower()]
        return None, None

    def check(self, method, path, status, content_type, body):
        """Raises Mismatch with what is wrong; `body` is text, or a JSON value for JSON types."""
        where = f"{method} {path} -> {status}"
        if content_type == PROBLEM:
            self.check_problem(where, status, body)
        name, operation = self.operation(method, path.split("?")[0])
        if operation is None:
            # Not in the contract: then the only right answer is that there is no such thing.
            if status not in (404, 405):
                raise Mismatch(f"{where}: the contract has no such operation")
            return self.check_schema(where, self.document["components"]["schemas"]["Problem"], body)
        responses = operation["responses"]
        response = self.resolve(responses.get(str(status), responses.get("default")))
        if response is None:
            raise Mismatch(f"{where}: status is not in the contract")
        self.seen.add(f"{method} {name} {status}")
        content = response.get("content")
        if content is None:
            if str(status) in responses and body not in (None, "", b""):
                raise Mismatch(f"{where}: the contract has no body here")
            return None
        kind = (content_type or "").split(";")[0].strip()
        if kind not in content:
            raise Mismatch(f"{where}: content type {kind!r}, the contract has {sorted(content)}")
        return self.check_schema(where, content[kind]["schema"], body)

    def check_problem(self, where, status, body):
        """RFC 9457, wherever it comes from: also below paths whose other answers are not ours."""
        self.check_schema(where, self.document["components"]["schemas"]["Problem"], body)
        if body["status"] != status:
            raise Mismatch(f"{where}: the problem says status {body['status']}")

    def check_schema(self, where, schema, body):
        validator = Draft202012Validator(schema, resolver=self.resolver)
        faults = [f"{'/'.join(map(str, error.absolute_path)) or '(body)'}: {error.message[:300]}"
                  for error in validator.iter_errors(body)]
        if faults:
            raise Mismatch(f"{where}: " + "; ".join(faults[:5]))

    def check_answer(self, answer, streams=False):
        """An answer of the `requests` library; the body of one that streams is left alone."""
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        streams = streams and answer.ok
        body = "" if streams else answer.json() if re.search(r"\bjson$", kind) and answer.content else answer.text
        path = "/" + answer.url.split("://", 1)[1].split("/", 1)[1]
        self.check(answer.request.method, path, answer.status_code, kind, body)
        if kind == PROBLEM and answer.headers.get("X-Request-Id") != body["requestId"]:
            raise Mismatch(f"{path}: X-Request-Id is not the problem's requestId")

    def check_refusal(self, path, refused):
        """What came instead of an upgrade, as the `websocket` library raises it; it may keep the body to itself."""
        kind = (refused.resp_headers or {}).get("content-type", "")
        if (self.operation("GET", path.split("?")[0])[0] or "").endswith("/proxy/{path}"):
            return  # there a refusal is a Status, as kubectl reads it
        if kind != PROBLEM:
            raise Mismatch(f"GET {path} -> {refused.status_code}: content type {kind!r}, not {PROBLEM}")
        body = getattr(refused, "resp_body", None)
        if body:
            self.check("GET", path, refused.status_code, kind, json.loads(body))

    def watch(self, session):
        """Every answer of the session is judged from now on."""
        session.hooks["response"].append(lambda answer, *_, **how: self.check_answer(answer, how.get("stream", False)))
        return session

    def write_seen(self, file):
        """Each operation of the contract with the statuses that were judged; "-" where none was."""
        statuses = {}
        for entry in self.seen:
            operation, status = entry.rsplit(" ", 1)
            statuses.setdefault(operation, []).append(status)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w") as out:
            for path, item in self.document["paths"].items():
                for method in sorted(METHODS.intersection(item)):
                    name = f"{method.upper()} {path}"
                    out.write(f"{' '.join(sorted(statuses.get(name, ['-']))):16} {name}\n")


def validate_document(document):
    """Refuses references that lead nowhere and schemas that are none."""
    resolver = RefResolver("", document)

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                resolver.resolve(node["$ref"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS and "responses" not in operation:
                raise Mismatch(f"{method} {path} describes no answer")


if __name__ == "__main__":
    contract = Contract()
    validate_document(contract.document)
    print(f"{len(contract.paths)} paths, {len(contract.document['components']['schemas'])} schemas: sound")

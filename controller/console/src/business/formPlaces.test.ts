// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { STORAGE_CLASS_PLACES } from "../management/storage/storageClass";
import { placeBy, type Places } from "../ui/amiss";
import { configPlace } from "./config/data";
import { INGRESS_PLACES } from "./network/ingress";
import { SERVICE_PLACES } from "./network/service";
import { CLAIM_PLACES } from "./storage/claim";

const found = (places: Places, fields: Record<string, unknown>) => {
  for (const [field, place] of Object.entries(fields)) expect(placeBy(places, field), field).toEqual(place);
};

it("a Service's fields stand in its form", () => {
  found(SERVICE_PLACES, {
    "metadata.name": ["name"],
    "spec.ports[1].nodePort": ["ports", 1, "nodePort"],
    "spec.ports[0]": ["ports", 0, "port"],
    "spec.ports": ["ports"],
    "spec.selector": ["selector"],
    "spec.externalName": ["externalName"],
    "spec.clusterIP": ["type"],
    "spec.sessionAffinity": ["affinity"],
    "spec.healthCheckNodePort": undefined,
  });
});

it("an Ingress's fields stand in its form", () => {
  found(INGRESS_PLACES, {
    "spec.ingressClassName": ["className"],
    "spec.rules[1].host": ["rules", 1, "host"],
    "spec.rules[1].http.paths[2].path": ["rules", 1, "paths", 2, "path"],
    "spec.rules[0].http.paths[0].pathType": ["rules", 0, "paths", 0, "pathType"],
    "spec.rules[0].http.paths[0].backend.service.name": ["rules", 0, "paths", 0, "service"],
    "spec.rules[0].http.paths[0].backend.service.port.number": ["rules", 0, "paths", 0, "port"],
    "spec.rules[0].http.paths[0].backend.servicePort": ["rules", 0, "paths", 0, "port"],
    "spec.rules[0].http.paths[0].backend": ["rules", 0, "paths", 0, "service"],
    "spec.tls[0].secretName": ["tls", 0, "secret"],
    "spec.tls[0].hosts[1]": ["tls", 0, "hosts"],
  });
});

it("a claim's and a storage class's fields stand in their forms", () => {
  found(CLAIM_PLACES, {
    "spec.resources.requests[storage]": ["size"],
    "spec.resources[storage]": ["size"],
    "spec.accessModes[0]": ["modes", 0],
    "spec.storageClassName": ["storageClass"],
  });
  found(STORAGE_CLASS_PLACES, {
    "metadata.name": ["name"],
    "metadata.annotations[slipway.io/access-modes]": ["accessModes"],
    provisioner: ["provisioner"],
    "parameters[a]": ["parameters"],
    volumeBindingMode: ["bindingMode"],
  });
});

it("a key of a ConfigMap or Secret stands in its row", () => {
  const values = {
    name: "x",
    entries: [
      { key: "a", value: "1" },
      { key: "tls.crt", value: "" },
      { key: "kept", kept: true },
    ],
  };
  const places = {
    "data[tls.crt]": ["entries", 1, "value"],
    "data.a": ["entries", 0, "value"],
    "data[kept]": ["entries", 2, "key"],
    "data[gone]": ["entries"],
  };
  for (const [field, place] of Object.entries(places)) expect(configPlace(field, values), field).toEqual(place);
  expect(configPlace("type", values)).toEqual(["type"]);
  expect(configPlace("immutable", values)).toBeUndefined();
});

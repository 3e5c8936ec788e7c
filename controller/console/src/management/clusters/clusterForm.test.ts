// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { isAddress, isEndpoint, mostWorkers, needs, networkFault, STANDARD, toRequest } from "./clusterForm";

describe("a new cluster", () => {
  it("has its limits by masters", () => {
    expect([1, 3, 5].map(mostWorkers)).toEqual([30, 100, 100]);
  });
  it("takes an address for each machine and one for the load balancer", () => {
    expect(needs({ ...STANDARD, masters: 1, workers: 2 })).toEqual({ machines: 3, balancers: 0, addresses: 3, volumes: 7, gib: 425 });
    expect(needs({ ...STANDARD, masters: 3, workers: 0 })).toMatchObject({ machines: 3, balancers: 1, addresses: 4, volumes: 9 });
  });
  it("knows node networks that cannot be", () => {
    const texts = ["10.0.0.0/16", "10.0.0.0", "10.0.0.1/16", "10.0.0.0/25", "10.0.0.0/7", "10.244.4.0/24", "10.96.0.0/16", "256.0.0.0/16", "010.0.0.0/16"];
    expect(texts.map(networkFault)).toEqual([undefined, "form", "host", "prefix", "prefix", "overlap", "overlap", "form", "form"]);
  });
  it("reads addresses and endpoints", () => {
    expect(["8.8.8.8", "8.8.8", "8.8.8.8.8", "a.b.c.d"].map(isAddress)).toEqual([true, false, false, false]);
    expect(["https://10.0.0.5:5000", "http://r.example/v2", "10.0.0.5:5000", "https://"].map(isEndpoint)).toEqual([true, true, false, false]);
  });
});

describe("toRequest", () => {
  it("leaves out what is left to the cloud", () => {
    expect(toRequest({ ...STANDARD, name: " a ", masterFlavor: " ", network: { cidr: "10.9.0.0/16", dnsServers: [] } })).toEqual({
      name: "a",
      runtime: "containerd",
      masters: 1,
      workers: 1,
      network: { dnsServers: [] },
      registries: [],
      storage: { system: { sizeGiB: 40 }, data: { sizeGiB: 100 }, etcd: { sizeGiB: 5 } },
    });
  });
  it("has the network that was chosen", () => {
    const network = { cidr: "10.9.0.0/16", dnsServers: ["1.1.1.1"] };
    expect(toRequest({ ...STANDARD, ownNetwork: true, network }).network).toEqual(network);
  });
});

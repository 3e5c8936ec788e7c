// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from "../../api/client";

type Request = Schemas["ClusterRequest"];

/** The form's values; they are named as the request's fields, so that the server's word of one finds its place. */
export interface ClusterForm {
  name: string;
  keyPair?: string;
  masters: 1 | 3 | 5;
  workers: number;
  masterFlavor?: string;
  workerFlavor?: string;
  storage: Record<Disk, { sizeGiB: number; type?: string }>;
  ownNetwork: boolean;
  network: { cidr?: string; dnsServers: string[] };
  registries: { host: string; endpoints: string[]; insecure?: boolean }[];
}

export type Disk = "system" | "data" | "etcd";

export const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const LONGEST_NAME = 40;
export const MASTERS = [1, 3, 5] as const;
export const LEAST_GIB: Record<Disk, number> = { system: 10, data: 10, etcd: 1 };
export const MOST_GIB = 65_536;

const WORKERS_OF_ONE_MASTER = 30;
const WORKERS_AT_CREATION = 100;
const SHORTEST_PREFIX = 8;
const LONGEST_PREFIX = 24;
/** The networks that every cluster has inside. */
const INNER = ["10.244.0.0/16", "10.96.0.0/16"];

/** The manual's values. */
export const STANDARD: ClusterForm = {
  name: "",
  masters: 1,
  workers: 1,
  storage: { system: { sizeGiB: 40 }, data: { sizeGiB: 100 }, etcd: { sizeGiB: 5 } },
  ownNetwork: false,
  network: { dnsServers: [] },
  registries: [],
};

/** How many workers a new cluster may have. */
export function mostWorkers(masters: number): number {
  return masters === 1 ? WORKERS_OF_ONE_MASTER : WORKERS_AT_CREATION;
}

function addressNumber(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function isAddress(text: string): boolean {
  return addressNumber(text) !== undefined;
}

function networkOf(cidr: string): { from: number; size: number; prefix: number } | undefined {
  const [address, bits, ...more] = cidr.split("/");
  const from = addressNumber(address);
  if (from === undefined || more.length > 0 || !/^[0-9]{1,2}$/.test(bits ?? "") || Number(bits) > 32) return undefined;
  return { from, size: 2 ** (32 - Number(bits)), prefix: Number(bits) };
}

/** What is wrong with a node network. */
export function networkFault(cidr: string): "form" | "prefix" | "host" | "overlap" | undefined {
  const network = networkOf(cidr);
  if (!network) return "form";
  if (network.prefix < SHORTEST_PREFIX || network.prefix > LONGEST_PREFIX) return "prefix";
  if (network.from % network.size !== 0) return "host";
  for (const inner of INNER) {
    const other = networkOf(inner);
    if (other && network.from < other.from + other.size && other.from < network.from + network.size) return "overlap";
  }
  return undefined;
}

export function isRegistryHost(text: string): boolean {
  return /^[A-Za-z0-9.:-]+$/.test(text);
}

export function isEndpoint(text: string): boolean {
  return /^https?:\/\/[A-Za-z0-9.:-]+(\/[^"\\\s]*)?$/.test(text);
}

/** What a new cluster takes of the cloud. */
export function needs({ masters, workers, storage }: Pick<ClusterForm, "masters" | "workers" | "storage">) {
  const machines = masters + workers;
  const balancers = masters > 1 ? 1 : 0;
  const gib = (disk: Disk) => storage[disk].sizeGiB || 0;
  return {
    machines,
    balancers,
    addresses: machines + balancers,
    volumes: machines * 2 + masters,
    gib: machines * (gib("system") + gib("data")) + masters * gib("etcd"),
  };
}

/** What is sent; what was left to the cloud is left out. */
export function toRequest(form: ClusterForm): Request {
  const disk = (name: Disk) => ({ sizeGiB: form.storage[name].sizeGiB, ...(form.storage[name].type?.trim() && { type: form.storage[name].type.trim() }) });
  return {
    name: form.name.trim(),
    runtime: "containerd",
    masters: form.masters,
    workers: form.workers,
    ...(form.keyPair && { keyPair: form.keyPair }),
    ...(form.masterFlavor?.trim() && { masterFlavor: form.masterFlavor.trim() }),
    ...(form.workerFlavor?.trim() && { workerFlavor: form.workerFlavor.trim() }),
    storage: { system: disk("system"), data: disk("data"), etcd: disk("etcd") },
    network: { ...(form.ownNetwork && form.network.cidr && { cidr: form.network.cidr.trim() }), dnsServers: form.network.dnsServers ?? [] },
    registries: (form.registries ?? []).map(({ host, endpoints, insecure }) => ({ host: host.trim(), endpoints, insecure: insecure ?? false })),
  };
}

// SPDX-License-Identifier: Apache-2.0
// What Kubernetes takes for names, keys and amounts; forms say so before the API server does.

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;
const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;

/** RFC 1123 label: names of applications, Services, containers, ports. */
export function isLabel(text: string): boolean {
  return text.length <= LONGEST_LABEL && LABEL.test(text);
}

/** RFC 1123 subdomain: names of most objects. */
export function isSubdomain(text: string): boolean {
  return text.length <= LONGEST_NAME && text.split(".").every((part) => LABEL.test(part));
}

/** Keys of labels and annotations: prefix/name. */
export function isLabelKey(text: string): boolean {
  const parts = text.split("/");
  if (parts.length > 2) return false;
  const name = parts[parts.length - 1];
  return (parts.length === 1 || isSubdomain(parts[0])) && name.length <= LONGEST_LABEL && QUALIFIED.test(name);
}

export function isLabelValue(text: string): boolean {
  return text === "" || (text.length <= LONGEST_LABEL && QUALIFIED.test(text));
}

/** Keys of ConfigMaps and Secrets. */
export function isDataKey(text: string): boolean {
  return text.length <= LONGEST_NAME && /^[-._a-zA-Z0-9]+$/.test(text) && text !== "." && text !== "..";
}

/** Names of environment variables, as Kubernetes 1.20 takes them. */
export function isVariable(text: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text);
}

/** resource.Quantity, not negative. */
export function isQuantity(text: string): boolean {
  return /^\+?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+|[KMGTPE]i|[mkMGTPE])?$/.test(text);
}

/** A whole number or a share, of roll-outs: 1, 25%. */
export function isCountOrShare(text: string): boolean {
  return /^\d+%?$/.test(text);
}

const CRON_FIELD = /^(\*|[0-9]+(-[0-9]+)?|[a-zA-Z]{3}(-[a-zA-Z]{3})?)(\/[0-9]+)?(,(\*|[0-9]+(-[0-9]+)?|[a-zA-Z]{3}(-[a-zA-Z]{3})?)(\/[0-9]+)?)*$/;

/** Five fields of cron, or a name for them. */
export function isSchedule(text: string): boolean {
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/.test(text)) return true;
  const fields = text.trim().split(/\s+/);
  return fields.length === 5 && fields.every((field) => field === "?" || CRON_FIELD.test(field));
}

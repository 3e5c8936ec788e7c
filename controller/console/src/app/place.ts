// SPDX-License-Identifier: Apache-2.0
import { useParams } from "react-router";
import { ALL } from "./paths";

/** Where a page of the business view is. */
export interface Place {
  cluster: string;
  /** As in the address: a name, or ALL. */
  segment: string;
  /** A name; undefined: all namespaces. */
  namespace?: string;
}

/** The place in the address of a page of the business view. */
export function usePlace(): Place {
  const { cluster = "", namespace = ALL } = useParams();
  return { cluster, segment: namespace, namespace: namespace === ALL ? undefined : namespace };
}

// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { UnknownPage } from "../app/PageFault";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import { ConfigForm } from "./config/ConfigForm";
import { PullSecretForm } from "./config/PullSecretForm";
import { isWorkload } from "./kinds";
import { IngressForm } from "./network/IngressForm";
import { ServiceForm } from "./network/ServiceForm";
import { ClaimForm } from "./storage/ClaimForm";
import { type KindChange, type Planned, WizardPage } from "./wizard/WizardPage";

/** The form of a new object of the kind that the address names. */
export function CreatePage() {
  const { resource = "" } = useParams();
  const go = useNavigate();
  const { cluster, segment } = usePlace();
  // several workloads may be made in one go, of several kinds: they wait here until the last one is filled in
  const [planned, plan] = useState<Planned[]>([]);
  const [begun, begin] = useState<{ draft?: Planned; turned?: KindChange; times: number }>({ times: 0 });
  if (isWorkload(resource)) {
    return (
      <WizardPage
        key={`${resource}/${begun.times}`}
        kind={resource}
        editing={false}
        plans={{
          planned,
          draft: begun.draft?.kind === resource ? begun.draft : undefined,
          add: (one) => {
            plan([...planned, one]);
            begin({ times: begun.times + 1 });
          },
          change: (at, present) => {
            const draft = planned[at];
            plan(planned.flatMap((one, index) => (index === at ? (present ?? []) : one)));
            begin({ draft, times: begun.times + 1 });
            if (draft.kind !== resource) void go(paths.create(cluster, segment, draft.kind), { replace: true });
          },
          settle: (all, isPresentMade) => {
            plan(all);
            if (isPresentMade) begin({ times: begun.times + 1 });
          },
          become: (draft, turned) => {
            begin({ draft, turned, times: begun.times + 1 });
            void go(paths.create(cluster, segment, draft.kind, draft.form.application), { replace: true });
          },
          turned: begun.draft?.kind === resource ? begun.turned : undefined,
          drop: (at) => plan(planned.filter((_, index) => index !== at)),
        }}
      />
    );
  }
  switch (resource) {
    case "services":
      return <ServiceForm editing={false} />;
    case "ingresses":
      return <IngressForm editing={false} />;
    case "configmaps":
    case "secrets":
      return <ConfigForm key={resource} resource={resource} editing={false} />;
    case "pull-secrets":
      return <PullSecretForm />;
    case "persistentvolumeclaims":
      return <ClaimForm editing={false} />;
    default:
      return <UnknownPage />;
  }
}

/** The form of an object that there is. */
export function EditPage({ resource }: { resource: "services" | "ingresses" | "configmaps" | "secrets" | "persistentvolumeclaims" }) {
  switch (resource) {
    case "services":
      return <ServiceForm editing />;
    case "ingresses":
      return <IngressForm editing />;
    case "persistentvolumeclaims":
      return <ClaimForm editing />;
    default:
      return <ConfigForm resource={resource} editing />;
  }
}

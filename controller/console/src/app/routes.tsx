// SPDX-License-Identifier: Apache-2.0
import type { ComponentType, ReactNode } from "react";
import { createBrowserRouter, Navigate, Outlet, type RouteObject, useMatch } from "react-router";
import { knowMe } from "../session/me";
import { BusinessHome, Home, ManagementHome } from "./Home";
import { LivePage } from "./LivePage";
import { BASE } from "./paths";
import { usePlace } from "./place";
import { PageFault, UnknownPage } from "./PageFault";
import { queries } from "./queries";
import { Waiting } from "./Waiting";

/**
 * A page whose code is fetched when it is first gone to. The router fetches it before it draws anything, beside whatever else it
 * waits for: a page that asked for its code while it is drawn would show a wheel first, which React then leaves there for 300 ms.
 */
function page<Name extends string, Module extends Record<Name, (props: never) => ReactNode>>(
  load: () => Promise<Module>,
  name: Name,
  ...[props]: Parameters<Module[Name]>
) {
  const given: object = props ?? {};
  const key = [name, ...Object.values(given)].join(); // one page of two kinds is two: nothing of the one is kept for the other
  return async () => {
    const Page = (await load())[name] as unknown as ComponentType<object>;
    return { element: <Page {...given} key={key} /> };
  };
}

/**
 * Pages of one cluster and namespace: nothing that one of them keeps, as rows chosen or a word given, is kept for another place. What
 * is filled in of something new goes along to another namespace.
 */
function PlacePages() {
  const { cluster, segment } = usePlace();
  const isNew = useMatch("/business/:cluster/:namespace/new/:resource") !== null;
  return <Outlet key={`${cluster}/${isNew ? "new" : segment}`} />;
}

/** Pages of the management view, by their path below it. */
const management: RouteObject[] = [
  { path: "clusters", lazy: page(() => import("../management/Clusters"), "Clusters") },
  { path: "clusters/new", lazy: page(() => import("../management/clusters/NewCluster"), "NewCluster") },
  { path: "clusters/:cluster/:tab?", lazy: page(() => import("../management/clusters/ClusterPage"), "ClusterPage") },
  { path: "clusters/:cluster/nodes/:node/:tab?", lazy: page(() => import("../management/nodes/NodePage"), "NodePage") },
  { path: "namespaces", lazy: page(() => import("../management/namespaces/Namespaces"), "Namespaces") },
  { path: "namespaces/new", lazy: page(() => import("../management/namespaces/NewNamespace"), "NewNamespace") },
  { path: "namespaces/:cluster/:namespace", lazy: page(() => import("../management/namespaces/NamespacePage"), "NamespacePage") },
  { path: "departments", lazy: page(() => import("../management/tenancy/Departments"), "Departments") },
  { path: "departments/:department", lazy: page(() => import("../management/tenancy/Departments"), "DepartmentPage") },
  { path: "projects", lazy: page(() => import("../management/tenancy/Projects"), "Projects") },
  { path: "projects/:project/:tab?", lazy: page(() => import("../management/tenancy/ProjectPage"), "ProjectPage") },
  { path: "users", lazy: page(() => import("../management/tenancy/Users"), "Users") },
  { path: "users/:user", lazy: page(() => import("../management/tenancy/UserPage"), "UserPage") },
  { path: "audit", lazy: page(() => import("../management/audit/Audit"), "Audit") },
  { path: "recordings", lazy: page(() => import("../management/recordings/Recordings"), "Recordings") },
  { path: "settings/:tab?", lazy: page(() => import("../management/settings/Settings"), "Settings") },
  { path: "storageClasses", lazy: page(() => import("../management/storage/StorageClasses"), "StorageClasses") },
  { path: "operations", lazy: page(() => import("../management/operations/Operations"), "Operations") },
  { path: "operations/:operation", lazy: page(() => import("../management/operations/Operations"), "OperationPage") },
];

/** Pages of the business view, by their path below cluster and namespace. */
const business: RouteObject[] = [
  { path: "applications", lazy: page(() => import("../business/applications/Applications"), "Applications") },
  { path: "applications/:name/:tab?", lazy: page(() => import("../business/applications/ApplicationPage"), "ApplicationPage") },
  { path: "deployments", lazy: page(() => import("../business/Workloads"), "Workloads", { kind: "deployments" }) },
  { path: "statefulsets", lazy: page(() => import("../business/Workloads"), "Workloads", { kind: "statefulsets" }) },
  { path: "daemonsets", lazy: page(() => import("../business/Workloads"), "Workloads", { kind: "daemonsets" }) },
  { path: "jobs", lazy: page(() => import("../business/Workloads"), "Jobs") },
  { path: "cronjobs", lazy: page(() => import("../business/Workloads"), "CronJobs") },
  { path: "services", lazy: page(() => import("../business/Network"), "Services") },
  { path: "ingresses", lazy: page(() => import("../business/Network"), "Ingresses") },
  { path: "configmaps", lazy: page(() => import("../business/Config"), "ConfigMaps") },
  { path: "secrets", lazy: page(() => import("../business/Config"), "Secrets") },
  { path: "persistentvolumeclaims", lazy: page(() => import("../business/Claims"), "Claims") },
  { path: "events", lazy: page(() => import("../business/Events"), "Events") },
  { path: "intents", lazy: page(() => import("../business/Intents"), "Intents") },
  { path: "services/:name/:tab?", lazy: page(() => import("../business/network/NetworkPages"), "ServicePage") },
  { path: "ingresses/:name/:tab?", lazy: page(() => import("../business/network/NetworkPages"), "IngressPage") },
  { path: "configmaps/:name/:tab?", lazy: page(() => import("../business/config/ConfigPage"), "ConfigPage", { resource: "configmaps" }) },
  { path: "secrets/:name/:tab?", lazy: page(() => import("../business/config/ConfigPage"), "ConfigPage", { resource: "secrets" }) },
  { path: "new/:resource", lazy: page(() => import("../business/CreatePage"), "CreatePage") },
  { path: "persistentvolumeclaims/:name/:tab?", lazy: page(() => import("../business/storage/ClaimPage"), "ClaimPage") },
  ...(["services", "ingresses", "configmaps", "secrets", "persistentvolumeclaims"] as const).map((kind) => ({
    path: `${kind}/:name/edit`,
    lazy: page(() => import("../business/CreatePage"), "EditPage", { resource: kind }),
  })),
  ...(["deployments", "statefulsets", "daemonsets", "cronjobs"] as const).map((kind) => ({
    path: `${kind}/:name/edit`,
    lazy: page(() => import("../business/wizard/WizardPage"), "WizardPage", { kind, editing: true }),
  })),
  { path: "deployments/:name/:tab?", lazy: page(() => import("../business/details/WorkloadPage"), "WorkloadPage", { kind: "deployments" }) },
  { path: "statefulsets/:name/:tab?", lazy: page(() => import("../business/details/WorkloadPage"), "WorkloadPage", { kind: "statefulsets" }) },
  { path: "daemonsets/:name/:tab?", lazy: page(() => import("../business/details/WorkloadPage"), "WorkloadPage", { kind: "daemonsets" }) },
  { path: "jobs/:name/:tab?", lazy: page(() => import("../business/details/BatchPages"), "JobPage") },
  { path: "cronjobs/:name/:tab?", lazy: page(() => import("../business/details/BatchPages"), "CronJobPage") },
  { path: "pods", lazy: page(() => import("../pods/Pods"), "Pods") },
  { path: "pods/:name/:tab?", lazy: page(() => import("../pods/PodDetails"), "PodDetails") },
  { path: "logs", lazy: page(() => import("../pods/MergedLogs"), "MergedLogs") },
  { path: "yaml", lazy: page(() => import("../yaml/ImportYaml"), "ImportYaml") },
  { path: "terminals", lazy: page(() => import("../pods/Terminals"), "Terminals") },
];

/** All places of the page; paths.ts makes their addresses. */
export const router = createBrowserRouter(
  [
    { path: "/sign-in", lazy: page(() => import("../session/SignIn"), "SignIn"), errorElement: <PageFault />, hydrateFallbackElement: <Waiting /> },
    { path: "/password", lazy: page(() => import("../session/Password"), "PasswordPage"), errorElement: <PageFault />, hydrateFallbackElement: <Waiting /> },
    {
      element: <LivePage />,
      loader: () => knowMe(queries),
      shouldRevalidate: () => false,
      errorElement: <PageFault />,
      hydrateFallbackElement: <Waiting />,
      children: [
        { index: true, element: <Home /> },
        { path: "management", children: [{ index: true, element: <ManagementHome /> }, ...management] },
        { path: "account/:tab?", lazy: page(() => import("../session/Account"), "Account") },
        { path: "business", element: <BusinessHome /> },
        {
          path: "business/:cluster/:namespace",
          element: <PlacePages />,
          children: [{ index: true, element: <Navigate to="applications" replace /> }, ...business],
        },
        { path: "*", element: <UnknownPage /> },
      ],
    },
  ],
  { basename: BASE },
);

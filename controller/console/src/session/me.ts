// SPDX-License-Identifier: Apache-2.0
import { type QueryClient, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { App } from "antd";
import { BASE, paths } from "../app/paths";
import { api, client, type Schemas } from "../api/client";

const SIGNED_OUT = 401;

export type User = Schemas["User"];

const ME = api.queryOptions("get", "/api/v1/me", {}, { staleTime: 60_000 });

/** Asks who is signed in, unless it is known. */
export async function knowMe(queries: QueryClient) {
  await queries.query({ ...ME, staleTime: "static" });
  return null;
}

/** Who is signed in. Pages inside the frame have a user. */
export function useMe(): User {
  return useSuspenseQuery(ME).data.user;
}

/** Whether the user has the management view. */
export function manages(user: User): boolean {
  return user.role === "administrator" || user.role === "department_administrator";
}

/** Whether the user may change anything anywhere. */
export function onlyReads(user: User): boolean {
  return user.role === "read_only" || (user.role === "project_member" && user.projects.every((project) => project.role === "read_only"));
}

/** Ends the session, here and at the controller. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  const { message } = App.useApp();
  return async () => {
    const { error } = await client.POST("/api/v1/logout");
    if (error && error.status !== SIGNED_OUT) return void message.error(error.detail); // the session lives: whoever comes next would be this user
    queries.clear();
    window.location.assign(BASE + paths.signIn);
  };
}

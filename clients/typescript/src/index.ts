import createClient, { type Client, type ClientOptions } from "openapi-fetch";
import type { components, operations, paths } from "./schema.js";

export type { components, operations, paths };

/** Names of the schemas, such as `Schemas["registry.ResidentView"]`. */
export type Schemas = components["schemas"];
/** An error answer (RFC 9457); the page under `type` explains it. */
export type Problem = Schemas["Problem"];

/** A client of the platform at `baseUrl`, as the person or partner whose access token is given. */
export function createBakhong(baseUrl: string, token?: string, options: ClientOptions = {}): Client<paths> {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  return createClient<paths>({ baseUrl, headers, ...options });
}

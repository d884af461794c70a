// The built-in methods by name. Light: what computes is loaded when a method is made.

import type { Method, OwnConfig, Shape } from "../method.ts";
import * as list from "./list.ts";

type Listed = (typeof list)[keyof typeof list];

export type MethodName = Listed["name"];

/** The built-in methods with their types. */
export type Methods = { readonly [Name in MethodName]: Extract<Listed, { readonly name: Name }> };

/** The method of a configuration that names none, whose presets are the defaults. */
export const DEFAULT_METHOD = "datadam" satisfies MethodName;

export const methods = Object.fromEntries(Object.values(list).map((method) => [method.name, method])) as Methods;

/** The built-in method of a name; undefined where there is none. */
export function methodNamed(name: unknown): Method | undefined {
  return typeof name === "string" && Object.hasOwn(methods, name) ? methods[name as MethodName] : undefined;
}

/** The values of a method's own keys. */
export type OwnOf<M> = M extends Method<string, infer Keys extends Shape, infer _Own, string> ? OwnConfig<Keys> : never;

/** The same once nothing is `"auto"`. */
export type ResolvedOwnOf<M> = M extends Method<string, infer _Keys extends Shape, infer Own, string> ? Own : never;

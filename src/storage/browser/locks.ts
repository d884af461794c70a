// Who is alone at work, over all pages and workers of a site: Web Locks.

import type { Owner } from "../types.ts";

const PREFIX = "datadam:";

/** Works while nobody else of this site works under the same name. */
export function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(`${PREFIX}${name}`, work) as Promise<T>;
}

/** An owner of claims that lives as long as this page or worker does. */
export async function thisPage(): Promise<Owner> {
  const id = crypto.randomUUID();
  await new Promise<void>((held) => {
    // Held until the page or worker ends.
    navigator.locks.request(`${PREFIX}owner:${id}`, () => {
      held();
      return new Promise(() => {});
    });
  });
  return { id, host: "this browser" };
}

/** Whether owners that {@link thisPage} made are alive now: true, false, or undefined for others. */
export async function livingPages(): Promise<(owner: Owner) => boolean | undefined> {
  const { held = [] } = await navigator.locks.query();
  const names = new Set(held.map(({ name }) => name));
  return ({ id, host }) => (host === "this browser" ? names.has(`${PREFIX}owner:${id}`) : undefined);
}

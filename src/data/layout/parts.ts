// Which parts of a data set are for training and for testing, where it has a validation part.

import { counted } from "../../counted.ts";
import type { ResolvedOptions } from "../options.ts";
import type { PartName } from "./words.ts";

/** What a part is used for. Absent where it is left out. */
export type Roles = Readonly<Record<PartName, "train" | "test" | undefined>>;

/** How many images each part has. */
export type PartCounts = Readonly<Record<PartName, number>>;

/**
 * The test part is for testing. A validation part is for testing where there is no test part, else it is left out
 * with a warning, unless the option `valPart` says what it is for.
 */
export function rolesOf(
  root: string,
  counts: PartCounts,
  { valPart, onWarning }: Pick<ResolvedOptions, "valPart" | "onWarning">,
): Roles {
  const both = counts.val > 0 && counts.test > 0;
  const val = { leave: undefined, train: "train", test: "test" } as const;
  const roles: Roles = {
    train: "train",
    val: valPart === undefined ? (both ? undefined : "test") : val[valPart],
    test: both && valPart === "test" ? undefined : "test",
  };
  if (both && valPart === undefined) {
    onWarning(
      `"${root}" has a test part, so its validation part (${counted(counts.val, "image")}) was left out; ` +
        '`valPart: "test"` or `valPart: "train"` uses it',
    );
  }
  return roles;
}

// Commands are typed by their options: one that is renamed where it is defined does not compile where it is used.

import { expect, it } from "vitest";
import { choice, command, flag, value } from "../../src/cli/command.ts";

it("hands a command the flags of its options, parsed, and knows no others", async () => {
  const seen: unknown[] = [];
  const made = command({
    name: "count",
    summary: "counts",
    options: {
      networkCount: value("<n>", "networks", Number),
      format: choice("<name>", "of what is printed", ["csv", "json"]),
      loud: flag("in capitals"),
    },
    run(flags) {
      const count: number | undefined = flags.networkCount;
      const format: "csv" | "json" | undefined = flags.format;
      seen.push(count, format, flags.loud);
      // @ts-expect-error: the option is called networkCount
      seen.push(flags.networks);
      // @ts-expect-error: it is a number
      const text: string | undefined = flags.networkCount;
      seen.push(text);
    },
  });
  await made.exitOverride().parseAsync(["--network-count", "3", "--format", "csv"], { from: "user" });
  expect(seen).toEqual([3, "csv", undefined, undefined, 3]);
});

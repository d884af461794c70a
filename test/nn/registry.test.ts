// What follows from the list of architectures: names, keys of configurations, and that help need not wait for them.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import * as z from "zod";
import { architectureNames, architectures, networkKeys } from "../../src/nn/index.ts";
import { networkKeyShape } from "../../src/nn/networkKeys.ts";

const schema = z.strictObject(networkKeyShape);

it("names each architecture as its facts do, and says what it is", () => {
  for (const name of architectureNames) {
    expect(architectures[name].facts.name).toBe(name);
    expect(architectures[name]().name).toBe(name);
    expect(architectures[name].facts.summary).toMatch(/^\S.{8,}/);
  }
});

it("makes a configuration key of every option, which says whose it is", () => {
  expect(Object.keys(networkKeyShape)).toEqual(["arch", ...networkKeys]);
  for (const name of architectureNames) {
    for (const key of Object.keys(architectures[name].options)) {
      expect(networkKeyShape[key as "depth"].description).toContain(`${name}: `);
    }
  }
  const auto = { width: "auto", depth: "auto", activation: "auto", pooling: "auto" };
  expect(schema.parse({})).toEqual({ arch: "convnet", norm: "instance", ...auto });
});

it.each([
  [{ depth: 0 }, "depth"],
  [{ depth: 17 }, "depth"],
  [{ depth: 2.5 }, "depth"],
  [{ activation: "gelu" }, "activation"],
  [{ width: 0 }, "width"],
  [{ arch: "resnet19" }, "arch"],
])("refuses %j", (values, key) => {
  const { error } = schema.safeParse(values);
  expect(error!.issues.map(({ path }) => path[0])).toEqual([key]);
});

it("is light: neither a package nor the writer of programs is imported with it", () => {
  const seen = new Set<string>();
  const packages: string[] = [];
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const statements = readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)";/gms);
    for (const [, specifier] of statements) {
      if (specifier.startsWith(".")) visit(resolve(dirname(file), specifier));
      else packages.push(specifier);
    }
  };
  visit(fileURLToPath(new URL("../../src/nn/index.ts", import.meta.url)));
  expect(packages).toEqual([]);
  expect(seen.size).toBeGreaterThan(20);
  expect([...seen].filter((file) => file.endsWith("/compile.ts"))).toEqual([]);
});

// Cutting a recorded computation in two.

import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { add, compile, exp, input, mul, substitute, sum } from "../../src/tensor/index.ts";
import { draw } from "./values.ts";

const engine = await createEngine({ workers: 1 });
afterAll(() => engine.close());

const x = input("x", [3, 4]);
const middle = exp(mul(x, 0.5));
const outputs = { total: sum(add(middle, x)), squares: mul(middle, middle) };

describe("substitute", () => {
  test("gives the same numbers from a part's result as from the whole", async () => {
    const feeds = { x: draw("normal", 12, "x") };
    const whole = await engine.run(compile("whole", outputs), feeds);
    const first = await engine.run(compile("first", { middle }), feeds);
    const rest = compile("rest", substitute(outputs, new Map([[middle, input("middle", middle.shape)]])));
    expect(await engine.run(rest, { ...feeds, middle: first.middle })).toEqual(whole);
  });

  test("drops what only led to what is given", () => {
    const cut = substitute({ squares: outputs.squares }, new Map([[middle, input("middle", [3, 4])]]));
    expect(compile("cut", cut).inputs.map(({ name }) => name)).toEqual(["middle"]);
  });

  test("leaves alone what does not depend on it", () => {
    expect(substitute({ middle, x }, new Map())).toEqual({ middle, x });
    const { total } = substitute({ total: outputs.total }, new Map([[outputs.squares, input("s", [3, 4])]]));
    expect(total).toBe(outputs.total);
  });

  test("refuses another shape", () => {
    expect(() => substitute(outputs, new Map([[middle, input("m", [4, 3])]]))).toThrow(
      "substitute: [4, 3] given for [3, 4]",
    );
  });
});

// One check for every operation: values on each device, first and second derivatives, from one line.

import { expect, test } from "vitest";
import { add, compile, grad, input, mul, type Shape, sum, type Tensor, vjp } from "../../src/tensor/index.ts";
import { interpret } from "../support/interpreter.ts";
import type { DeviceUnderTest } from "./devices.ts";
import { type Draw, difference, dot, dotScale, draw } from "./values.ts";

export type Traced = Readonly<Record<string, Tensor>>;

export interface Operation {
  /** Shapes of its inputs; with how to draw them where it is not `normal`. */
  readonly inputs: Readonly<Record<string, Shape | readonly [Draw, Shape]>>;
  readonly f: (inputs: Traced) => Tensor;
  /** Derivatives are not compared to differences: the operation is not smooth at these inputs. */
  readonly kinks?: boolean;
}

interface Derivatives {
  readonly outputs: Record<string, Tensor>;
  readonly first: readonly Tensor[];
  readonly second: readonly Tensor[];
  /** `sum(y * cotangent)` and `sum(first * direction)`: what the derivatives are of. */
  readonly objective: Tensor;
  readonly inner: Tensor;
}

/** Traces `f`, its gradient along a cotangent, and the gradient of a linear function of that gradient. */
export function derivatives(variables: Traced, y: Tensor): Derivatives {
  const names = Object.keys(variables);
  const wrt = Object.values(variables);
  const cotangent = input("cotangent", y.shape);
  const first = vjp(y, cotangent, wrt);
  const inner = names
    .map((name, i) => sum(mul(first[i], input(`direction_${name}`, wrt[i].shape))))
    .reduce((a, b) => add(a, b));
  const second = grad(inner, [...wrt, cotangent]);
  const labelled = (prefix: string, list: readonly Tensor[]): [string, Tensor][] =>
    list.map((tensor, i) => [`${prefix}_${names[i] ?? "cotangent"}`, tensor]);
  return {
    outputs: { y, ...Object.fromEntries([...labelled("first", first), ...labelled("second", second)]) },
    first,
    second,
    objective: sum(mul(y, cotangent)),
    inner,
  };
}

/** Central difference of `of` along `along`, a step of every named input at once. */
function slope(of: Tensor, feeds: Record<string, Float32Array>, along: Record<string, Float64Array>): number {
  const h = 1e-4;
  const at = (factor: number): number => {
    const moved = Object.fromEntries(
      Object.entries(feeds).map(([name, data]) => [
        name,
        Float64Array.from(data, (x, i) => x + factor * h * (along[name]?.[i] ?? 0)),
      ]),
    );
    return interpret({ of }, moved).of[0];
  };
  // Fourth order: the error of differences stays below 1e-9.
  return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
}

function unitDirection(size: number, name: string): Float64Array {
  const d = Float64Array.from(draw("normal", size, `along ${name}`));
  const norm = Math.sqrt(dot(d, d));
  return d.map((x) => x / norm);
}

export function checkOperation(targets: readonly DeviceUnderTest[], name: string, operation: Operation): void {
  const entries = Object.entries(operation.inputs).map(([key, value]): [string, Draw, Shape] =>
    typeof value[0] === "string" ? [key, value[0], value[1] as Shape] : [key, "normal", value as Shape],
  );
  const trace = (): { d: Derivatives; feeds: Record<string, Float32Array> } => {
    const variables = Object.fromEntries(entries.map(([key, , shape]) => [key, input(key, shape)]));
    const y = operation.f(variables);
    const size = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);
    const feeds = Object.fromEntries(
      entries.flatMap(([key, kind, shape]) => [
        [key, draw(kind, size(shape), `${name} ${key}`)],
        [`direction_${key}`, draw("normal", size(shape), `${name} direction ${key}`)],
      ]),
    );
    return {
      d: derivatives(variables, y),
      feeds: { ...feeds, cotangent: draw("normal", y.size, `${name} cotangent`) },
    };
  };

  for (const { name: on, device, engine, tolerance } of targets) {
    test(`${name}: ${on} agrees with float64, with first and second derivatives`, async () => {
      const { d, feeds } = trace();
      const expected = interpret(d.outputs, feeds);
      const portable = compile("check", d.outputs);
      const deviceProgram = compile("check", d.outputs, { cpu: device === "cpu" });
      for (const program of deviceProgram.id === portable.id ? [portable] : [portable, deviceProgram]) {
        const needed = Object.fromEntries(program.inputs.map(({ name: key }) => [key, feeds[key]]));
        const actual = await engine.run(program, needed);
        for (const [key, values] of Object.entries(expected)) {
          expect(difference(actual[key], values), `${key}\n${actual[key]}\n${values}`).toBeLessThan(tolerance);
        }
      }
    });
  }
  if (operation.kinks) return;
  test(`${name}: derivatives agree with differences`, () => {
    const { d, feeds } = trace();
    const variables = entries.map(([key]) => key);
    const compare = (of: Tensor, gradients: readonly Tensor[], names: readonly string[]): void => {
      for (const [i, key] of names.entries()) {
        const gradient = interpret({ gradient: gradients[i] }, feeds).gradient;
        const along = unitDirection(gradient.length, `${name} ${key}`);
        const expected = slope(of, feeds, { [key]: along });
        const scale = Math.max(Math.abs(expected), dotScale(gradient, along), 1e-3);
        expect(
          Math.abs(dot(gradient, along) - expected) / scale,
          `${key}: ${dot(gradient, along)} ${expected}`,
        ).toBeLessThan(1e-6);
      }
    };
    compare(d.objective, d.first, variables);
    compare(d.inner, d.second, [...variables, "cotangent"]);
  });
}

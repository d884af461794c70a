// Steps: jobs one after the other, such as a bank, a distillation from it and its evaluation. Each is cut for itself,
// and put together before the next one begins.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import { lab } from "../../lab/index.ts";
import type { JobValue } from "../../lab/types.ts";
import { RESULT, stepFolder } from "../folder.ts";
import { type Join, STEPS } from "../types.ts";
import type { Cut, CutStage, CutTools } from "./types.ts";

/** Names are folders, and parts of names in Slurm and Kubernetes. */
const NAME = /^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/;

const schema = z.strictObject({
  kind: z.literal(STEPS),
  steps: z.record(z.string(), z.looseObject({ kind: z.string() })),
  classes: z.int().positive().optional().describe("How many there are: no step's data is read to count them."),
  execution: z.record(z.string(), z.unknown()).optional(),
});

/** @throws DatadamError INVALID_OPTION naming the step */
export async function cutSteps(
  value: unknown,
  tools: CutTools,
  cutOf: (job: JobValue, tools: CutTools) => Promise<Cut>,
): Promise<Cut> {
  const { steps, classes, execution } = parse(value);
  const stages: CutStage[] = [];
  const notes: string[] = [];
  const known = new Map<string, number | undefined>();
  let first = 0;
  for (const [name, written] of Object.entries(steps)) {
    const used: string[] = [];
    const job = inStep(name, () => {
      const resolved = withPlaces(written, tools.place, known, used) as object;
      return lab.job(execution === undefined ? resolved : { ...resolved, execution });
    });
    // A bank that is not there yet has the classes that it is cut by.
    const counted = classes ?? used.map((one) => known.get(one)).find((count) => count !== undefined);
    const place = `${tools.place}/${stepFolder(name)}`;
    const cut = await cutOf(job, { ...tools, place, classes: counted });
    const own = stagesOf(name, job, cut, first);
    stages.push(...own);
    first += own.reduce((sum, { count }) => sum + count, 0);
    notes.push(...cut.notes.map((note) => `${name}: ${note}`));
    known.set(name, cut.classes);
  }
  return { by: STEPS, notes, stages, join: { how: "steps", names: [...known.keys()] } };
}

/** The stages of a step, its whole among them, whose jobs have numbers from `base` on in the plan. */
function stagesOf(name: string, job: JobValue, { stages, join }: Cut, base: number): CutStage[] {
  const own = stages.map((stage, i): CutStage => {
    const { out } = stage;
    return {
      ...stage,
      name: i === stages.length - 1 ? name : `${name}-${stage.name}`,
      ...(out !== undefined && { out: `${stepFolder(name)}/${out}` }),
      piece: (number) => {
        const piece = stage.piece(number);
        return { ...piece, title: `${name}: ${piece.title}` };
      },
    };
  });
  if (join.how === "whole") return own;
  const shifted: Join = "first" in join ? { ...join, first: base + join.first } : join;
  const piece = { title: `${name}: the whole`, job, join: shifted };
  return [
    ...own,
    { name: `${name}-whole`, count: 1, gathers: true, out: `${stepFolder(name)}/${RESULT}`, piece: () => piece },
  ];
}

/** A job in which `@NAME` is the folder of an earlier step's whole. */
function withPlaces(value: unknown, place: string, known: ReadonlyMap<string, unknown>, used: string[]): unknown {
  if (typeof value === "string" && value.startsWith("@")) {
    const name = value.slice(1);
    if (!known.has(name)) throw new DatadamError("INVALID_OPTION", `there is no step "${name}" before it`);
    used.push(name);
    return `${place}/${stepFolder(name)}/${RESULT}`;
  }
  if (Array.isArray(value)) return value.map((one) => withPlaces(one, place, known, used));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withPlaces(one, place, known, used)]));
}

function parse(value: unknown): z.infer<typeof schema> {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new DatadamError("INVALID_OPTION", `These are no steps:\n${z.prettifyError(result.error)}`, {
      hint: '{ "kind": "steps", "steps": { "NAME": { a job }, ... } }',
    });
  }
  const names = Object.keys(result.data.steps);
  if (names.length === 0) throw new DatadamError("INVALID_OPTION", "There are no steps");
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong === undefined) return result.data;
  throw new DatadamError("INVALID_OPTION", `A step cannot be called ${JSON.stringify(wrong)}`, {
    hint: "Take at most 16 small letters, digits and hyphens, a letter first.",
  });
}

function inStep<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    const { code, message, hint } = error;
    throw new DatadamError(code, `step ${name}: ${message}`, { cause: error, ...(hint !== undefined && { hint }) });
  }
}

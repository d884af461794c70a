// A plan as Jobs of Kubernetes: an indexed one for each stage, and a collector.

import { DatadamError } from "../errors.ts";
import type { Json } from "../lab/types.ts";
import { countOf } from "./folder.ts";
import type { Needs, Plan, Stage } from "./types.ts";

export interface KubernetesOptions {
  /** Of the plan, in names. */
  readonly name: string;
  readonly image: string;
  /** A PersistentVolumeClaim that all pods mount. */
  readonly claim: string;
  /** Where it is mounted. The plan lies below. */
  readonly mount: string;
  readonly namespace?: string | undefined;
  /** Words of a pod that does the job of `JOB_COMPLETION_INDEX` and a number, and of the collector. */
  readonly work: (first: number) => readonly string[];
  readonly collect: readonly string[];
  /** Pods at once of a stage. */
  readonly atOnce: number;
  /** How often a job that failed is tried again. */
  readonly retries: number;
}

/** The most completions of an indexed Job that keeps to its parallelism. */
const MOST = 100_000;
/** Seconds that a pod has between SIGTERM and SIGKILL, for its checkpoint. */
const GRACE = 120;
/** What a worker ends with to be started again. */
const AGAIN = 75;
const CONTAINER = "datadam";
const VOLUME = "data";

/** The manifests of a plan, as one list. @throws DatadamError INVALID_OPTION where a name is none of Kubernetes */
export function manifests(plan: Plan, options: KubernetesOptions): Json {
  const name = `datadam-${options.name}`;
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new DatadamError("INVALID_OPTION", `${JSON.stringify(options.name)} is no part of a name in Kubernetes`, {
      hint: "Take a folder whose name has at most 24 small letters, digits and hyphens.",
    });
  }
  const stages = plan.stages.flatMap((stage) => partsOf(stage).map((part) => indexedJob(name, part, options)));
  return { apiVersion: "v1", kind: "List", items: [...stages, collector(name, plan, options)] };
}

function partsOf(stage: Stage): Stage[] {
  return Array.from({ length: Math.ceil(stage.count / MOST) }, (_, i) => ({
    ...stage,
    first: stage.first + i * MOST,
    count: Math.min(MOST, stage.count - i * MOST),
  }));
}

function indexedJob(name: string, { name: stage, first, count, needs }: Stage, options: KubernetesOptions): Json {
  const { atOnce, retries, work } = options;
  const metadata = metadataOf(`${name}-${stage}-${first}`, name, options);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: {
      completionMode: "Indexed",
      completions: count,
      parallelism: Math.min(atOnce, count),
      backoffLimitPerIndex: retries,
      maxFailedIndexes: count,
      podFailurePolicy: ignoring([AGAIN]),
      template: template(metadata.labels, work(first), needs, options),
    },
  };
}

function collector(name: string, plan: Plan, options: KubernetesOptions): Json {
  const metadata = metadataOf(`${name}-collect`, name, options);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, annotations: { "datadam/jobs": String(countOf(plan)) } },
    spec: {
      backoffLimit: options.retries,
      podFailurePolicy: ignoring([AGAIN]),
      template: template(metadata.labels, options.collect, null, options),
    },
  };
}

function metadataOf(own: string, plan: string, { namespace }: KubernetesOptions) {
  return { name: own, ...(namespace && { namespace }), labels: { app: CONTAINER, "datadam/plan": plan } };
}

/** Pods that ended with these codes, or were evicted, are replaced, and count as no failure. */
function ignoring(values: readonly number[]): Json {
  return {
    rules: [
      { action: "Ignore", onExitCodes: { containerName: CONTAINER, operator: "In", values } },
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    ],
  };
}

function template(
  labels: Readonly<Record<string, string>>,
  args: readonly string[],
  needs: Needs | null,
  { image, claim, mount }: KubernetesOptions,
): Json {
  return {
    metadata: { labels },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: GRACE,
      containers: [
        {
          name: CONTAINER,
          image,
          args,
          workingDir: mount,
          ...(needs?.memory && { resources: { requests: { memory: `${Math.ceil(needs.memory / 2 ** 20)}Mi` } } }),
          volumeMounts: [{ name: VOLUME, mountPath: mount }],
        },
      ],
      volumes: [{ name: VOLUME, persistentVolumeClaim: { claimName: claim } }],
    },
  };
}

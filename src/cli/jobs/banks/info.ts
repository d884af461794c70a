// What a bank holds, for a person.

import { counted } from "../../../counted.ts";
import { type BankInfo, bankInfo, type Cost, type StatisticsInfo } from "../../../lab/index.ts";
import { folder } from "../../../lab/node/index.ts";
import { show } from "../../folders.ts";
import { duration } from "../../reporter.ts";
import type { Ui } from "../../ui.ts";

/** `bank info DIR` */
export async function describeBank(directory: string, ui: Ui): Promise<void> {
  const info = await bankInfo(folder(directory));
  ui.result(describe(info), info);
}

function describe({
  bank,
  dataset,
  network,
  zca,
  seed,
  training,
  classes,
  statistics,
  bytes,
  finished,
}: BankInfo): string {
  const { name, count, classNames, shape } = dataset;
  const whitened = zca === false ? "not whitened" : `whitened, eps ${zca.eps}`;
  const shard = classes === null ? "" : `; a shard of classes ${classes.join(", ")}`;
  const trained =
    training === null
      ? "random"
      : `trained for ${counted(training.epochs, "epoch")} (${training.protocol.name}), kept after epochs ` +
        training.snapshots.join(", ");
  const { name: arch, norm, width, depth } = network;
  const options = Object.entries({ norm, width, depth }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${value}`],
  );
  return [
    `${show(bank)}: ${finished ? "" : "not finished, "}${megabytes(bytes)}`,
    `data: ${name}, ${count} images in ${counted(classNames.length, "class", "classes")}, ${shape.join("x")}, ` +
      `${whitened}${shard}`,
    `networks: ${[arch, ...options].join(", ")}; ${trained}; seed ${seed}`,
    ...statistics.flatMap(describeStatistics),
  ].join("\n");
}

function describeStatistics({ id, spec, networks, draws, present, wanted, ...rest }: StatisticsInfo): string[] {
  const { quantities, images, sampling, augment, augmentMode, precision } = spec;
  const { bytes, nextNetwork, nextDraw } = rest;
  return [
    `statistics ${id}: ${present} of ${wanted} there (${counted(networks, "network")} x ${counted(draws, "draw")}), ` +
      megabytes(bytes),
    ...Object.values(quantities).map((what) => `  ${what}`),
    `  ${counted(images, "real image")} a class and draw, sampling ${sampling}, augment ${augment} (${augmentMode}), ` +
      precision,
    ...costLine("one more network", nextNetwork),
    ...costLine("one more draw of each network", nextDraw),
  ];
}

function costLine(what: string, cost: Cost | null): string[] {
  if (cost === null) return [];
  return [`  ${what}: ${megabytes(cost.bytes)}${cost.seconds === null ? "" : `, about ${duration(cost.seconds)}`}`];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
}

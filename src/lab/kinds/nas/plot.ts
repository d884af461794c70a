// What an architecture search found, as a picture.

import { figure, type Plot } from "../../../plots/index.ts";
import type { NasRecord, ProxyRecord } from "./record.ts";

/**
 * A panel a proxy: its accuracies over those of the reference; without a reference, from the best architecture to the
 * worst.
 */
export function nasPlot({ proxies, top }: NasRecord): string {
  const reference = proxies.find(({ topAgreement }) => topAgreement !== null) && proxies.at(-1)!;
  const others = reference === undefined ? proxies : proxies.filter((proxy) => proxy !== reference);
  if (reference === undefined || others.length === 0) return figure(proxies.map(falling));
  return figure(others.map((proxy) => scatter(proxy, reference, top)));
}

function scatter(proxy: ProxyRecord, reference: ProxyRecord, top: number): Plot {
  const known = new Map(reference.results.map(({ id, accuracy }) => [id, accuracy]));
  const points = proxy.results.flatMap(({ id, accuracy }) => {
    const x = known.get(id);
    return accuracy === null || x === undefined || x === null ? [] : [{ x, y: accuracy, label: id }];
  });
  const best = [...points].sort((a, b) => b.x - a.x).slice(0, Math.ceil(top * reference.results.length));
  const rho = proxy.agreement?.spearman.value;
  return {
    title: `${proxy.name}${rho === undefined || rho === null ? "" : `, Spearman ${rho.toFixed(2)}`}`,
    x: { label: "reference, % of validation images" },
    y: { label: "proxy, % of validation images" },
    series: [
      { name: "", style: "scatter", points: points.filter((point) => !best.includes(point)) },
      { name: `best ${Math.round(100 * top)} %`, style: "scatter", points: best },
    ],
  };
}

function falling({ name, results }: ProxyRecord): Plot {
  const accuracies = results.flatMap(({ accuracy, id }) => (accuracy === null ? [] : [{ accuracy, id }]));
  accuracies.sort((a, b) => b.accuracy - a.accuracy);
  return {
    title: name,
    x: { label: "architectures, the best first" },
    y: { label: "% of validation images" },
    series: [
      {
        name: "",
        style: "scatter",
        points: accuracies.map(({ accuracy: y, id: label }, i) => ({ x: i + 1, y, label })),
      },
    ],
  };
}

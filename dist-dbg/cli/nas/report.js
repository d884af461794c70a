// What an architecture search found, as a table and a picture.
import { figure } from "../../plots/index.js";
import { duration } from "../reporter.js";
import { table } from "../table.js";
/** A row a proxy, the reference last, and what the numbers are. */
export function nasTable(record) {
    const { proxies, spaceSize, candidates, reference, retrained } = record;
    const top = `best ${Math.round(100 * record.top)} %`;
    const header = [
        "proxy",
        "Spearman",
        "Kendall",
        `Spearman, ${top}`,
        "selected",
        "reference",
        "retrained",
        "images",
        "time",
        `all ${spaceSize}`,
    ];
    const rows = proxies.map((proxy) => [
        proxy.name,
        correlation(proxy.agreement?.spearman),
        correlation(proxy.agreement?.kendall),
        correlation(proxy.topAgreement?.spearman),
        proxy.selected.id,
        percent(proxy.selected.referenceAccuracy),
        percent(proxy.selected.testAccuracy),
        String(proxy.storedImages),
        duration(proxy.seconds),
        proxy.projectedSeconds === null ? "" : `~${duration(proxy.projectedSeconds)}`,
    ]);
    const diverged = proxies.filter((proxy) => proxy.diverged > 0);
    return [
        table(header, rows),
        "",
        `${candidates} of ${spaceSize} architectures, ${record.protocol.epochs} epochs on each set; accuracy on ${record.validationImages} images held out.`,
        reference === null
            ? "No reference ranking: --reference train makes one."
            : `Reference: ${reference.epochs} epochs on ${reference.images} images${reference.from === "train" ? "" : `, of ${reference.from}`}. Intervals: 95 %, bootstrap over architectures.`,
        ...(retrained === null
            ? []
            : [`Retrained: ${retrained.epochs} epochs on ${retrained.images} images, accuracy on the test images.`]),
        ...(proxies.some(({ projectedSeconds }) => projectedSeconds !== null)
            ? [`The time for all ${spaceSize} is projected from the measured ones by multiply-adds.`]
            : []),
        ...(diverged.length > 0
            ? [`Diverged (ranked last): ${diverged.map((proxy) => `${proxy.diverged} on ${proxy.name}`).join(", ")}.`]
            : []),
    ].join("\n");
}
function correlation(found) {
    if (found === undefined)
        return "";
    if (found.value === null)
        return "undefined";
    const { interval } = found;
    const range = interval === null ? "" : ` [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]`;
    return `${found.value.toFixed(2)}${range}`;
}
function percent(value) {
    return value === null ? "" : `${value.toFixed(1)} %`;
}
/** A panel a proxy: its accuracies over those of the reference; without a reference, from the best architecture to the worst. */
export function nasPlot({ proxies, top }) {
    const reference = proxies.find(({ topAgreement }) => topAgreement !== null) && proxies.at(-1);
    const others = reference === undefined ? proxies : proxies.filter((proxy) => proxy !== reference);
    if (reference === undefined || others.length === 0)
        return figure(proxies.map(falling));
    return figure(others.map((proxy) => scatter(proxy, reference, top)));
}
function scatter(proxy, reference, top) {
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
function falling({ name, results }) {
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
//# sourceMappingURL=report.js.map
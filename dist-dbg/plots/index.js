// Plots as SVG text: lines with error bands, scatters, several panels in a figure.
export { figure, plot } from "./plot.js";
export { ticks } from "./ticks.js";
//# sourceMappingURL=index.js.map
// Round numbers along an axis.

/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/**
 * Round numbers in `[low, high]`: steps of 1, 2 or 5 times a power of ten, about `count` of them; on a log axis powers
 * of ten, with 2 and 5 times those where there are fewer than three.
 */
export function ticks(low: number, high: number, count: number, scale: "linear" | "log" = "linear"): Tick[] {
  return scale === "log" ? logTicks(low, high) : linearTicks(low, high, count);
}

function linearTicks(low: number, high: number, count: number): Tick[] {
  const rough = (high - low) / Math.max(1, count);
  const power = Math.floor(Math.log10(rough));
  const distance = (step: number): number => Math.abs(Math.log(step / rough));
  const step = [1, 2, 5, 10]
    .map((factor) => Number(`${factor}e${power}`))
    .reduce((best, other) => (distance(other) < distance(best) ? other : best));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found: Tick[] = [];
  // Counted, not summed up: sums of 0.1 drift.
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    found.push({ value: i * step, label: plain(i * step, digits) });
  }
  return found;
}

function logTicks(low: number, high: number): Tick[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const at = (factors: readonly number[]): Tick[] =>
    Array.from({ length: last - first + 1 }, (_, i) => factors.map((factor) => Number(`${factor}e${first + i}`)))
      .flat()
      .filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
      .map((value) => ({ value, label: plain(value, Math.max(0, -Math.floor(Math.log10(value) + 1e-9))) }));
  const decades = at([1]);
  return decades.length >= 3 ? decades : at([1, 2, 5]);
}

/** Without an exponent where that is readable, with a true minus. */
function plain(value: number, digits: number): string {
  const large = Math.abs(value) >= 1e6 || digits > 6;
  const text = large ? value.toExponential().replace("e+", "e") : (Object.is(value, -0) ? 0 : value).toFixed(digits);
  return text.replace("-", "\u2212");
}

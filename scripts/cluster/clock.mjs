// Makes the clock of a process and of those that it starts wrong by CLOCK_SHIFT seconds:
//
//   NODE_OPTIONS="--import=file:///.../clock.mjs" CLOCK_SHIFT=3600 datadam worker ...
const shift = 1000 * Number(process.env.CLOCK_SHIFT ?? 0);
const RealDate = Date;
const now = () => RealDate.now() + shift;

globalThis.Date = new Proxy(RealDate, {
  construct: (_, words, made) => Reflect.construct(RealDate, words.length === 0 ? [now()] : words, made),
  apply: () => new RealDate(now()).toString(),
  get: (real, name, on) => (name === "now" ? now : Reflect.get(real, name, on)),
});

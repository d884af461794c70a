// Training protocols: their values, where the learning rate falls, and what is refused.

import { describe, expect, it } from "vitest";
import { convnet } from "../../src/nn/index.ts";
import {
  learningRate,
  type Protocol,
  parseProtocol,
  protocols,
  resolveProtocol,
  train,
} from "../../src/train/index.ts";

const brief: Protocol = { ...protocols.quick, name: "brief", epochs: 12, batch: 8 };

describe("protocols", () => {
  it("are found by name, and an unknown name says which are known", () => {
    expect(parseProtocol("dm")).toMatchObject({ epochs: 1000, batch: 256 });
    expect(parseProtocol("official")).toMatchObject({ epochs: 1800, batch: 64 });
    expect(() => parseProtocol("best")).toThrow('unknown protocol "best"');
    expect(() => parseProtocol({ ...brief, epochs: 0 })).toThrow("must be positive");
  });

  it.each<[object, string]>([
    [{ epochs: 0 }, "epochs, batch and lr must be positive, got 0, 8, 0.01"],
    [{ lr: Number.POSITIVE_INFINITY }, "epochs, batch and lr must be positive, got 12, 8, Infinity"],
    [{ momentum: undefined }, "momentum and weightDecay must be 0 or more, got undefined, 0.0005"],
    [{ schedule: undefined }, "schedule.kind must be milestones or every, got undefined"],
    [{ schedule: { kind: "every", factor: 0.5 } }, "schedule.epochs must be positive, got undefined"],
    [{ schedule: { kind: "milestones", factor: 0.5 } }, "schedule.at must list fractions of all epochs, got undefined"],
    [{ schedule: { kind: "every", epochs: 2 } }, "schedule.factor must be 0 or more, got undefined"],
    [{ always: 1 }, 'always must be a strategy or "none", got 1'],
    [{ cutmix: { probability: 1.5, beta: 1 } }, "cutmix.probability must be 0 to 1, got 1.5"],
    [{ cutmix: { beta: 1 } }, "cutmix.probability must be 0 to 1, got undefined"],
    [{ cutmix: null }, "cutmix.probability must be 0 to 1, got undefined"],
    [{ cutmix: { probability: 0.5, beta: 0 } }, "cutmix.beta must be above 0, got 0"],
    [{ cutmix: { probability: 0.5 } }, "cutmix.beta must be above 0, got undefined"],
    [{ augment: undefined }, 'augment must be a strategy, "auto" or "none", got undefined'],
  ])("of one's own are refused where they lack something: %o", (change, message) => {
    const protocol = { ...brief, ...change } as Protocol;
    expect(() => parseProtocol(protocol)).toThrow(`protocol brief: ${message}`);
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 1, width: 4 });
    const examples = { labels: new Uint16Array(3), shape: [1, 16, 16] as const, read: () => new Float32Array(768) };
    expect(() => train(examples, { network, protocol })).toThrow(message);
    const nameless = { ...protocol, name: undefined } as unknown as Protocol;
    expect(() => parseProtocol(nameless)).toThrow(`the protocol: ${message}`);
  });

  it.each(["auto", "autoaugment", "color_colour", "flip_flip"])("of one's own with always %s are refused", (always) => {
    expect(() => parseProtocol({ ...brief, always })).toThrow(/Unknown augmentation|comes twice/);
  });

  it("of IDC's family have what it trains with", () => {
    const { epochs, name, checks, ...idc } = protocols.idc;
    expect([epochs, checks, protocols["quick-idc"].epochs]).toEqual([1500, 250, 300]);
    expect(protocols["quick-idc"]).toEqual({ ...idc, name: "quick-idc", epochs: 300 });
    const shared = { batch: 64, lr: 0.01, momentum: 0.9, weightDecay: 5e-4, cutmix: { probability: 0.5, beta: 1 } };
    expect(idc).toMatchObject({ ...shared, always: "color_flip", augment: "crop_scale_rotate", norm: "instance" });
    expect(protocols.encoder).toMatchObject({ ...shared, epochs: 20, always: "color_crop", augment: "none" });
  });

  it("say their names, and the norm where their source does", () => {
    for (const [name, protocol] of Object.entries(protocols)) expect(protocol.name).toBe(name);
    expect(protocols.eccv2024.norm).toBe("instance");
    expect(protocols.dm.norm).toBeUndefined();
  });

  it("with an automatic augmentation have DSA's, without flip where a mirrored image changes its class", () => {
    expect(resolveProtocol(protocols.dm, true).augment).toBe("color_crop_cutout_flip_scale_rotate");
    expect(resolveProtocol(protocols.dm, false).augment).toBe("color_crop_cutout_scale_rotate");
    expect(resolveProtocol(protocols["dc-bench-autoaugment"], false).augment).toBe("autoaugment");
  });

  it("mirror no image always where that changes its class", () => {
    expect(resolveProtocol(protocols.idc, true)).toEqual(protocols.idc);
    expect(resolveProtocol(protocols.idc, false)).toEqual({ ...protocols.idc, always: "color" });
    expect(resolveProtocol({ ...brief, always: "flip" }, false).always).toBe("none");
    expect(resolveProtocol(protocols.encoder, false)).toEqual(protocols.encoder);
    expect(resolveProtocol(protocols.dm, false)).not.toHaveProperty("always");
  });
});

describe("the learning rate", () => {
  /** Epochs (from 0) with another rate than the one before, that rate, and whether momentum starts anew with it. */
  const changes = (protocol: Protocol): [epoch: number, rate: number, fresh: boolean][] =>
    Array.from({ length: protocol.epochs }, (_, epoch) => ({ epoch, ...learningRate(protocol, epoch) })).flatMap(
      ({ epoch, rate, fresh }) => {
        const before = epoch === 0 ? undefined : learningRate(protocol, epoch - 1).rate;
        return rate === before && !fresh ? [] : [[epoch, Number(rate.toPrecision(6)), fresh]];
      },
    );

  it("falls to a tenth at half, with fresh momentum, as in DM's and DataDAM's code", () => {
    const expected = (half: number): unknown => [
      [0, 0.01, false],
      [half, 0.001, true],
    ];
    expect(changes(protocols.dm)).toEqual(expected(500));
    expect(changes(protocols.official)).toEqual(expected(900));
    expect(changes(protocols.quick)).toEqual(expected(150));
    expect(changes(protocols.eccv2024)).toEqual(expected(500));
    expect(changes(protocols["dc-bench"])).toEqual(expected(500));
    expect(changes({ ...protocols.dm, epochs: 5 })).toEqual(expected(2)); // the milestone is rounded down
  });

  it("halves every 15 epochs, momentum kept, as in the paper's table", () => {
    const found = changes(protocols.paper);
    expect(found.slice(0, 4)).toEqual([
      [0, 0.01, false],
      [15, 0.005, false],
      [30, 0.0025, false],
      [45, 0.00125, false],
    ]);
    expect(found).toHaveLength(Math.ceil(1000 / 15));
  });

  it("of IDC's family falls to a fifth at two thirds and five sixths, momentum kept", () => {
    const expected = (first: number, second: number): unknown => [
      [0, 0.01, false],
      [first, 0.002, false],
      [second, 0.0004, false],
    ];
    expect(changes(protocols.idc)).toEqual(expected(1000, 1250));
    expect(changes(protocols["quick-idc"])).toEqual(expected(200, 250));
    expect(changes(protocols.encoder)).toEqual(expected(13, 16));
  });

  it("of a training on the whole set falls to a fifth at 50, 75 and 90 %, momentum kept", () => {
    expect(changes(protocols.whole)).toEqual([
      [0, 0.01, false],
      [15, 0.002, false],
      [22, 0.0004, false],
      [27, 0.00008, false],
    ]);
  });
});

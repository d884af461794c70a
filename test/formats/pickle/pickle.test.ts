import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DatadamError } from "../../../src/errors.ts";
import { decodePickle, type PickleValue } from "../../../src/formats/index.ts";

// Written by CPython 3.11 with NumPy 1.24, numpy2-* with NumPy 2.4: scripts/oracle/pickles.py
const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/pickles/${name}`, import.meta.url)));

const shared = [1, "two"];
const known: Record<string, PickleValue> = {
  none: null,
  flags: [true, false],
  ints: [0, 255, -1, 65535, 65536, -(2 ** 31), 2 ** 40, -(2n ** 70n)],
  floats: [0.1, -1e300, Infinity],
  text: "na\u00efve \u2603 \u{1f600} \\u0041 \\ '\"\n\t",
  bytes: Uint8Array.of(0, 255, 39, 34, 92, 10, 13, 9),
  "long bytes": Uint8Array.from({ length: 512 }, (_, i) => i % 256),
  tuples: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
  shared: [shared, shared],
  ordered: new Map([["b", 1], ["a", 2]]), // biome-ignore format: pairs
  u1: { dtype: "u1", shape: [2, 3], data: Uint8Array.of(0, 1, 2, 3, 4, 5) },
  big: { dtype: "f4", shape: [2], data: Float32Array.of(1.5, -2) },
  columns: { dtype: "i2", shape: [2, 3, 4], data: Int16Array.from({ length: 24 }, (_, i) => i) },
  bool: { dtype: "u1", shape: [2], data: Uint8Array.of(1, 0) },
  empty: { dtype: "f8", shape: [0, 3], data: new Float64Array(0) },
  scalar: 2.5,
  "scalar int": -(2 ** 40),
};
const latin1 = (value: PickleValue) => Buffer.from(value as Uint8Array).toString("latin1");
const python2 = {
  ...known,
  text: "na\u00efve \\ '\"\n\t",
  bytes: latin1(known.bytes),
  "long bytes": latin1(known["long bytes"]),
};

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "INVALID_DATA", message: expect.stringMatching(message) });

/** A pickle by hand: text by latin1. */
const bytes = (...parts: (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : part)));

describe("a pickle", () => {
  const names = [0, 1, 2, 3, 4, 5].map((p) => `python3-${p}`).concat("numpy2-2", "numpy2-5");
  test.each(names)("is read as Python and NumPy wrote it: %s", (name) => {
    expect(decodePickle(fixture(`${name}.pickle`))).toEqual(new Map(Object.entries(known)));
  });

  test.each([0, 1, 2])("of Python 2, protocol %i, has its str by latin1", (protocol) => {
    const value = decodePickle(fixture(`python2-${protocol}.pickle`)) as ReadonlyMap<string, PickleValue>;
    expect(Object.fromEntries(value)).toEqual(python2);
  });

  test("keeps what is shared shared", () => {
    const value = decodePickle(fixture("python3-4.pickle")) as ReadonlyMap<string, PickleValue[]>;
    expect(value.get("shared")?.[0]).toBe(value.get("shared")?.[1]);
  });

  test("is read from a Buffer at an odd offset, and its arrays are copies", () => {
    const whole = Buffer.concat([Buffer.of(0), fixture("python3-5.pickle")]);
    const value = decodePickle(whole.subarray(1)) as ReadonlyMap<string, PickleValue>;
    whole.fill(0);
    for (const name of ["u1", "big", "columns", "scalar"]) expect(value.get(name)).toEqual(known[name]);
  });

  test("holds ints of every size, as Python writes them", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n }), (n) => {
        const value = BigInt(decodePickle(bytes("\x80\x02\x8a", [33], twosComplement(n, 33), ".")) as bigint);
        expect([value, BigInt(decodePickle(bytes(`L${n}L\n.`)) as bigint)]).toEqual([n, n]);
      }),
    );
  });

  test.each<[string, Uint8Array, PickleValue]>([
    [
      "0-dimensional scalars of bool",
      bytes("cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(Vb1\nI0\nI1\ntR(I3\nV|\nNNNI-1\nI-1\nI0\ntbC\x01\x01tR."),
      true,
    ],
    ["POP, DUP and POP_MARK", bytes("K\x01K\x020((K\x05102\x86."), [1, 1]],
    [
      "lists and dicts of protocol 0",
      bytes("(lp0\nI1\naI01\na(dp1\nVa\ng0\ns\x86."),
      [[1, true], new Map([["a", [1, true]]])],
    ],
  ])("may use %s", (_, pickle, value) => {
    expect(decodePickle(pickle)).toEqual(value);
  });
});

describe("a hostile pickle", () => {
  const named = (name: string) => new RegExp(`refused: it asks for "${name.replaceAll(".", "\\.")}`);
  test.each<[string, Uint8Array, RegExp]>([
    ["os.system", bytes("cos\nsystem\n(S'true'\ntR."), named("os.system")],
    [
      "posix.system by STACK_GLOBAL",
      bytes("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."),
      named("posix.system"),
    ],
    ["builtins.eval", bytes("\x80\x04cbuiltins\neval\nX", [1, 0, 0, 0], "1\x85R."), named("builtins.eval")],
    [
      "getattr of what is allowed",
      bytes("c__builtin__\ngetattr\n(cnumpy\nndarray\nS'x'\ntR."),
      named("__builtin__.getattr"),
    ],
    ["a dotted name", bytes("\x80\x04\x8c\x05numpy\x8c\x0ddtype.__new__\x93."), named("numpy.dtype.__new__")],
    [
      "a name of JavaScript",
      bytes("\x80\x04\x8c\x09__proto__\x8c\x0bconstructor\x93."),
      named("__proto__.constructor"),
    ],
    ["numpy's own loaders", bytes("cnumpy\nload\n."), named("numpy.load")],
    ["INST", bytes("(S'true'\nios\nsystem\n."), named("os.system")],
    ["INST of what is allowed", bytes("(inumpy\nndarray\n."), /makes an object of numpy.ndarray/],
    ["OBJ", bytes("(cnumpy\nndarray\no."), /makes an object/],
    ["NEWOBJ", bytes("\x80\x02cnumpy\nndarray\n)\x81."), /makes an object/],
    ["NEWOBJ_EX", bytes("\x80\x04cnumpy\nndarray\n)}\x92."), /makes an object/],
    ["REDUCE of ndarray", bytes("cnumpy\nndarray\n)R."), /calls numpy.ndarray/],
    ["REDUCE of a string", bytes("S'os'\n)R."), /calls something that is not a name/],
    ["REDUCE without a tuple", bytes("cnumpy\ndtype\nNR."), /without a tuple/],
    ["BUILD of a dict", bytes("}}b."), /neither an array nor a dtype/],
    ["BUILD of a name", bytes("cnumpy\ndtype\n}b."), /neither an array nor a dtype/],
    [
      "_reconstruct of another class",
      bytes("cnumpy.core.multiarray\n_reconstruct\n(ccollections\nOrderedDict\n)S'b'\ntR."),
      /other than a numpy.ndarray/,
    ],
    ["a type that a defaultdict may name", bytes("c__builtin__\nlist\n)R."), /calls __builtin__.list/],
    ["a defaultdict of no type", bytes("ccollections\ndefaultdict\n(I1\ntR."), /not made of a type/],
    ["a codec", bytes("c_codecs\nencode\n(Vx\nVzip\ntR."), /latin1/],
    ["bytes(n), which makes n bytes", bytes("c__builtin__\nbytes\n(I1000000000\ntR."), /bytes with arguments/],
    ["a persistent id", bytes("Px\n."), /outside/],
    ["an extension", bytes("\x82\x01."), /extension/],
    ["a buffer out of band", bytes("\x97."), /outside/],
    ["a name as the value", bytes("cnumpy\nndarray\n."), /name numpy.ndarray/],
  ])("is refused: %s", (_, pickle, message) => {
    expect(() => decodePickle(pickle)).toThrow(invalid(message));
  });

  const array = (dtype: string, shape: string, raw: string, order = "|") =>
    bytes(
      `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(${shape}tcnumpy\ndtype\n(S'${dtype}'\nI0\nI1\ntR(I3\nS'${order}'\nNNNI-1\nI-1\nI0\ntbI00\nS'${raw}'\ntb.`,
    );
  test.each<[string, Uint8Array, RegExp]>([
    ["a huge LONG4", bytes("\x8b\xff\xff\xff\x7f1."), /int of 2147483647 bytes/],
    ["a negative length", bytes("\x8b\xff\xff\xff\xff1."), /promises -1 bytes/],
    [
      "a huge BINBYTES8",
      bytes("\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff1."),
      /promises 18446744073709552000 bytes/,
    ],
    ["a huge BYTEARRAY8", bytes("\x80\x05\x96\0\0\0\0\x01\0\0\0x."), /promises 4294967296 bytes, but 2 are left/],
    ["a decimal of a million digits", bytes(`I${"9".repeat(1e6)}\n.`), /is not an int/],
    [
      "a shape that lies",
      array("u1", "I1000000\nI1000000\n", "abc"),
      /\[1000000,1000000\] needs 1000000000000 bytes, but there are 3/,
    ],
    ["a shape below zero", array("u1", "I-1\n", ""), /not a tuple of sizes/],
    ["an array of objects", array("O8", "I1\n", "12345678"), /dtype is "O8"/],
    ["an unknown byte order", array("u1", "I1\n", "a", "?"), /byte order/],
    ["a great many marks", bytes("(".repeat(2000)), /marks/],
    ["deep nesting", bytes("]".repeat(5000), "a".repeat(4999), "."), /64 deep/],
    ["deep nesting from the outside in", bytes("]q\0", "]q\x01a0h\x01".repeat(500), "0h\0."), /64 deep/],
    ["a list that holds itself", bytes("]q\0h\0a."), /holds itself/],
    ["a dict that holds itself", bytes("}q\0K\x01h\0s."), /holds itself/],
    ["more values than data have", bytes("(", "N".repeat(1.1e6), "t."), /more than 1048576 values/],
    ["more lists than data have", bytes("(", "]".repeat(1.1e5), "t."), /more than 100000 lists/],
    ["more memories than data have", bytes("N", "\x94".repeat(1.1e6), "."), /more than 1048576 values/],
    ["a missing memory", bytes("h\x07."), /asks for value 7/],
    ["an empty stack", bytes("."), /nothing is left/],
    ["a mark in the way", bytes("K\x01(a."), /nothing is left/],
    ["values left over", bytes("NN."), /left over/],
    ["protocol 6", bytes("\x80\x06N."), /protocol is 6/],
    ["an unknown operation", bytes("\xff."), /0xff/],
    ["no end", bytes("N"), /promises 1 bytes, but 0/],
    ["a line without an end", bytes("I1"), /does not end/],
    ["a str without quotes", bytes("Sabc\n."), /no quotes/],
    ["a str whose last quote is escaped", bytes("S'abc\\'\n."), /escape/],
    ["a hexadecimal float", bytes("F0x10\n."), /not a float/],
    ["a character beyond Unicode", bytes("V\\U00110000\n."), /not a character/],
    ["an odd dict", bytes("(Nd."), /without a value/],
  ])("is refused: %s", (_, pickle, message) => {
    expect(() => decodePickle(pickle)).toThrow(invalid(message));
  });

  test("cannot be small and make much: one text, encoded again and again", () => {
    const text = "x".repeat(100_000);
    const encode = "h\0h\x01h\x02\x86R";
    const pickle = (times: number) =>
      bytes(`c_codecs\nencode\nq\x000X`, [160, 134, 1, 0], `${text}q\x010Vlatin1\nq\x020(`, encode.repeat(times), "t.");
    expect(decodePickle(pickle(2))).toHaveLength(2);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decodePickle(pickle(10_000))).toThrow(invalid(/far more than it holds/));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5e6);
  });

  test.each<[string, Uint8Array]>([
    [
      "a dict of the same pairs",
      bytes(
        "ccollections\nOrderedDict\nq\0(",
        "K\x01K\x02\x86".repeat(50_000),
        "lq\x01\x85q\x02(",
        "h\0h\x02R".repeat(90_000),
        "t.",
      ),
    ],
    [
      "the same text that is no latin1",
      bytes("c_codecs\nencode\nq\0(V", "x".repeat(500_000), "\nVlatin1\ntq\x01(", "h\0h\x01R".repeat(90_000), "t."),
    ],
  ])("nor take long: %s, again and again", (_, pickle) => {
    const started = performance.now();
    expect(() => decodePickle(pickle)).toThrow(invalid(/far more than it holds/));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("nor take long over one state for many", () => {
    const state = `cnumpy\ndtype\n(Vu1\ntR(K\x03V|\nNNN${"N".repeat(400_000)}tq\0`;
    const pickle = bytes(state, "bh\0".repeat(200_000), "b.");
    const started = performance.now();
    expect(() => decodePickle(pickle)).toThrow(invalid(/a dtype where a value/));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("shared parts are looked at once: two to the power of sixty leaves are read at once", () => {
    const value = decodePickle(bytes("]", "q\0h\0\x86".repeat(60), "."));
    expect(value).toHaveLength(2);
    expect(() => decodePickle(bytes("]", "q\0h\0\x86".repeat(70), "."))).toThrow(invalid(/64 deep/));
  });
});

describe("a damaged pickle", () => {
  const wholes = ["python3-0", "python3-2", "python3-4", "python3-5", "python2-0", "python2-2"].map((name) =>
    fixture(`${name}.pickle`),
  );
  test("is read or refused as invalid data, nothing else", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...wholes),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat()),
        (whole, edits, length) => {
          const cut = whole.slice(0, length === null ? whole.length : length % whole.length);
          for (const [at, value] of edits) if (cut.length > 0) cut[at % cut.length] = value;
          onlyInvalidData(() => decodePickle(cut));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("of random operations too", () => {
    const operation = fc.constantFrom(
      ..."(012NIJKMLFGSTUVXCB]ael)t}dsupqrghjcRbioPQ.\n\0\x01\x02\x80\x81\x82\x85\x86\x87\x88\x8a\x8b\x8c\x8d\x8e\x90\x93\x94\x95\x96\x97\x98",
      "cnumpy\ndtype\n",
      "S'u1'\n",
      "I1\n",
      "(I1\nt",
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        onlyInvalidData(() => decodePickle(bytes(operations.join(""), ".")));
      }),
      { numRuns: 3000 },
    );
  });
});

test("arrays of objects, of text and of records are refused", () => {
  expect(() => decodePickle(fixture("objects.pickle"))).toThrow(invalid(/dtype is "O8"/));
  expect(() => decodePickle(fixture("strings.pickle"))).toThrow(invalid(/dtype is "U2"/));
  expect(() => decodePickle(fixture("records.pickle"))).toThrow(invalid(/dtype is "V5"/));
});

function twosComplement(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

function onlyInvalidData(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    expect(error.code).toBe("INVALID_DATA");
  }
}

// Event files by a decoder of its own: it knows field numbers alone, and asks for every byte.

export type Seen = Record<string, unknown>;

/** All events of a file. @throws Error where anything is left over, or of another type */
export function readEventFile(file: Uint8Array): Seen[] {
  const events: Seen[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  while (at < file.length) {
    const length = view.getUint32(at, true);
    if (view.getUint32(at + 4, true) !== 0) throw new Error("a record of more than 4 GiB");
    events.push(event(file.subarray(at + 12, at + 12 + length)));
    at += 16 + length;
  }
  if (at !== file.length) throw new Error("a record is cut off");
  return events;
}

function event(message: Uint8Array): Seen {
  const seen: Seen = { step: 0 };
  for (const [field, value] of fields(message)) {
    if (field === 1) seen.time = new DataView(Uint8Array.from(value as Uint8Array).buffer).getFloat64(0, true);
    else if (field === 2) seen.step = value;
    else if (field === 3) seen.version = text(value);
    else if (field === 5) seen.values = Object.fromEntries(fields(value as Uint8Array).map(([, each]) => entry(each)));
    else if (field === 7) seen.session = fields(value as Uint8Array)[0]![1];
    else throw new Error(`an event with field ${field}`);
  }
  return seen;
}

function entry(message: unknown): [string, unknown] {
  let tag = "";
  let value: unknown;
  for (const [field, part] of fields(message as Uint8Array)) {
    if (field === 1) tag = text(part);
    else if (field === 2) value = new DataView(Uint8Array.from(part as Uint8Array).buffer).getFloat32(0, true);
    else if (field === 4) {
      const image = Object.fromEntries(fields(part as Uint8Array));
      value = { height: image[1], width: image[2], colorspace: image[3], png: [...(image[4] as Uint8Array)] };
    } else throw new Error(`a value with field ${field}`);
  }
  return [tag, value];
}

/** Field numbers with their values: numbers, or bytes. */
function fields(message: Uint8Array): [number, number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let power = 1; ; power *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * power;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new Error("a field is cut off");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = varint();
    const type = key & 7;
    const value = type === 0 ? varint() : type === 1 ? take(8) : type === 5 ? take(4) : take(varint());
    found.push([key >>> 3, value]);
  }
  return found;
}

function text(value: unknown): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(value as Uint8Array);
}

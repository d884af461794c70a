// A strict reader of the XML that SVG files are written in: throws for what is not well formed.

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text inside, entities resolved. */
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const TAG = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*="[^"<]*")*)\s*(\/?)>/y;

/** The root element. */
export function parseXml(document: string): XmlElement {
  type Open = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };
  const open: Open[] = [{ name: "", attributes: {}, children: [], text: "" }];
  const close = (): void => {
    const { name, attributes, children, text } = open.pop()!;
    open.at(-1)!.children.push({ name, attributes, children, text });
    open.at(-1)!.text += text;
  };
  for (let at = 0; at < document.length; ) {
    if (document[at] !== "<") {
      const next = document.indexOf("<", at);
      const end = next < 0 ? document.length : next;
      const words = resolve(document.slice(at, end));
      if (open.length === 1 && words.trim() !== "") throw new Error(`text outside the root: ${words}`);
      open.at(-1)!.text += words;
      at = end;
      continue;
    }
    TAG.lastIndex = at;
    const match = TAG.exec(document);
    if (match === null) throw new Error(`no tag at ${at}: ${document.slice(at, at + 40)}`);
    const [all, ending, name, rest, empty] = match;
    at += all.length;
    if (ending === "/") {
      if (open.length === 1 || open.at(-1)!.name !== name) throw new Error(`</${name}> closes <${open.at(-1)!.name}>`);
      close();
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const [, key, value] of rest.matchAll(/([\w.:-]+)="([^"]*)"/g)) {
      if (key in attributes) throw new Error(`<${name}> has ${key} twice`);
      attributes[key] = resolve(value);
    }
    open.push({ name, attributes, children: [], text: "" });
    if (empty === "/") close();
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  if (open[0].children.length !== 1) throw new Error(`${open[0].children.length} root elements`);
  return open[0].children[0];
}

/** All elements of that name, at any depth. */
export function find(element: XmlElement, name: string): XmlElement[] {
  return [...(element.name === name ? [element] : []), ...element.children.flatMap((child) => find(child, name))];
}

function resolve(words: string): string {
  for (const character of words) {
    if (character < " " && !"\t\n\r".includes(character)) throw new Error("a control character");
  }
  return words.replaceAll(/&(\w*);?/g, (all, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined || !all.endsWith(";")) throw new Error(`unknown entity ${all}`);
    return character;
  });
}

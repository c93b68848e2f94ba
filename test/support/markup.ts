/**
 * A strict reader of the XML and HTML that we write, for tests: every element is closed, every attribute
 * quoted, every `&` an entity.
 */

const VOID = new Set(['meta', 'br', 'hr', 'input', 'img', 'link']);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export class Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[] = [];
  text = '';
  constructor(name: string, attributes: Readonly<Record<string, string>>) {
    this.name = name;
    this.attributes = attributes;
  }
  all(): readonly Element[] {
    return this.children.flatMap(child => [child, ...child.all()]);
  }
  find(name: string): readonly Element[] {
    return this.all().filter(element => element.name === name);
  }
}

function decode(text: string): string {
  return text.replace(/&([^;\s]*);?/g, (whole, name: string) => {
    const code = /^#(\d+)$/.exec(name)?.[1];
    const decoded = code === undefined ? ENTITIES[name] : String.fromCodePoint(Number(code));
    if (decoded === undefined || !whole.endsWith(';')) throw new Error(`not an entity: ${whole}`);
    return decoded;
  });
}

/** @throws Error where the text is not well-formed */
export function readMarkup(source: string): Element {
  const root = new Element('#document', {});
  const open = [root];
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${JSON.stringify(source.slice(at, at + 60))}`);
  };
  while (at < source.length) {
    const current = open.at(-1) ?? fail('more closed than opened');
    if (current.name === 'style') {
      const end = source.indexOf('</style>', at);
      current.text = source.slice(at, end);
      at = end;
    }
    const next = source.indexOf('<', at);
    const text = source.slice(at, next < 0 ? undefined : next);
    if (text.includes('>')) fail('a stray ">"');
    current.text += decode(text);
    if (next < 0) break;
    at = next;
    const prolog = /^<(\?xml [^?]*\?|!doctype html)>/i.exec(source.slice(at));
    const tag = /^<(\/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z][A-Za-z0-9:-]*(?:="[^"<]*")?)*)\s*(\/?)>/.exec(
      source.slice(at),
    );
    if (prolog) {
      at += prolog[0].length;
      continue;
    }
    if (!tag) return fail('no tag');
    const [whole, closing, name = '', attributeText = '', selfClosing] = tag;
    at += whole.length;
    if (closing === '/') {
      if (open.pop()?.name !== name) fail(`</${name}> closes something else`);
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const [, key = '', value] of attributeText.matchAll(/([A-Za-z][A-Za-z0-9:-]*)(?:="([^"]*)")?/g)) {
      if (key in attributes) fail(`attribute ${key} twice`);
      attributes[key] = decode(value ?? '');
    }
    const element = new Element(name, attributes);
    current.children.push(element);
    if (selfClosing !== '/' && !VOID.has(name)) open.push(element);
  }
  if (open.length !== 1) throw new Error(`not closed: ${open.map(({ name }) => name).join(' ')}`);
  return root;
}

/**
 * Which lists of the built-in kinds merge by a key, for strategic merge patches and for server-side apply.
 */

import { type Field, isAtomic, messageFor } from '../../registry/schema/messages.ts';
import { fieldsOf } from '../../registry/schema/struct-fields.ts';

/**
 * The rules to merge a list, map or object. All unlisted values merge as plain JSON: objects by key, lists as
 * a whole.
 */
export interface MergeNode {
  /** A list of objects: the key by which a strategic merge patch finds elements. */
  readonly patchKey?: string;
  /**
   * A list of objects: the keys by which apply finds elements, with the defaults of those that may be absent.
   */
  readonly listKeys?: readonly string[];
  /** The values of keys that an element leaves out. */
  readonly keyDefaults?: Readonly<Record<string, unknown>>;
  /** A list of primitives without order, for apply. */
  readonly set?: boolean;
  /** A list of primitives, to which a strategic merge patch adds. */
  readonly patchSet?: boolean;
  /** The patch may say which keys remain (`$retainKeys`). */
  readonly retainKeys?: boolean;
  /** Apply owns it as a whole. */
  readonly atomic?: boolean;
  /** A map of a custom resource: an update that makes it owns the map itself, too. */
  readonly owned?: boolean;
  /** Of an object, or of the objects in a list. */
  readonly fields?: Readonly<Record<string, MergeNode>>;
  /** Of a map: all values that have no field of their own. */
  readonly values?: MergeNode;
  /** The objects in a list, where more than their fields is known. */
  readonly elements?: MergeNode;
}

/** The value of a mark, `list:map`; undefined if the field has no such mark. */
const markOf = ({ marks }: Field, name: string): string | undefined =>
  marks.find(mark => mark.startsWith(`${name}:`))?.slice(name.length + 1);

/** The node of a message, whose fields are read when they are first asked for. */
class MessageNode implements MergeNode {
  readonly #message: string;
  readonly atomic?: true;
  #fields: Readonly<Record<string, MergeNode>> | undefined;

  constructor(message: string) {
    this.#message = message;
    if (isAtomic(message)) this.atomic = true;
  }

  get fields(): Readonly<Record<string, MergeNode>> {
    this.#fields ??= Object.fromEntries(
      [...(fieldsOf(this.#message) ?? [])].flatMap(([name, field]) => {
        const node = nodeOfField(field);
        return node ? [[name, node]] : [];
      }),
    );
    return this.#fields;
  }
}

const ofMessages = new Map<string, MessageNode>();

/** Returns the node of a type; undefined for scalars and what merges as plain JSON. */
function nodeOfType(type: string): MessageNode | undefined {
  if (!type.includes('.')) return undefined;
  const known = ofMessages.get(type) ?? new MessageNode(type);
  ofMessages.set(type, known);
  return known;
}

/**
 * Returns how a field merges, by the marks that Kubernetes' own rules are made of (kube-openapi
 * pkg/idl/doc.go, apimachinery pkg/util/strategicpatch/meta.go @v1.34); undefined for plain JSON.
 */
function nodeOfField(field: Field): MergeNode | undefined {
  const strategies = markOf(field, 'patch')?.split(',') ?? [];
  const retain = strategies.includes('retainKeys') && { retainKeys: true };
  const inside = nodeOfType(field.type);
  if (field.shape !== 'list') {
    if (markOf(field, 'map') === 'atomic') return { atomic: true, ...retain };
    if (field.type === 'R') return { atomic: true };
    if (field.shape === 'map' || !inside) return undefined;
    return retain ? { ...retain, fields: inside.fields } : inside;
  }
  const patchKey = markOf(field, 'key');
  const isMerged = strategies.includes('merge');
  return {
    ...(isMerged && (patchKey === undefined ? { patchSet: true } : { patchKey })),
    ...listRule(field),
    ...retain,
    ...(inside && { elements: inside }),
  };
}

/** Returns how apply sees a list: by keys, as a set, or as a whole, which is what it does without a mark. */
function listRule(field: Field): MergeNode {
  switch (markOf(field, 'list')) {
    case 'map':
      return { listKeys: markOf(field, 'keys')?.split('|') ?? [] };
    case 'set':
      return { set: true };
    default:
      return { atomic: true };
  }
}

/** Returns the root of a kind's tree. @param apiVersion - `apps/v1` */
export function mergeTree(apiVersion: string, kind: string): MergeNode {
  return nodeOfType(messageFor(apiVersion, kind)) ?? {};
}

/** Returns the tree of `metadata`, which all kinds share. */
export const metadataTree = (): MergeNode => nodeOfType('meta/v1.ObjectMeta') ?? {};

/** Returns how the elements of a list merge. */
export const elementNode = (node: MergeNode): MergeNode => node.elements ?? { fields: node.fields ?? {} };

/** Returns how the value below a key merges; undefined for plain JSON. */
export function childOf(node: MergeNode | undefined, key: string): MergeNode | undefined {
  const fields = node?.fields ?? node?.elements?.fields;
  return fields && Object.hasOwn(fields, key) ? fields[key] : node?.values;
}

/** Bodies of requests: objects of a kind with changes, and patches of the four types. */
import fc, { type Arbitrary } from 'fast-check';
import { messageFor } from '../../../../harness/simulator/kubernetes/registry/schema/messages.ts';
import { changedDocument, rawText } from '../mutate.ts';
import { oddText, oddValue } from '../values.ts';
import type { ServedKind } from './kinds.ts';
import { messageObject } from './messages.ts';
import { protobufOf } from './protobuf.ts';

/** A body, and what it is said to be. */
export interface Body {
  readonly contentType: string;
  readonly bytes: Buffer;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Joins two trees; where both have a value that is no object, it is the second one's. */
function joined(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  const all = { ...one };
  for (const [key, value] of Object.entries(other)) {
    // As parsers do: `__proto__` is a key like any other.
    const both = Object.hasOwn(one, key) ? joined(one[key], value) : value;
    Object.defineProperty(all, key, { value: both, writable: true, enumerable: true, configurable: true });
  }
  return all;
}

/** An object that is valid, and some fields of its schema over it. */
const objectOf = (
  { apiVersion, kind, content }: ServedKind,
  name: string,
): Arbitrary<Record<string, unknown>> =>
  fc
    .record({
      seed: fc.nat(1000),
      made: fc.option(messageObject(messageFor(apiVersion, kind)), { nil: {} }),
    })
    .map(({ seed, made }) => ({
      ...(joined({ ...content?.(seed), metadata: { name } }, made) as object), // both are objects
      apiVersion,
      kind,
    }));

const JSON_OR_YAML = /^\s*[{[]/;
const asJsonOrYaml = (text: string, yaml: string, json: string): Body => ({
  contentType: JSON_OR_YAML.test(text) ? json : yaml,
  bytes: Buffer.from(text),
});

/** A body for a POST or PUT of an object with this name. */
export const objectBody = (kind: ServedKind, name: string): Arbitrary<Body> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: changedDocument(objectOf(kind, name)).map(text =>
        asJsonOrYaml(text, 'application/yaml', 'application/json'),
      ),
    },
    { weight: 3, arbitrary: protobufOf(objectOf(kind, name)) },
    { weight: 1, arbitrary: fc.tuple(rawText, contentType).map(([text, type]) => bodyOf(text, type)) },
  );

const bodyOf = (text: string, type: string): Body => ({ contentType: type, bytes: Buffer.from(text) });

/** What a body may be said to be. */
const contentType: Arbitrary<string> = fc.constantFrom(
  'application/json',
  'application/yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json; charset=utf-16',
  'text/plain',
  '',
);

const POINTERS = [
  ...['', '/', '/metadata', '/metadata/name', '/metadata/labels', '/metadata/labels/a', '/metadata/uid'],
  ...['/spec', '/spec/replicas', '/spec/template/spec/containers/0', '/spec/ports/-', '/spec/ports/01'],
  ...['/status', '/data/a', '/metadata/finalizers/0', '/metadata/annotations/a~1b', '/~', '/a~2', 'a'],
  ...['/__proto__/x', '/constructor/prototype/x', '/metadata/ownerReferences/9999999', '/spec/list/-1'],
];
const pointer = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...POINTERS) }, oddText);

const jsonPatch: Arbitrary<unknown> = fc.array(
  fc.record(
    {
      op: fc.constantFrom<unknown>('add', 'remove', 'replace', 'move', 'copy', 'test', 'x', null, 1),
      path: pointer,
      from: pointer,
      value: oddValue,
    },
    { requiredKeys: ['op', 'path'] },
  ),
  { maxLength: 4 },
);

/** Directives of a strategic merge patch, which may stand in any object or list of it. */
const directive: Arbitrary<unknown> = fc.constantFrom(
  { $patch: 'delete' },
  { $patch: 'replace' },
  { $patch: 'merge' },
  { $patch: 'x' },
  { $patch: 1 },
  { $retainKeys: ['name'] },
  { $retainKeys: 'name' },
  { '$deleteFromPrimitiveList/finalizers': ['a'] },
  { '$deleteFromPrimitiveList/finalizers': 1 },
  { '$setElementOrder/containers': [{ name: 'main' }, { name: 'b' }] },
  { '$setElementOrder/containers': 'main' },
  { '$setElementOrder/ports': [null] },
);
const directed = (kind: ServedKind, name: string): Arbitrary<unknown> =>
  fc.tuple(objectOf(kind, name), directive, fc.nat(3)).map(([object, own, where]) => {
    if (where === 0) return { ...object, ...(own as object) }; // an object, as all directives are
    const key = where === 1 ? 'metadata' : 'spec';
    return { ...object, [key]: joined(object[key], own) };
  });

/** A body for a PATCH of an object with this name. */
export const patchBody = (kind: ServedKind, name: string): Arbitrary<Body> => {
  const json = (type: string, made: Arbitrary<unknown>) =>
    made.map(value => bodyOf(JSON.stringify(value) ?? 'null', `application/${type}`));
  const merge = fc.oneof(
    objectOf(kind, name),
    messageObject(messageFor(kind.apiVersion, kind.kind)),
    oddValue,
  );
  const apply = changedDocument(objectOf(kind, name)).map(text =>
    bodyOf(text, 'application/apply-patch+yaml'),
  );
  return fc.oneof(
    json('json-patch+json', fc.oneof({ weight: 8, arbitrary: jsonPatch }, oddValue)),
    json('merge-patch+json', merge),
    json('strategic-merge-patch+json', fc.oneof(directed(kind, name), merge)),
    apply,
    fc.tuple(rawText, contentType).map(([text, type]) => bodyOf(text, type)),
  );
};

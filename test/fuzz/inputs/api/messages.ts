/** Objects by the schemas of the served kinds: fields that there are, with values that fit, or nearly. */
import fc, { type Arbitrary } from 'fast-check';
import {
  type Field,
  type Message,
  messageOf,
} from '../../../../harness/simulator/kubernetes/registry/schema/messages.ts';
import { oddText, oddValue } from '../values.ts';

/** Beyond this depth a message has no fields. */
const MOST_DEPTH = 6;

/** Few, so that objects come to speak of each other. */
export const plainName: Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'default', 'sample', 'app', 'v1');

const TEXTS = [
  ...['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', 'None', 'TCP', 'UDP', 'http', '80', 'Always'],
  ...['Recreate', 'RollingUpdate', 'In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'NoExecute', 'Local'],
  ...['Fail', 'Ignore', '*', 'CREATE', 'v1', 'apps/v1', 'Pod', 'Deployment', 'Service', 'IPv4', 'IPv6'],
  ...['registry.k8s.io/pause:3.10', 'docker.io/istio/examples-helloworld-v1', 'example.com/nothing'],
  ...['10.0.0.1', '10.110.0.9', 'fe80::1', 'example.com/f', 'kubernetes.io/hostname', 'Background'],
  ...['50%', '100m', '1Gi', '2026-01-01T00:00:00Z', 'AA==', 'self.x == 1', 'object.spec', 'JSON'],
];
const INTEGERS = [0, 1, 2, 3, 80, 443, 8080, 65_535, 65_536, -1, 30_000, 2 ** 31, -(2 ** 31) - 1, 2 ** 53];

const text: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 3, arbitrary: plainName },
  { weight: 1, arbitrary: oddText },
);
const integer: Arbitrary<unknown> = fc.constantFrom<unknown>(...INTEGERS, 0.5, '1');

/** Values by the letters of messages.ts. */
const LETTERS: Readonly<Record<string, Arbitrary<unknown>>> = {
  s: text,
  y: fc.constantFrom('', 'AA==', 'a', '====', 'x'.repeat(100)),
  i: integer,
  l: integer,
  d: integer,
  b: fc.boolean(),
  T: fc.constantFrom('2026-01-01T00:00:00Z', '2026-13-01T00:00:00Z', '', 'now', '0000-00-00T00:00:00Z'),
  M: fc.constantFrom('2026-01-01T00:00:00.000000Z', '2026-01-01', ''),
  Q: fc.constantFrom<unknown>('1', '100m', '1Gi', '0.5', '-1', '1e3', '1e99', 'x', 5, '9'.repeat(40)),
  I: fc.oneof(integer, text, fc.constantFrom('50%', '-1%', '1000%', '%')),
};

const known = new Map<string, Arbitrary<unknown>>();

/** Makes objects of a message, most of which have few of its fields. */
export function messageObject(name: string, depth = 0): Arbitrary<unknown> {
  const key = `${name} ${depth}`;
  let made = known.get(key);
  if (!made) {
    const message = depth < MOST_DEPTH ? messageOf(name) : undefined;
    made = message && message.size > 0 ? objectOf(message, depth) : oddValue;
    known.set(key, made);
  }
  return made;
}

function objectOf(message: Message, depth: number): Arbitrary<unknown> {
  const entries = [...message.values()].map(field =>
    fieldValue(field, depth).map((value): [string, unknown] => [field.name, value]),
  );
  return fc
    .array(fc.oneof(...entries, fc.tuple(oddText, oddValue)), { maxLength: 4 })
    .map(made => Object.fromEntries(made.flatMap(inlined)));
}

/** Puts the fields of an inlined message into the one around it. */
const inlined = ([name, value]: [string, unknown]): [string, unknown][] =>
  name === '~' && typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value]];

function fieldValue({ type, shape }: Field, depth: number): Arbitrary<unknown> {
  const one = LETTERS[type] ?? (/^[-!R]$/.test(type) ? oddValue : messageObject(type, depth + 1));
  const right =
    shape === 'list'
      ? fc.array(one, { maxLength: 3 })
      : shape === 'map'
        ? fc.dictionary(fc.oneof(plainName, text), one, { maxKeys: 3 })
        : one;
  return fc.oneof({ weight: 14, arbitrary: right }, { weight: 1, arbitrary: oddValue });
}

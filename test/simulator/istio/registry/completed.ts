/** Makes objects of Istio's valid: what schemas and istiod require is filled in. */
import old from '../../../../harness/simulator/istio/install/definitions/1.8.json' with { type: 'json' };
import current from '../../../../harness/simulator/istio/install/definitions/current.json' with {
  type: 'json',
};
import type { Edition } from '../../../../harness/simulator/istio/registry/names.ts';

interface Schema {
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string }[];
}

/** Texts for which the type alone is not enough, by what a rule asks. */
const TEXTS: readonly (readonly [asks: RegExp, text: string])[] = [
  [/duration\(/, '2s'],
  [/isURL|url\(/, 'https://example.com'],
  [/"HTTPS"/, 'HTTP'],
  [/self\.size\(\) == 0/, ''],
];

function valueFor(schema: Schema): unknown {
  if (schema.type === 'object') return completed({}, schema);
  if (schema.type === 'array') return schema.items ? [valueFor(schema.items)] : [];
  if (schema.enum) return schema.enum.at(-1);
  if (schema.type === 'string') return textFor(schema) ?? 'text';
  if (schema.type === 'boolean') return true;
  return Math.max(1, schema.minimum ?? 1);
}

const textFor = ({ pattern, 'x-kubernetes-validations': rules = [] }: Schema): string | undefined =>
  pattern?.includes('{64}')
    ? 'a'.repeat(64)
    : TEXTS.find(([asks]) => rules.some(({ rule }) => asks.test(rule)))?.[1];

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const GATEWAY = { kind: 'Gateway', group: 'gateway.networking.k8s.io', name: 'text' };

/** What istiod wants of a field's object, or of the elements of its list. */
const ELEMENTS: Readonly<Record<string, object>> = {
  targetRef: GATEWAY,
  targetRefs: GATEWAY,
  fromHeaders: { name: 'text' },
  outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
  egressProxy: { host: 'other.example', port: { number: 80 } },
  portLevelSettings: { port: { number: 80 } },
  egress: { hosts: ['*/*'] },
  ingress: { port: { number: 80, name: 'http', protocol: 'HTTP' }, defaultEndpoint: '127.0.0.1:80' },
  jwtRules: { issuer: 'text' },
};

/** Times, of which 1.8's schemas say nothing. */
const TIMES = new Set(
  (
    'timeout backoff perTryTimeout fixedDelay exponentialDelay maxAge connectTimeout idleTimeout interval ' +
    'time baseEjectionTime ttl warmupDurationSecs maxConnectionDuration'
  ).split(' '),
);

/** Lays what is given over what is wanted. */
function over(wanted: unknown, given: unknown): unknown {
  if (!isTree(wanted) || !isTree(given)) return given ?? wanted;
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(given)])];
  return Object.fromEntries(names.map(name => [name, over(wanted[name], given[name])]));
}

function completed(value: unknown, schema: Schema, own = ''): unknown {
  const { items, properties = {}, additionalProperties, required = [] } = schema;
  if (Array.isArray(value))
    return items ? value.map(each => completed(over(ELEMENTS[own], each), items, own)) : value;
  if (isTree(value)) {
    const entries = Object.entries(value).map(([name, each]): [string, unknown] => {
      const inner = properties[name] ?? additionalProperties;
      return [name, inner ? completed(isTree(each) ? over(ELEMENTS[name], each) : each, inner, name) : each];
    });
    const lacking = required.filter(name => !(name in value) && properties[name]);
    return Object.fromEntries([
      ...entries,
      ...lacking.map((name): [string, unknown] => [name, valueFor(properties[name] ?? {})]),
    ]);
  }
  if (typeof value === 'number') return Math.max(value, schema.minimum ?? value);
  if (value === 'text' && TIMES.has(own)) return '2s';
  return typeof value === 'string' ? (textFor(schema) ?? value) : value;
}

/** Completes the spec of a kind; others stay as they are. */
export function completedSpec(edition: Edition, kind: string, spec: unknown): unknown {
  const { definitions } = edition === '1.8' ? old : current;
  const text = definitions.find(({ names }) => names.kind === kind)?.schema ?? '{}';
  const schema = JSON.parse(text) as Schema; // a cast: definitions of Istio's are structural
  const inner = schema.properties?.['spec'];
  return inner ? completed(spec, inner) : spec;
}

/** Makes objects of Istio's valid: what their schemas require is filled in, with values that their rules take. */
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

function completed(value: unknown, schema: Schema): unknown {
  const { items, properties = {}, additionalProperties, required = [] } = schema;
  if (Array.isArray(value)) return items ? value.map(each => completed(each, items)) : value;
  if (isTree(value)) {
    const entries = Object.entries(value).map(([name, each]): [string, unknown] => {
      const inner = properties[name] ?? additionalProperties;
      return [name, inner ? completed(each, inner) : each];
    });
    const lacking = required.filter(name => !(name in value) && properties[name]);
    return Object.fromEntries([
      ...entries,
      ...lacking.map((name): [string, unknown] => [name, valueFor(properties[name] ?? {})]),
    ]);
  }
  if (typeof value === 'number') return Math.max(value, schema.minimum ?? value);
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

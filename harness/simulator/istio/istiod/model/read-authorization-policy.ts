/** Reads AuthorizationPolicies; notes what is not executed. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';
import type {
  Attribute,
  AttributeKey,
  Attributes,
  AuthorizationPolicyConfig,
  AuthorizationRule,
} from './authorization-policy.ts';
import { keyOf, labels, text, texts, type Unsupported } from './config-fields.ts';

type Tree = ReturnType<typeof tree>;

/** Fields of a source → what they look at, in Istio's order (authz/model/model.go @1.30.3). */
const SOURCE: Readonly<Record<string, AttributeKey>> = {
  principals: 'principal',
  requestPrincipals: 'unknown',
  serviceAccounts: 'service-account',
  trustDomains: 'trust-domain',
  namespaces: 'namespace',
  remoteIpBlocks: 'remote-ip',
  ipBlocks: 'source-ip',
};
const OPERATION: Readonly<Record<string, AttributeKey>> = {
  hosts: 'host',
  methods: 'method',
  paths: 'path',
  ports: 'port',
};
/** Keys of conditions (pilot/pkg/security/authz/model/model.go @1.30.3). */
const CONDITIONS: Readonly<Record<string, AttributeKey>> = {
  'source.ip': 'source-ip',
  'source.namespace': 'namespace',
  'source.principal': 'principal',
  'source.serviceAccount': 'service-account',
  'source.trustDomain': 'trust-domain',
  'remote.ip': 'remote-ip',
  'connection.sni': 'server-name',
  'destination.ip': 'destination-ip',
  'destination.port': 'port',
};
const HEADER = /^request\.headers\[([^\]]+)\]$/;

/** The annotation of policies that are only tried. */
export const DRY_RUN = 'istio.io/dry-run';

/**
 * Whether a policy is only tried: what it would refuse is counted, and goes on
 * (pilot/pkg/security/authz/builder/builder.go, isDryRun @1.30.3; 1.8 has no such annotation).
 */
export const isTried = ({ metadata }: KubernetesObject): boolean =>
  /^(?:1|t|T|true|TRUE|True)$/.test(metadata.annotations?.[DRY_RUN] ?? '');

/**
 * Reads a policy.
 * @returns undefined for an action that is not executed: nobody is refused by it, which is noted
 */
export function readAuthorizationPolicy(
  object: KubernetesObject,
  unsupported: Unsupported,
): AuthorizationPolicyConfig | undefined {
  const spec = tree(object['spec']);
  unsupported.check('', spec, ['selector', 'rules', 'action']);
  unsupported.check('selector', spec['selector'], ['matchLabels']);
  const action = text(spec['action']) ?? 'ALLOW';
  if (action !== 'ALLOW' && action !== 'DENY') {
    unsupported.note(`action: ${action}`);
    return undefined;
  }
  return {
    key: keyOf(object),
    name: object.metadata.name ?? '',
    namespace: object.metadata.namespace ?? '',
    selector: 'selector' in spec ? labels(tree(spec['selector'])['matchLabels']) : undefined,
    action,
    rules: list(spec['rules']).map((rule, at) => readRule(tree(rule), `rules[${at}]`, unsupported)),
  };
}

function readRule(rule: Tree, path: string, unsupported: Unsupported): AuthorizationRule {
  unsupported.check(path, rule, ['from', 'to', 'when']);
  const part = (field: 'from' | 'to', inside: string, known: Readonly<Record<string, AttributeKey>>) =>
    list(rule[field]).map((item, at) =>
      readFields(tree(tree(item)[inside]), `${path}.${field}[${at}].${inside}`, known, unsupported),
    );
  return {
    sources: part('from', 'source', SOURCE),
    operations: part('to', 'operation', OPERATION),
    conditions: list(rule['when']).map((item, at) =>
      readCondition(tree(item), `${path}.when[${at}]`, unsupported),
    ),
  };
}

/** Each field has a second one, with what must not be: `paths`, `notPaths`. */
function readFields(
  fields: Tree,
  path: string,
  known: Readonly<Record<string, AttributeKey>>,
  unsupported: Unsupported,
): Attributes {
  const names = Object.keys(known);
  const negated = (name: string): string => `not${name[0]?.toUpperCase()}${name.slice(1)}`;
  unsupported.check(path, fields, [...names, ...names.map(negated)]);
  const strange = Object.keys(fields).filter(name => !names.some(it => it === name || negated(it) === name));
  return [
    ...names.flatMap((name): Attribute[] => {
      const [values, notValues] = [texts(fields[name]), texts(fields[negated(name)])];
      if (values.length === 0 && notValues.length === 0) return [];
      const key = known[name] ?? 'unknown';
      if (key === 'unknown')
        for (const [field, given] of [
          [name, values],
          [negated(name), notValues],
        ] as const)
          if (given.length > 0) unsupported.note(`${path}.${field}`);
      return [{ key, values, notValues, field: `${path}.${name}` }];
    }),
    ...strange.map(unknownAttribute),
  ];
}

const unknownAttribute = (field: string): Attribute => ({
  key: 'unknown',
  values: ['?'],
  notValues: [],
  field,
});

function readCondition(condition: Tree, path: string, unsupported: Unsupported): Attribute {
  unsupported.check(path, condition, ['key', 'values', 'notValues']);
  const named = text(condition['key']) ?? '';
  const header = HEADER.exec(named)?.[1];
  const key = header === undefined ? (CONDITIONS[named] ?? 'unknown') : 'header';
  if (key === 'unknown') unsupported.note(`${path}.key: ${named}`);
  return {
    key,
    ...(header !== undefined && { name: header }),
    values: texts(condition['values']),
    notValues: texts(condition['notValues']),
    field: path,
  };
}

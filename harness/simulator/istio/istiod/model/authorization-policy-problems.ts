/**
 * What an AuthorizationPolicy could not mean (pkg/config/validation/validation.go and
 * pkg/config/security/security.go @1.30.3).
 */
import { list, tree } from '../../../../base/untyped.ts';
import { text, texts } from './config-fields.ts';

type Tree = ReturnType<typeof tree>;

const SOURCE = ['principals', 'requestPrincipals', 'namespaces', 'serviceAccounts', 'trustDomains'];
const ADDRESSES = ['ipBlocks', 'remoteIpBlocks'];
const OPERATION = ['ports', 'methods', 'paths', 'hosts'];

/** Returns a sentence for each problem, in Istio's words. */
export function problemsOfAuthorizationPolicy(spec: Tree): string[] {
  const action = text(spec['action']) ?? 'ALLOW';
  const rules = list(spec['rules']);
  const provider = text(tree(spec['provider'])['name']);
  const without =
    `${action} action without \`rules\` is meaningless as it will never be triggered, ` +
    'add an empty rule `{}` if you want it be triggered for every request';
  return [
    ...(rules.length === 0 && (action === 'DENY' || action === 'CUSTOM') ? [without] : []),
    ...(action === 'CUSTOM' && rules.length > 0 && !provider ? ['`provider.name` must not be empty'] : []),
    ...(action !== 'CUSTOM' && spec['provider']
      ? [`\`provider\` must not be with non CUSTOM action, found ${action}`]
      : []),
    ...rules.map(tree).flatMap(problemsOfRule),
  ];
}

function problemsOfRule(rule: Tree, index: number): string[] {
  const at = `found at rule ${index}`;
  return [
    ...list(rule['from']).flatMap(from => {
      const source = tree(tree(from)['source']);
      const isOfAccounts = isGiven(source, ['serviceAccounts']);
      return [
        ...(isGiven(source, [...SOURCE, ...ADDRESSES]) ? [] : [`\`from.source\` must not be empty, ${at}`]),
        ...(isOfAccounts && isGiven(source, ['principals', 'namespaces'])
          ? [`cannot set serviceAccounts with namespaces or principals, ${at}`]
          : []),
        ...withNegated(ADDRESSES).flatMap(name => texts(source[name]).flatMap(problemsOfAddress)),
        ...emptyValues(source, [...SOURCE, ...ADDRESSES]),
      ];
    }),
    ...list(rule['to']).flatMap(to => {
      const operation = tree(tree(to)['operation']);
      return [
        ...(isGiven(operation, OPERATION) ? [] : [`\`to.operation\` must not be empty, ${at}`]),
        ...withNegated(['ports']).flatMap(name => texts(operation[name]).flatMap(problemsOfPort)),
        ...emptyValues(operation, OPERATION),
      ];
    }),
    ...list(rule['when']).map(tree).flatMap(problemsOfCondition),
  ];
}

function problemsOfCondition(condition: Tree): string[] {
  const key = text(condition['key']) ?? '';
  const [values, notValues] = [texts(condition['values']), texts(condition['notValues'])];
  if (key === '') return ['`key` must not be empty'];
  if (values.length === 0 && notValues.length === 0)
    return [`at least one of \`values\` or \`notValues\` must be set for key ${key}`];
  return [
    ...problemsOfAttribute(key, values).map(problem => `invalid \`value\` for \`key\` ${key}: ${problem}`),
    ...problemsOfAttribute(key, notValues).map(
      problem => `invalid \`notValue\` for \`key\` ${key}: ${problem}`,
    ),
  ];
}

const PLAIN = new Set([
  'source.namespace',
  'source.serviceAccount',
  'source.principal',
  'source.trustDomain',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'connection.sni',
]);
const MAPS = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.'];

function problemsOfAttribute(key: string, values: readonly string[]): string[] {
  if (values.includes('')) return [`empty value not allowed, found in ${key}`];
  if (MAPS.some(map => key.startsWith(map)))
    return /.\[.+\]$/.test(key) ? [] : [`bad key (${key}): should have format a[b]`];
  if (PLAIN.has(key)) return [];
  if (['source.ip', 'remote.ip', 'destination.ip'].includes(key)) return values.flatMap(problemsOfAddress);
  if (key === 'destination.port') return values.flatMap(problemsOfPort);
  if (key === 'destination.namespace') return [`attribute ${key} is replaced by the metadata.namespace`];
  if (key.startsWith('destination.labels')) return [`attribute ${key} is replaced by the workload selector`];
  if (key === 'destination.name' || key === 'destination.user')
    return [`deprecated attribute ${key}: only supported in v1alpha1`];
  return [`unknown attribute: ${key}`];
}

function problemsOfAddress(value: string): string[] {
  const [address = '', length, ...more] = value.split('/');
  const bits = familyOf(address);
  if (length === undefined) return bits === 0 ? [`bad IP address (${value})`] : [];
  const isLength = more.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
  return bits > 0 && isLength ? [] : [`bad CIDR range (${value})`];
}

/** How many bits an address has; 0: it is none. */
function familyOf(address: string): 0 | 32 | 128 {
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(address))
    return address.split('.').every(part => Number(part) <= 255) ? 32 : 0;
  return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(address) ? 128 : 0;
}

const problemsOfPort = (port: string): string[] =>
  /^\d+$/.test(port) && Number(port) <= 65535 ? [] : [`bad port (${port})`];

const negated = (name: string): string => `not${name[0]?.toUpperCase()}${name.slice(1)}`;
const withNegated = (names: readonly string[]): string[] => [...names, ...names.map(negated)];
const isGiven = (fields: Tree, names: readonly string[]): boolean =>
  withNegated(names).some(name => list(fields[name]).length > 0);
const emptyValues = (fields: Tree, names: readonly string[]): string[] =>
  withNegated(names)
    .filter(name => list(fields[name]).includes(''))
    .map(name => `empty value not allowed, found in ${name[0]?.toUpperCase()}${name.slice(1)}`);

/** AuthorizationPolicies (validation.go, ValidateAuthorizationPolicy @1.30.3 and @1.8.0). */
import { list, type Tree, tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import {
  type Context,
  each,
  type Findings,
  NONE,
  printed,
  problem,
  problemIf,
  warningIf,
} from './findings.ts';
import { addresses, attribute, notEmpty, pathTemplates, ports, serviceAccounts } from './policy-values.ts';
import { has, selectorLabels, textOf } from './values.ts';

const SOURCE = ['principals', 'requestPrincipals', 'namespaces', 'ipBlocks', 'remoteIpBlocks'];
const SOURCE_TODAY = [...SOURCE, 'serviceAccounts', 'trustDomains'];
const OPERATION = ['ports', 'methods', 'paths', 'hosts'];

const negated = (name: string): string => `not${name[0]?.toUpperCase()}${name.slice(1)}`;
const withNegated = (names: readonly string[]): string[] => [...names, ...names.map(negated)];
const capital = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;
const isGiven = (fields: Tree, names: readonly string[]): boolean =>
  withNegated(names).some(name => list(fields[name]).length > 0);

/** A policy: what it is for, what it does, and each of its rules. */
export function authorizationPolicy(spec: Tree, context: Context): Findings {
  const { name, namespace, isOld } = context;
  const action = textOf(spec, 'action') || 'ALLOW';
  const found = [
    ...selectorLabels(tree(spec['selector'])['matchLabels']),
    ...(isOld ? NONE : targets(spec)),
    ...(isOld ? oldAction(spec, action, context) : ofAction(spec, action)),
    ...each(trees(spec['rules']), (rule, at) => ofRule(rule, at, context)),
  ];
  // Today each problem names the policy in front.
  const named = found.map(each =>
    isOld || each.kind === 'warning'
      ? each
      : { ...each, text: `invalid policy ${name}.${namespace}: ${each.text}` },
  );
  return [...named, ...(isOld || action !== 'DENY' ? NONE : denied(trees(spec['rules'])))];
}

const TARGETS = [
  'core/v1/Service',
  'networking.istio.io/v1/ServiceEntry',
  'gateway.networking.k8s.io/v1/Gateway',
  'gateway.networking.k8s.io/v1/GatewayClass',
];

const targets = (spec: Tree): Findings =>
  each([...(has(spec, 'targetRef') ? [tree(spec['targetRef'])] : []), ...trees(spec['targetRefs'])], ref => {
    const [kind, group] = [textOf(ref, 'kind'), textOf(ref, 'group')];
    const isTarget = TARGETS.some(each => {
      const [own, , named] = each.split('/');
      return named === kind && (own === group || (own === 'core' && group === ''));
    });
    return problemIf(
      !isTarget,
      `targetRef must be to one of [${TARGETS.join(' ')}] but was ${group}/${kind}`,
    );
  });

const NOT_CUSTOM = ['namespaces', 'serviceAccounts', 'trustDomains', 'principals', 'requestPrincipals'];
const NOT_CUSTOM_KEYS = [
  'source.namespace',
  'source.serviceAccount',
  'source.trustDomain',
  'source.principal',
];

const oldAction = (spec: Tree, action: string, { name, namespace }: Context): Findings =>
  problemIf(
    action === 'DENY' && list(spec['rules']).length === 0,
    `a deny policy without \`rules\` is meaningless and has no effect, found in ${name}.${namespace}`,
  );

function ofAction(spec: Tree, action: string): Findings {
  const hasRules = has(spec, 'rules') && list(spec['rules']).length > 0;
  const without =
    `${action} action without \`rules\` is meaningless as it will never be triggered, ` +
    'add an empty rule `{}` if you want it be triggered for every request';
  const isCustom = action === 'CUSTOM';
  return [
    ...(isCustom && !hasRules ? problem(without) : NONE),
    ...problemIf(
      isCustom && hasRules && textOf(spec['provider'], 'name') === '',
      '`provider.name` must not be empty',
    ),
    ...(isCustom ? each(trees(spec['rules']), custom) : NONE),
    ...problemIf(
      !isCustom && has(spec, 'provider'),
      `\`provider\` must not be with non CUSTOM action, found ${action}`,
    ),
    ...(action === 'DENY' && !hasRules ? problem(without) : NONE),
  ];
}

const custom = (rule: Tree): Findings => [
  ...each(trees(rule['from']), from =>
    each(
      NOT_CUSTOM.flatMap(name => [name, negated(name)]),
      name =>
        problemIf(
          list(tree(from['source'])[name]).length > 0,
          `From.${capital(name)} is currently not supported with CUSTOM action`,
        ),
    ),
  ),
  ...each(trees(rule['when']), when => {
    const key = textOf(when, 'key');
    const isNot = NOT_CUSTOM_KEYS.includes(key) || key.startsWith('request.auth.');
    return problemIf(isNot, `${key} is currently not supported with CUSTOM action`);
  }),
];

/** Later releases take an empty list for none. */
const emptyLists = (rule: Tree, where: string): Findings =>
  each(['from', 'to'], field =>
    problemIf(
      Array.isArray(rule[field]) && list(rule[field]).length === 0,
      `\`${field}\` must not be empty, ${where}`,
    ),
  );

function ofRule(rule: Tree, at: number, context: Context): Findings {
  const { name, namespace, isOld } = context;
  const where = `found at rule ${at}${isOld ? ` in ${name}.${namespace}` : ''}`;
  return [
    ...(isOld ? emptyLists(rule, where) : NONE),
    ...each(trees(rule['from']), from =>
      has(from, 'source')
        ? source(tree(from['source']), where, isOld)
        : problem(`\`from.source\` must not be nil, ${where}`),
    ),
    ...each(trees(rule['to']), to =>
      has(to, 'operation')
        ? operation(tree(to['operation']), where, isOld)
        : problem(`\`to.operation\` must not be nil, ${where}`),
    ),
    ...each(trees(rule['when']), condition => ofCondition(condition, context)),
  ];
}

function source(fields: Tree, where: string, isOld: boolean): Findings {
  const names = isOld ? SOURCE : SOURCE_TODAY;
  return [
    ...problemIf(
      !isOld && isGiven(fields, ['serviceAccounts']) && isGiven(fields, ['principals', 'namespaces']),
      `cannot set serviceAccounts with namespaces or principals, ${where}`,
    ),
    ...problemIf(!isGiven(fields, names), `\`from.source\` must not be empty, ${where}`),
    ...each(
      ['ipBlocks', 'remoteIpBlocks'].flatMap(name => [name, negated(name)]),
      name => addresses(texts(fields[name]), isOld),
    ),
    ...each(withNegated(names), name =>
      /serviceAccounts/i.test(name)
        ? serviceAccounts(texts(fields[name]), capital(name))
        : notEmpty(texts(fields[name]), capital(name)),
    ),
  ];
}

const operation = (fields: Tree, where: string, isOld: boolean): Findings => [
  ...problemIf(!isGiven(fields, OPERATION), `\`to.operation\` must not be empty, ${where}`),
  ...each(withNegated(['ports']), name => ports(texts(fields[name]))),
  ...each(withNegated(OPERATION), name => notEmpty(texts(fields[name]), capital(name))),
  ...(isOld ? NONE : each(withNegated(['paths']), name => pathTemplates(texts(fields[name]), capital(name)))),
];

function ofCondition(condition: Tree, { name, namespace, isOld }: Context): Findings {
  const key = textOf(condition, 'key');
  const end = isOld ? `, found in ${name}.${namespace}` : '';
  const [values, notValues] = [texts(condition['values']), texts(condition['notValues'])];
  if (key === '') return problem(`\`key\` must not be empty${end}`);
  if (values.length === 0 && notValues.length === 0)
    return problem(`at least one of \`values\` or \`notValues\` must be set for key ${key}${end}`);
  return each([['value', values] as const, ['notValue', notValues] as const], ([what, given]) => {
    const wrong = printed(attribute(key, given, isOld));
    return problemIf(wrong !== undefined, `invalid \`${what}\` for \`key\` ${key}: ${wrong}${end}`);
  });
}

const TCP_SOURCE = ['principals', 'ipBlocks', 'namespaces', 'remoteIpBlocks', 'serviceAccounts'];

/** Where a rule looks at HTTP only, connections of TCP are refused whole. */
const denied = (rules: readonly Tree[]): Findings =>
  each(rules, rule => {
    const sources = trees(rule['from']).flatMap(from => (has(from, 'source') ? [tree(from['source'])] : []));
    const operations = trees(rule['to']).flatMap(to => (has(to, 'operation') ? [tree(to['operation'])] : []));
    const isTcpFrom = sources.some(fields => withNegated(TCP_SOURCE).some(name => has(fields, name)));
    const isTcpTo = operations.some(fields => withNegated(['ports']).some(name => has(fields, name)));
    const isOfHttp =
      (sources.length > 0 && operations.length === 0 && !isTcpFrom) || (operations.length > 0 && !isTcpTo);
    return warningIf(
      isOfHttp,
      'configured AuthorizationPolicy will deny all traffic to TCP ports under its scope due to the use of ' +
        'only HTTP attributes in a DENY rule; it is recommended to explicitly specify the port',
    );
  });

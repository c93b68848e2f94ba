/**
 * The policies of access of a workload, for its requests and for its connections
 * (pilot/pkg/security/authz/builder/builder.go and model @1.30.3). Unlike Istio current, a client's identity
 * is asked for by `authenticated`, which it asks for in older proxies, and never by `filter_state`.
 */

import type { Rbac, RbacCondition, RbacPolicy } from '../../xds/rbac.ts';
import type { HeaderMatch, TextMatch } from '../../xds/routes.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type {
  Attribute,
  Attributes,
  AuthorizationPolicyConfig,
  AuthorizationRule,
} from '../model/authorization-policy.ts';
import { includesLabels } from '../model/label-selector.ts';

/** What requests are refused by, and what connections. */
export interface Authorization {
  readonly http: readonly Rbac[];
  readonly tcp: readonly Rbac[];
}

/** Returns the rules for a workload: first those that refuse, then those that allow. */
export function authorizationOf(
  context: PushContext,
  workload: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): Authorization {
  const { behaviour, config, systemNamespace } = context;
  const own = config.authorizationPolicies.filter(
    ({ namespace, selector }) =>
      (namespace === workload.namespace || namespace === systemNamespace) &&
      (!selector || includesLabels(workload.labels, selector)),
  );
  const { trustDomain, trustDomainAliases } = context.state.mesh;
  const trustDomains = [trustDomain, ...trustDomainAliases];
  const rulesFor = (isTcp: boolean): readonly Rbac[] =>
    (['DENY', 'ALLOW'] as const).flatMap(action => {
      const policies = own.filter(policy => policy.action === action);
      return policies.length === 0
        ? []
        : [
            {
              action,
              policies: policies.flatMap(policy =>
                policiesOf(policy, isTcp, trustDomains, behaviour.policies),
              ),
            },
          ];
    });
  return own.length === 0 ? NONE : { http: rulesFor(false), tcp: rulesFor(true) };
}

type Reading = PushContext['behaviour']['policies'];

const NONE: Authorization = { http: [], tcp: [] };
const ANY: RbacCondition = { kind: 'any' };
const NEVER: RbacPolicy = { permissions: [{ kind: 'not', of: ANY }], principals: [{ kind: 'not', of: ANY }] };

/** A policy without rules that allows, allows nobody; one that refuses, refuses nobody. */
function policiesOf(
  policy: AuthorizationPolicyConfig,
  isTcp: boolean,
  trustDomains: readonly string[],
  reading: Reading,
): [string, RbacPolicy][] {
  const nameOf = (index: number) => `ns[${policy.namespace}]-policy[${policy.name}]-rule[${index}]`;
  if (policy.rules.length === 0) return [[nameOf(0), NEVER]];
  return policy.rules.flatMap((rule, index) => {
    const { namespace, action } = policy;
    const made = policyOf(rule, { isTcp, namespace, trustDomains, ...reading, refuses: action === 'DENY' });
    return made ? [[nameOf(index), made]] : [];
  });
}

/** What a rule is made for. */
interface Purpose extends Reading {
  readonly isTcp: boolean;
  /** Of the policy. */
  readonly namespace: string;
  /** The mesh's own, and its aliases. */
  readonly trustDomains: readonly string[];
  readonly refuses: boolean;
}

/** Attributes that are asked of the client; the others are asked of what it wants. */
const OF_CLIENT: ReadonlySet<Attribute['key']> = new Set([
  'principal',
  'namespace',
  'service-account',
  'trust-domain',
  'source-ip',
  'remote-ip',
  'header',
]);
const OF_REQUESTS: ReadonlySet<Attribute['key']> = new Set(['host', 'method', 'path', 'header']);

/**
 * Makes the policy of a rule. An attribute that cannot be looked at is left out of a rule that refuses, so
 * that it refuses more. Of a rule that allows the source or the operation is left out, and the rule itself if
 * none is left or if it is a condition of all, so that it allows less.
 */
function policyOf(rule: AuthorizationRule, purpose: Purpose): RbacPolicy | undefined {
  const isBlind = ({ key }: Attribute): boolean =>
    key === 'unknown' || (purpose.isTcp && OF_REQUESTS.has(key));
  // One of the groups is enough: those that can be looked at go on to allow.
  const used = (groups: readonly Attributes[]): readonly Attributes[] =>
    purpose.refuses ? groups : groups.filter(group => group.every(({ key }) => key !== 'unknown'));
  const [sources, operations] = [used(rule.sources), used(rule.operations)];
  const isLost =
    (rule.sources.length > 0 && sources.length === 0) ||
    (rule.operations.length > 0 && operations.length === 0);
  if (
    isLost ||
    (!purpose.refuses && [...sources.flat(), ...operations.flat(), ...rule.conditions].some(isBlind))
  )
    return undefined;
  const seen = (attributes: Attributes): Attributes => attributes.filter(it => !isBlind(it));
  const together = (groups: readonly Attributes[], more: Attributes): RbacCondition[] =>
    (groups.length > 0 ? groups : [[]]).map(group => allOf(seen([...group, ...more]), purpose));
  return {
    permissions: together(
      operations,
      rule.conditions.filter(({ key }) => !OF_CLIENT.has(key)),
    ),
    principals: together(
      sources,
      rule.conditions.filter(({ key }) => OF_CLIENT.has(key)),
    ),
  };
}

function allOf(attributes: Attributes, purpose: Purpose): RbacCondition {
  const parts = attributes.flatMap(attribute => {
    const oneOf = (values: readonly string[]): RbacCondition => ({
      kind: 'or',
      of: values
        .flatMap(value => (attribute.key === 'principal' ? inAll(value, purpose.trustDomains) : [value]))
        .map(value => conditionOf(attribute, value, purpose)),
    });
    return [
      ...(attribute.values.length > 0 ? [oneOf(attribute.values)] : []),
      ...(attribute.notValues.length > 0 ? [{ kind: 'not', of: oneOf(attribute.notValues) } as const] : []),
    ];
  });
  return { kind: 'and', of: parts.length > 0 ? parts : [ANY] };
}

function conditionOf({ key, name = '' }: Attribute, value: string, purpose: Purpose): RbacCondition {
  switch (key) {
    case 'principal':
      return { kind: 'identity', text: textOf(value, 'spiffe://') };
    case 'namespace':
      return { kind: 'identity', text: { regex: `.*/ns/${value.split('*').map(quoted).join('.*')}/.*` } };
    case 'service-account':
      return { kind: 'identity', text: { regex: accountOf(value, purpose.namespace) } };
    case 'trust-domain':
      return { kind: 'identity', text: trustDomainOf(value) };
    case 'remote-ip':
      return { kind: 'remote', range: value.includes('/') ? value : `${value}/32` };
    case 'server-name':
      return { kind: 'server-name', text: textOf(value) };
    case 'source-ip':
      return { kind: 'source', range: value.includes('/') ? value : `${value}/32` };
    case 'destination-ip':
      return { kind: 'destination', range: value.includes('/') ? value : `${value}/32` };
    case 'port':
      return { kind: 'port', port: Number(value) };
    case 'path':
      return purpose.takesPathTemplates && /\{\*\*?\}/.test(value)
        ? { kind: 'path-template', template: value.replace(/\{(\*\*?)\}/g, '$1') }
        : { kind: 'path', text: textOf(value) };
    case 'method':
      return { kind: 'header', header: { name: ':method', text: textOf(value) } };
    case 'host':
      return {
        kind: 'header',
        header: headerOf(':authority', value, purpose.ignoresCaseOfHosts),
      };
    case 'header':
      return { kind: 'header', header: headerOf(name, value) };
    case 'unknown':
      return ANY; // such attributes are taken out before
  }
}

/**
 * Returns a principal of one of the mesh's trust domains in each of them; `cluster.local` stands for the
 * mesh's own (pilot/pkg/security/trustdomain/bundle.go @1.30.3, ReplaceTrustDomainAliases).
 */
function inAll(principal: string, trustDomains: readonly string[]): readonly string[] {
  const [domain = '', ...parts] = principal.split('/');
  // A principal that does not name all of an identity does not name a trust domain either.
  if (parts.length !== 4 || domain === '*') return [principal];
  const rest = `/${parts.join('/')}`;
  const covers = (each: string): boolean =>
    domain.startsWith('*') ? each.endsWith(domain.slice(1)) : each === domain;
  if (domain !== 'cluster.local' && !trustDomains.some(covers)) return [principal];
  return [...new Set(trustDomains.map(each => (covers(each) ? principal : `${each}${rest}`)))];
}

/** `<name>` or `<namespace>/<name>` (generator.go @1.30.3, serviceAccountRegex). */
function accountOf(value: string, policyNamespace: string): string {
  const [first = '', second] = value.split('/');
  const [namespace, account] = second === undefined ? [policyNamespace, first] : [first, second];
  return `spiffe://.+/ns/${quoted(namespace)}/(.+/|)sa/${quoted(account)}(/.+)?`;
}

/** `*` in it stands for a part of it (generator.go @1.30.3, srcTrustDomainGenerator). */
function trustDomainOf(value: string): TextMatch {
  if (value === '*') return { prefix: 'spiffe://' };
  if (!value.includes('*')) return { prefix: `spiffe://${value}/` };
  const at = value.indexOf('*');
  return { regex: `spiffe://${quoted(value.slice(0, at))}[^/]*${quoted(value.slice(at + 1))}/.*` };
}

/** Reads `*`, `*end`, `start*` or an exact text (authz/matcher/string.go @1.30.3). */
function textOf(value: string, prefix = ''): TextMatch {
  if (value === '*') return { regex: '.+' };
  if (value.startsWith('*'))
    return prefix === '' ? { suffix: value.slice(1) } : { regex: `${prefix}.*${quoted(value.slice(1))}` };
  return value.endsWith('*') ? { prefix: `${prefix}${value.slice(0, -1)}` } : { exact: `${prefix}${value}` };
}

/** Of `*` it is asked whether the header is there. */
const headerOf = (name: string, value: string, ignoresCase = false): HeaderMatch => ({
  name,
  ...(value !== '*' && { text: { ...textOf(value), ...(ignoresCase && { ignoresCase: true }) } }),
});

/** As Go's regexp.QuoteMeta. */
const quoted = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

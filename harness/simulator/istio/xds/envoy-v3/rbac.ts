/** Policies of access to envoy.config.rbac.v3 and back, in the filters for requests and for connections. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { anyOf } from '../proto/well-known.ts';
import type { Rbac, RbacCondition, RbacPolicy } from '../rbac.ts';
import { rangeOf, readRange } from './cidr-range.ts';
import { extensionOf } from './extensions.ts';
import { headerMatchOf, readHeaderMatch } from './route-match.ts';
import { readTextMatch, textMatchOf } from './text-match.ts';
import { TYPES } from './type-names.ts';

/** envoy.config.rbac.v3.RBAC.Action */
const ACTIONS = ['ALLOW', 'DENY'] as const;
/** Where current keeps the identity of the client (pilot/pkg/security/authz/model/principal.go @1.30.3). */
const PEER_PRINCIPAL = 'io.istio.peer_principal';

/** Returns HttpFilter. */
export const httpRbacOf = (rules: Rbac): ProtoMessage => ({
  name: 'envoy.filters.http.rbac',
  typed_config: anyOf(TYPES.httpRbac, { rules: rulesOf(rules) }),
});

/** Returns listener.v3.Filter. */
export const networkRbacOf = (rules: Rbac): ProtoMessage => ({
  name: 'envoy.filters.network.rbac',
  typed_config: anyOf(TYPES.networkRbac, { rules: rulesOf(rules), stat_prefix: 'tcp.' }),
});

const rulesOf = ({ action, policies }: Rbac): ProtoMessage => ({
  action: ACTIONS.indexOf(action),
  policies: Object.fromEntries(
    policies.map(([name, { permissions, principals }]) => [
      name,
      {
        permissions: permissions.map(it => conditionOf(it, 'permission')),
        principals: principals.map(it => conditionOf(it, 'principal')),
      },
    ]),
  ),
});

type Side = 'permission' | 'principal';
/** The same conditions have other names in the two messages. */
const NAMES = {
  permission: { and: ['and_rules', 'rules'], or: ['or_rules', 'rules'], not: 'not_rule' },
  principal: { and: ['and_ids', 'ids'], or: ['or_ids', 'ids'], not: 'not_id' },
} as const;

function conditionOf(condition: RbacCondition, side: Side): ProtoMessage {
  const names = NAMES[side];
  switch (condition.kind) {
    case 'any':
      return { any: true };
    case 'and':
    case 'or': {
      const [field, list] = names[condition.kind];
      return { [field]: { [list]: condition.of.map(it => conditionOf(it, side)) } };
    }
    case 'not':
      return { [names.not]: conditionOf(condition.of, side) };
    case 'header':
      return { header: headerMatchOf(condition.header) };
    case 'path':
      return { url_path: { path: textMatchOf(condition.text) } };
    case 'path-template':
      return {
        uri_template: {
          name: 'uri-template',
          typed_config: anyOf(TYPES.pathTemplate, { path_template: condition.template }),
        },
      };
    case 'port':
      return { destination_port: condition.port };
    case 'identity':
      return { authenticated: { principal_name: textMatchOf(condition.text) } };
    case 'server-name':
      return { requested_server_name: textMatchOf(condition.text) };
    case 'remote':
      return { remote_ip: rangeOf(condition.range) };
    case 'source':
      return { direct_remote_ip: rangeOf(condition.range) };
    case 'destination':
      return { destination_ip: rangeOf(condition.range) };
  }
}

/** Reads the filter for requests or for connections. @throws Refusal for rules that are not executed */
export function readRbac(fields: Fields): Rbac | undefined {
  fields.string('stat_prefix'); // what statistics of connections are named by
  fields.pass('rules_stat_prefix', 'statistics are kept by cluster and listener only');
  fields.pass('shadow_rules', 'rules that only count refuse nobody');
  fields.pass('shadow_rules_stat_prefix', 'rules that only count refuse nobody');
  return fields.message('rules', readRules);
}

function readRules(fields: Fields): Rbac {
  const action = ACTIONS[fields.number('action')];
  if (!action) throw new Refusal(`${fields.type}: only ALLOW and DENY are simulated as an action`);
  return { action, policies: fields.mapOf('policies', readPolicy) };
}

const readPolicy = (fields: Fields): RbacPolicy => ({
  permissions: fields.messages('permissions', it => readCondition(it, 'permission')),
  principals: fields.messages('principals', it => readCondition(it, 'principal')),
});

function readCondition(fields: Fields, side: Side): RbacCondition {
  const names = NAMES[side];
  for (const kind of ['and', 'or'] as const) {
    const [field, list] = names[kind];
    const of = fields.message(field, it => it.messages(list, each => readCondition(each, side)));
    if (of) return { kind, of };
  }
  const not = fields.message(names.not, it => readCondition(it, side));
  if (not) return { kind: 'not', of: not };
  if (fields.has('any') && fields.boolean('any')) return { kind: 'any' };
  const header = fields.message('header', readHeaderMatch);
  if (header) return { kind: 'header', header };
  const path = fields.message('url_path', it => it.message('path', readTextMatch));
  if (path) return { kind: 'path', text: path };
  const own = side === 'permission' ? readPermission(fields) : readPrincipal(fields);
  if (own) return own;
  throw new Refusal(`${fields.type}: this condition is not simulated`);
}

function readPermission(fields: Fields): RbacCondition | undefined {
  const template = fields.message('uri_template', readTemplate);
  if (template !== undefined) return { kind: 'path-template', template };
  if (fields.has('destination_port')) return { kind: 'port', port: fields.number('destination_port') };
  const serverName = fields.message('requested_server_name', readTextMatch);
  if (serverName) return { kind: 'server-name', text: serverName };
  const range = fields.message('destination_ip', readRange);
  return range === undefined ? undefined : { kind: 'destination', range };
}

function readPrincipal(fields: Fields): RbacCondition | undefined {
  const authenticated = fields.message('authenticated', it => ({
    text: it.message('principal_name', readTextMatch) ?? ({ regex: '.+' } as const),
  }));
  if (authenticated) return { kind: 'identity', text: authenticated.text };
  const state = fields.message('filter_state', it => {
    const key = it.string('key');
    if (key !== PEER_PRINCIPAL) throw new Refusal(`${it.type}: key ${key} is not simulated`);
    return it.message('string_match', readTextMatch);
  });
  if (state) return { kind: 'identity', text: state };
  const remote = fields.message('remote_ip', readRange);
  if (remote !== undefined) return { kind: 'remote', range: remote };
  const range = fields.message('direct_remote_ip', readRange);
  return range === undefined ? undefined : { kind: 'source', range };
}

function readTemplate(fields: Fields): string {
  const extension = extensionOf(fields);
  if (extension?.packed.type !== TYPES.pathTemplate)
    throw new Refusal(`${fields.type}: only templates of paths are simulated`);
  const { type, value } = extension.packed;
  return Fields.read(type, value, fields.reading, it => it.string('path_template'));
}

/** Decides who may do what (envoyproxy/envoy source/extensions/filters/common/rbac/matchers.cc @v1.30). */
import { contains, parseCidrOrAddress } from '../../../../base/ipv4.ts';
import type { Rbac, RbacCondition } from '../../xds/rbac.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import { headerMatches, pathOf, type RequestTraits } from './route-conditions.ts';
import { textMatches } from './text-conditions.ts';

/** What is decided on: a request, or a connection of which nothing else is known. */
export interface Asking {
  readonly connection: DownstreamConnection;
  readonly request?: RequestTraits;
  /** Of the client behind proxies; that of the connection if it is not given. */
  readonly remoteAddress?: string;
}

/** Tells whether all filters let a request or a connection go on. */
export const isAllowed = (filters: readonly Rbac[], asking: Asking): boolean =>
  filters.every(({ action, policies }) => {
    const isMatched = policies.some(
      ([, { permissions, principals }]) =>
        permissions.some(it => holds(it, asking)) && principals.some(it => holds(it, asking)),
    );
    return isMatched === (action === 'ALLOW');
  });

function holds(condition: RbacCondition, asking: Asking): boolean {
  const { connection, request } = asking;
  switch (condition.kind) {
    case 'any':
      return true;
    case 'and':
      return condition.of.every(it => holds(it, asking));
    case 'or':
      return condition.of.some(it => holds(it, asking));
    case 'not':
      return !holds(condition.of, asking);
    case 'header':
      return request !== undefined && headerMatches(condition.header, request);
    case 'path':
      return request !== undefined && textMatches(condition.text, pathOf(request.url));
    case 'path-template':
      return request !== undefined && templateMatches(condition.template, pathOf(request.url));
    case 'port':
      return connection.destination.port === condition.port;
    case 'identity':
      return connection.peer !== undefined && textMatches(condition.text, connection.peer.uri);
    case 'server-name':
      return textMatches(condition.text, connection.serverName ?? '');
    case 'remote':
      return isWithin(condition.range, asking.remoteAddress ?? connection.remoteAddress);
    case 'source':
      return isWithin(condition.range, connection.remoteAddress);
    case 'destination':
      return isWithin(condition.range, connection.destination.address);
  }
}

/** source/extensions/path/match/uri_template @v1.30: what `*` and `**` may stand for. */
const LITERAL = "[\\w.~%!$&'()+,;:@-]";
const templates = new Map<string, RegExp>();
function templateMatches(template: string, path: string): boolean {
  const known = templates.get(template) ?? new RegExp(`^${templateRegex(template)}$`);
  templates.set(template, known);
  return known.test(path);
}

const templateRegex = (template: string): string =>
  template
    .split(/(\*\*|\*)/)
    .map(part =>
      part === '**'
        ? `(?:${LITERAL}|/)*`
        : part === '*'
          ? `${LITERAL}+`
          : part.replace(/[\\.+?()|[\]{}^$]/g, '\\$&'),
    )
    .join('');

function isWithin(range: string, address: string): boolean {
  const span = parseCidrOrAddress(range);
  return span !== undefined && contains(span, address);
}

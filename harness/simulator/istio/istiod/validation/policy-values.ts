/** Values in AuthorizationPolicies (pkg/config/security/security.go @1.30.3 and @1.8.0). */
import net from 'node:net';
import { each, type Findings, listed, NONE, problem, problemIf } from './findings.ts';

/** Finds nothing but the first empty value. @param where - the name of the field, or the key */
export const notEmpty = (values: readonly string[], where: string): Findings =>
  problemIf(values.includes(''), `empty value not allowed, found in ${where}`);

/** Addresses and ranges. */
export const addresses = (values: readonly string[], isOld: boolean): Findings =>
  each(values, value => {
    const [address = '', length] = value.split(/\/(.*)/s);
    const bits = { 0: 0, 4: 32, 6: 128 }[net.isIP(address)] ?? 0;
    if (length === undefined) return bits === 0 ? listed(`bad IP address (${value})`) : NONE;
    const isNumber = /^\d{1,3}$/.test(length);
    if (bits > 0 && isNumber && Number(length) <= bits) return NONE;
    const why =
      bits > 0 && isNumber
        ? 'prefix length out of range'
        : bits > 0
          ? `bad bits after slash: ${JSON.stringify(length)}`
          : `ParseAddr(${JSON.stringify(address)}): unable to parse IP`;
    const told = isOld
      ? `invalid CIDR address: ${value}`
      : `netip.ParsePrefix(${JSON.stringify(value)}): ${why}`;
    return listed(`bad CIDR range (${value}): ${told}`);
  });

/** Ports, which are texts here. */
export const ports = (values: readonly string[]): Findings =>
  each(values, value => {
    if (!/^\d+$/.test(value))
      return listed(
        `bad port (${value}): strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`,
      );
    const isRange = Number(value) > 2 ** 32 - 1;
    const why = isRange ? `strconv.ParseUint: parsing ${JSON.stringify(value)}: value out of range` : '<nil>';
    return Number(value) <= 65_535 ? NONE : listed(`bad port (${value}): ${why}`);
  });

/** `name` or `namespace/name`. */
export function serviceAccounts(values: readonly string[], where: string): Findings {
  for (const value of values) {
    if (value === '') return notEmpty([''], where);
    if (value.split('/').length > 2 || value.startsWith('/') || value.endsWith('/'))
      return problem(
        "expected format 'serviceAccount' or 'namespace/serviceAccount', found " +
          `${JSON.stringify(value)} in ${where}`,
      );
  }
  return NONE;
}

/** Paths with `{*}` for a part and `{**}` for what is left. */
export function pathTemplates(values: readonly string[], where: string): Findings {
  for (const value of values) {
    if (!/[{}]/.test(value)) continue;
    const path = value.replace(/^\//, '');
    const bad = (why: string): Findings =>
      problem(`invalid or unsupported path ${path}, found in ${where}. ${why}`);
    let isOpen = false;
    for (const part of path.split('/')) {
      if (isOpen && /^\{\*\*?\}$/.test(part)) return bad('{**} is not the last operator');
      if (part === '{**}') isOpen = true;
      if (/^\{\*\*?\}$/.test(part)) continue;
      if (/[{}]/.test(part)) return bad("Contains '{' or '}' beyond a supported path template");
      if (part.includes('*')) return bad(`Contains segment ${part} with invalid string literal`);
    }
  }
  return NONE;
}

const PLAIN = new Set([
  'source.namespace',
  'source.principal',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'connection.sni',
]);
const PLAIN_TODAY = new Set(['source.serviceAccount', 'source.trustDomain']);
const MAPS = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.'];

/** Words what is wrong with the values of a condition; the last of several lists. */
export function attribute(key: string, values: readonly string[], isOld: boolean): Findings {
  const empty = notEmpty(values, key);
  if (empty.length > 0) return empty;
  if (MAPS.some(map => key.startsWith(map)))
    return problemIf(!/.\[.+\]$/.test(key), `bad key (${key}): should have format a[b]`);
  if (PLAIN.has(key) || (!isOld && PLAIN_TODAY.has(key))) return NONE;
  if (['source.ip', 'destination.ip'].includes(key) || key === 'remote.ip') return addresses(values, isOld);
  if (key === 'destination.port') return ports(values);
  if (key === 'destination.namespace')
    return problem(`attribute ${key} is replaced by the metadata.namespace`);
  if (key.startsWith('destination.labels'))
    return problem(`attribute ${key} is replaced by the workload selector`);
  if (key === 'destination.name' || key === 'destination.user')
    return problem(`deprecated attribute ${key}: only supported in v1alpha1`);
  return problem(`unknown attribute: ${key}`);
}

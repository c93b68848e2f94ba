/** Names, numbers and times as Istio takes them (pkg/config/validation/agent, labels @1.30.3). */
import net from 'node:net';
import { parseDuration } from '../../../../base/go-duration.ts';
import { tree } from '../../../../base/untyped.ts';
import { labels, text, texts } from '../model/config-fields.ts';
import { type Context, each, type Findings, listed, NONE, problem, problemIf } from './findings.ts';

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/i;
const WILDCARD_LABEL = /^(?:\*|(?:\*|\*-)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)$/i;
const quoted = (value: string): string => JSON.stringify(value);

/** A name without dots (RFC 1123). */
export const isLabel = (name: string): boolean => name.length <= 63 && LABEL.test(name);

/** An address, without a zone. */
export const isAddress = (value: string): boolean => net.isIP(value) !== 0;

/** An address and nothing else. */
export const addressOf = (value: string): Findings =>
  problemIf(!isAddress(value), `${value} is not a valid IP`);

/** An address or a range. */
export function subnet(value: string): Findings {
  const [address = '', length = '', ...more] = value.split('/');
  if (!value.includes('/') || more.length > 0) return addressOf(value);
  const most = { 0: -1, 4: 32, 6: 128 }[net.isIP(address)] ?? -1;
  return problemIf(!/^\d{1,3}$/.test(length) || Number(length) > most, `${value} is not a valid CIDR block`);
}

const length = (name: string): Findings =>
  name === ''
    ? problem('empty domain name not allowed')
    : problemIf(name.length > 255, `domain name ${quoted(name)} too long (max 255)`);

function domainLabels(domain: string): Findings {
  const parts = domain.split('.');
  const last = parts.at(-1) ?? '';
  if (/^[-+]?\d+$/.test(last))
    return problem(
      `domain name ${quoted(domain)} invalid (top level domain ${quoted(last)} cannot be all-numeric)`,
    );
  const wrong = parts.find((part, at) => !isLabel(part) && !(part === '' && at === parts.length - 1));
  return wrong === undefined
    ? NONE
    : problem(`domain name ${quoted(domain)} invalid (label ${quoted(wrong)} invalid)`);
}

/** A name of labels with dots between them. */
export function domainName(name: string): Findings {
  const wrong = length(name);
  return wrong.length > 0 ? wrong : domainLabels(name);
}

/** A name whose first part may be `*` or begin so. */
export function wildcardDomain(name: string): Findings {
  const wrong = length(name);
  if (wrong.length > 0) return wrong;
  const [first = '', ...rest] = name.split('.');
  if (first.length > 63 || !WILDCARD_LABEL.test(first))
    return problem(`domain name ${quoted(name)} invalid (label ${quoted(first)} invalid)`);
  return rest.length === 0 ? NONE : domainLabels(rest.join('.'));
}

/** A `*` stands for whole labels in front, or for all. */
export const partialWildcard = (name: string): Findings =>
  problemIf(
    name.includes('*') && name.length !== 1 && !name.startsWith('*.'),
    `partial wildcard ${quoted(name)} not allowed`,
  );

function hostPart(name: string, isGateway: boolean, isOld: boolean): Findings {
  const wrong = wildcardDomain(name);
  return [
    ...problemIf(name !== '*' && !name.includes('.'), 'short names (non FQDN) are not allowed'),
    ...(isGateway ? NONE : wrong),
    ...(isAddress(name) ? NONE : wrong),
    ...(isOld ? NONE : partialWildcard(name)),
  ];
}

/** `namespace/host`, of which a Gateway may leave out the namespace. */
export function hostOfNamespace(name: string, isGateway: boolean, isOld: boolean): Findings {
  const at = name.indexOf('/');
  if (at < 0)
    return isGateway ? hostPart(name, true, isOld) : problem('host must be of form namespace/dnsName');
  const [namespace, host] = [name.slice(0, at), name.slice(at + 1)];
  const isAny = namespace === '*' || namespace === '.';
  const own = isGateway || isOld ? namespace : namespace.replace(/^~/, '');
  const isTaken = isAny || isLabel(own) || (!isGateway && (isOld ? own === '~' : own === '' || own === '*'));
  const where = isGateway ? 'gateway' : 'sidecar';
  return [
    ...problemIf(
      namespace === '' || host === '',
      'config namespace and dnsName in host entry cannot be empty',
    ),
    ...problemIf(!isTaken, `invalid namespace value ${quoted(namespace)} in ${where}`),
    ...hostPart(host, isGateway, isOld),
  ];
}

/** 1 to 65535; one that is not given is 0. */
export const port = (value: unknown): Findings => {
  const number = Number(value ?? 0);
  return problemIf(
    !(Number.isInteger(number) && number >= 1 && number <= 65_535),
    `port number ${number} must be in the range 1..65535`,
  );
};

/** The name of a port. */
export const portName = (name: string): Findings => problemIf(!isLabel(name), `invalid port name: ${name}`);

/** A duration of a millisecond or more; nothing is said of one that is not given. */
export function duration(value: unknown): Findings {
  const given = text(value);
  const ms = given === undefined ? undefined : parseDuration(given);
  if (ms === undefined) return NONE;
  if (ms < 1) return problem('duration must be greater than 1ms');
  const exact = Math.abs(ms - Math.round(ms)) < 1e-9;
  return problemIf(!exact, 'only durations to ms precision are supported');
}

/** A whole number of 0 to 100. */
export const percent = (value: unknown): Findings => {
  const number = Number(value ?? 0);
  return problemIf(number < 0 || number > 100, `percentage ${number} is not in range 0..100`);
};

const TAG_PREFIX = /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)*[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const TAG_NAME = /^[a-zA-Z0-9](?:[-_.a-zA-Z0-9]*[a-zA-Z0-9])?$/;
function isTag(key: string): boolean {
  const at = key.indexOf('/');
  const name = key.slice(at + 1);
  return (at < 0 || TAG_PREFIX.test(key.slice(0, at))) && TAG_NAME.test(name) && name.length <= 63;
}
const TAG_VALUE = /^(?:[a-zA-Z0-9](?:[-_.a-zA-Z0-9]*[a-zA-Z0-9])?)?$/;

/** Labels of workloads. */
export const workloadLabels = (value: unknown): Findings =>
  Object.entries(labels(value)).flatMap(([key, each]) => [
    ...(isTag(key) ? NONE : listed(`invalid tag key: ${quoted(key)}`)),
    ...(TAG_VALUE.test(each) && each.length <= 63 ? NONE : listed(`invalid tag value: ${quoted(each)}`)),
  ]);

/** Labels of a selector are compared as they are written. */
export const selectorLabels = (value: unknown): Findings =>
  Object.entries(labels(value)).flatMap(([key, each]) => [
    ...problemIf(key === '', `empty key is not supported in selector: "=${each}"`),
    ...problemIf(
      key.includes('*') || each.includes('*'),
      `wildcard is not supported in selector: "${key}=${each}"`,
    ),
  ]);

/** Who may see a resource. @param mayBeNobody - `~` is a value */
export function exportTo(value: unknown, { namespace, isOld }: Context, mayBeNobody = false): Findings {
  const entries = texts(value);
  const seen = new Set<string>();
  const shown = isOld ? '.,*,~,' : '.,*,';
  return [
    ...each(entries, entry => {
      const key = entry === '.' ? namespace : entry;
      if (seen.has(key))
        return problem(
          key === entry
            ? `duplicate entries in exportTo for entry ${entry}`
            : `duplicate entries in exportTo: . and current namespace ${namespace}`,
        );
      if (entry === '~' && !mayBeNobody)
        return problem('exportTo ~ (none) is not allowed for Istio configuration objects');
      if (key !== '*' && key !== '~' && !isLabel(key))
        return problem(`only ${shown} or a valid DNS 1123 label is allowed as exportTo entry`);
      seen.add(key);
      return NONE;
    }),
    ...problemIf(
      seen.has('*') && entries.length > 1,
      'cannot have both public (*) and non-public exportTo values for a resource',
    ),
    ...problemIf(
      seen.has('~') && entries.length > 1,
      'cannot export service entry to no one (~) and someone',
    ),
  ];
}

const PROTOCOLS = new Set(
  'tcp udp grpc grpc-web http http_proxy http2 https tls mongo redis mysql hbone double-hbone'.split(' '),
);
const HTTP = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);

/** One that Istio knows. */
export const isProtocol = (name: string): boolean => PROTOCOLS.has(name.toLowerCase());
/** One whose requests are looked at. */
export const isHttp = (name: string): boolean => HTTP.has(name.toLowerCase());
/** One that begins with TLS. */
export const isTls = (name: string): boolean => /^(?:https|tls)$/i.test(name);
/** One that is not given is found out. */
export const protocol = (value: unknown): Findings => {
  const name = text(value) ?? '';
  return problemIf(name !== '' && !isProtocol(name), `unsupported protocol: ${name}`);
};

/** The path of a socket, behind `unix://`. */
export const socketPath = (path: string): Findings =>
  path === ''
    ? problem('unix address must not be empty')
    : problemIf(
        !path.startsWith('@') && (!path.startsWith('/') || path.endsWith('/')),
        `${path} is not an absolute path to a file`,
      );

/** Whether a field is there. */
export const has = (fields: Readonly<Record<string, unknown>>, name: string): boolean =>
  fields[name] !== undefined && fields[name] !== null;
/** A field's text; empty if it is not there. */
export const textOf = (fields: unknown, name: string): string => text(tree(fields)[name]) ?? '';

/** Reads the HTTP routes of a VirtualService (networking.istio.io, HTTPRoute). */
import { re2Problem } from '../../../../base/re2.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { RETRY_CONDITIONS } from '../../xds/retry-policy.ts';
import type { DirectResponse, Fault, HeaderEdits, Rewrite } from '../../xds/routes.ts';
import { durationMs, labels, text, texts } from './config-fields.ts';
import type {
  HttpAction,
  HttpRedirect,
  HttpRetries,
  HttpRouteConfig,
  RouteHeaders,
  WeightedDestination,
} from './http-route.ts';
import { readCorsPolicy } from './read-cors-policy.ts';
import { readDestination } from './read-destination.ts';
import { readHttpMatches } from './read-http-match.ts';
import { readMirrors } from './read-mirrors.ts';
import type { Reading } from './reading.ts';

const EXECUTED = [
  // Merged before by `delegates.ts`; alone such a route does nothing.
  'delegate',
  'name',
  'match',
  'route',
  'redirect',
  'directResponse',
  'rewrite',
  'timeout',
  'retries',
  'fault',
  'headers',
  ...['mirror', 'mirrors', 'mirrorPercent', 'mirror_percent', 'mirrorPercentage', 'corsPolicy'],
];
const MILLION = 1_000_000;
/** google.rpc.Code, by number. */
const GRPC_STATUS = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'],
  ...['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Reads one route.
 * @returns undefined for a route of which a part is not executed, and for one that can match nothing: it is
 *   left out whole, so that it never does something else than it says
 */
export function readHttpRoute(reading: Reading, path: string, value: unknown): HttpRouteConfig | undefined {
  const { unsupported } = reading;
  const route = tree(value);
  const before = unsupported.fields.length;
  const matches = readHttpMatches(reading, path, route['match']);
  const afterMatches = unsupported.fields.length;
  unsupported.check(path, route, EXECUTED);
  const action = readAction(reading, path, route);
  const fault = 'fault' in route ? readFault(reading, `${path}.fault`, tree(route['fault'])) : undefined;
  const headers = readHeaders(reading, `${path}.headers`, route['headers']);
  const cors = readCorsPolicy(reading, `${path}.corsPolicy`, route['corsPolicy']);
  const isWhole = unsupported.fields.length === afterMatches && matches !== undefined;
  if (!isWhole || !action) {
    if (unsupported.fields.length > before) unsupported.leaveOut(path);
    return undefined;
  }
  return { matches, action, fault, headers, cors };
}

function readAction(reading: Reading, path: string, route: ReturnType<typeof tree>): HttpAction | undefined {
  if (isGiven(route['delegate'])) return undefined;
  if ('redirect' in route) {
    const redirect = readRedirect(reading, `${path}.redirect`, tree(route['redirect']));
    return redirect && { kind: 'redirect', redirect };
  }
  if ('directResponse' in route) {
    const response = readDirectResponse(reading, `${path}.directResponse`, tree(route['directResponse']));
    return { kind: 'direct-response', response };
  }
  return {
    kind: 'route',
    destinations: list(route['route']).map((item, at) => readWeighted(reading, `${path}.route[${at}]`, item)),
    timeoutMs: durationMs(route['timeout']),
    retries: readRetries(reading, `${path}.retries`, route['retries']),
    rewrite: 'rewrite' in route ? readRewrite(reading, `${path}.rewrite`, tree(route['rewrite'])) : undefined,
    mirrors: readMirrors(reading, path, route),
  };
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function readWeighted(reading: Reading, path: string, value: unknown): WeightedDestination {
  const item = tree(value);
  reading.unsupported.check(path, item, ['destination', 'weight', 'headers']);
  return {
    destination: readDestination(reading, item['destination']),
    weight: Number(item['weight'] ?? 0),
    headers: readHeaders(reading, `${path}.headers`, item['headers']),
  };
}

/** Reads HTTPRetry. @returns undefined if there is none */
export function readRetries(
  { unsupported }: Pick<Reading, 'unsupported'>,
  path: string,
  value: unknown,
): HttpRetries | undefined {
  if (value === undefined || value === null) return undefined;
  const retries = tree(value);
  unsupported.check(path, retries, RETRIES);
  const retryOn = text(retries['retryOn']);
  for (const word of retryOn?.split(',').map(part => part.trim()) ?? [])
    if (word !== '' && !/^\d+$/.test(word) && !RETRY_CONDITIONS.some(known => known === word))
      unsupported.note(`${path}.retryOn: ${word}`);
  return {
    attempts: Number(retries['attempts'] ?? 0),
    retryOn: retryOn === '' ? undefined : retryOn,
    perTryTimeoutMs: durationMs(retries['perTryTimeout']),
    backOffMs: durationMs(retries['backoff']),
    ignoresPreviousHosts:
      retries['retryIgnorePreviousHosts'] === undefined
        ? undefined
        : retries['retryIgnorePreviousHosts'] === true,
  };
}

const RETRIES = [
  'attempts',
  'retryOn',
  'perTryTimeout',
  'backoff',
  'retryIgnorePreviousHosts',
  // All localities are looked at in any case.
  'retryRemoteLocalities',
];

function readRewrite({ unsupported }: Reading, path: string, rewrite: ReturnType<typeof tree>): Rewrite {
  unsupported.check(path, rewrite, ['uri', 'authority', 'uriRegexRewrite']);
  const regex = tree(rewrite['uriRegexRewrite']);
  const pattern = text(regex['match']);
  const prefix = text(rewrite['uri']);
  const host = text(rewrite['authority']);
  if (pattern !== undefined && re2Problem(pattern) !== undefined)
    unsupported.note(`${path}.uriRegexRewrite.match`);
  return {
    ...(pattern === undefined
      ? prefix && { prefix }
      : { regex: { pattern, substitution: text(regex['rewrite']) ?? '' } }),
    ...(host && { host }),
  };
}

function readRedirect(
  { unsupported }: Reading,
  path: string,
  redirect: ReturnType<typeof tree>,
): HttpRedirect | undefined {
  unsupported.check(path, redirect, [
    'uri',
    'authority',
    'port',
    'derivePort',
    'scheme',
    'redirectCode',
    'prefixRewrite',
  ]);
  const status = Number(redirect['redirectCode'] ?? 301);
  if (!REDIRECTS.includes(status)) {
    unsupported.note(`${path}.redirectCode: ${status}`);
    return undefined;
  }
  const fromRequest = redirect['derivePort'] === 'FROM_REQUEST_PORT';
  const port = redirect['port'];
  return {
    status,
    scheme: text(redirect['scheme']),
    host: text(redirect['authority']),
    path: text(redirect['uri']),
    prefix: text(redirect['prefixRewrite']),
    port: fromRequest ? 'request' : port === undefined ? undefined : Number(port),
  };
}

function readDirectResponse(
  { unsupported }: Reading,
  path: string,
  response: ReturnType<typeof tree>,
): DirectResponse {
  unsupported.check(path, response, ['status', 'body']);
  const body = tree(response['body']);
  unsupported.check(`${path}.body`, body, ['string', 'bytes']);
  const bytes = text(body['bytes']);
  return {
    status: Number(response['status'] ?? 0),
    body: bytes === undefined ? (text(body['string']) ?? '') : Buffer.from(bytes, 'base64').toString('utf8'),
  };
}

/** pilot/pkg/networking/core/route/route.go @1.30.3, TranslateFault: without a percentage nothing happens. */
function readFault({ unsupported }: Reading, path: string, fault: ReturnType<typeof tree>): Fault {
  unsupported.check(path, fault, ['delay', 'abort']);
  const delay = tree(fault['delay']);
  const abort = tree(fault['abort']);
  unsupported.check(`${path}.delay`, delay, ['fixedDelay', 'percentage', 'percent']);
  unsupported.check(`${path}.abort`, abort, ['httpStatus', 'grpcStatus', 'percentage']);
  const grpcStatus = GRPC_STATUS.indexOf(text(abort['grpcStatus']) ?? '');
  return {
    ...('fixedDelay' in delay && {
      delay: {
        perMillion: percentage(delay['percentage']) ?? Number(delay['percent'] ?? 0) * 10_000,
        delayMs: durationMs(delay['fixedDelay']) ?? 0,
      },
    }),
    ...('httpStatus' in abort && {
      abort: { perMillion: percentage(abort['percentage']) ?? 0, status: Number(abort['httpStatus']) },
    }),
    ...(grpcStatus >= 0 && { abort: { perMillion: percentage(abort['percentage']) ?? 0, grpcStatus } }),
  };
}

/** @returns of a million so many */
const percentage = (value: unknown): number | undefined =>
  value === undefined ? undefined : Math.min(MILLION, Math.trunc(Number(tree(value)['value'] ?? 0) * 10_000));

function readHeaders({ unsupported }: Reading, path: string, value: unknown): RouteHeaders | undefined {
  if (value === undefined || value === null) return undefined;
  const headers = tree(value);
  unsupported.check(path, headers, ['request', 'response']);
  const edits = (which: 'request' | 'response'): HeaderEdits | undefined => {
    const operations = tree(headers[which]);
    unsupported.check(`${path}.${which}`, operations, ['set', 'add', 'remove']);
    const add = [...added(operations['set'], false), ...added(operations['add'], true)];
    for (const { name, value: text } of add)
      if (text.replaceAll('%%', '').includes('%'))
        unsupported.note(`${path}.${which} ${name}: a command operator (%)`);
    const remove = texts(operations['remove']).filter(name => !isInternal(name));
    const plain = add.map(each => ({ ...each, value: each.value.replaceAll('%%', '%') }));
    return add.length > 0 || remove.length > 0 ? { add: plain, remove } : undefined;
  };
  return { request: edits('request'), response: edits('response'), host: hostOf(tree(headers['request'])) };
}

/** Headers that are no headers to Envoy (route.go @1.30.3, isInternalHeader). */
const isInternal = (name: string): boolean => name.startsWith(':') || name.toLowerCase() === 'host';

const added = (value: unknown, isAppended: boolean): HeaderEdits['add'] =>
  Object.entries(labels(value))
    .filter(([name]) => !isInternal(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => ({ name, value: text, isAppended }));

function hostOf(operations: ReturnType<typeof tree>): string | undefined {
  const named = (value: unknown): string | undefined =>
    Object.entries(labels(value)).find(([name]) => /^(?::authority|host)$/i.test(name))?.[1];
  return named(operations['set']) ?? named(operations['add']);
}

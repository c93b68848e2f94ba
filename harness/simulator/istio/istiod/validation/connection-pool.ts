/** Limits of connections (validation.go, validateConnectionPool @1.30.3 and @1.8.0). */
import { parseDuration } from '../../../../base/go-duration.ts';
import { type Tree, tree } from '../../../../base/untyped.ts';
import { text } from '../model/config-fields.ts';
import { each, type Findings, NONE, problem, problemIf } from './findings.ts';
import { duration, has } from './values.ts';

const HTTP_LIMITS = [
  ['http1MaxPendingRequests', 'http1 max pending requests'],
  ['http2MaxRequests', 'http2 max requests'],
  ['maxRequestsPerConnection', 'max requests per connection'],
  ['maxRetries', 'max retries'],
] as const;

const notNegative = (settings: Tree, name: string, words: string): Findings =>
  problemIf(Number(settings[name] ?? 0) < 0, `${words} must be non-negative`);

/** Limits of HTTP and TCP, at least one of the two. */
export function connectionPool(settings: Tree, isOld: boolean): Findings {
  if (!has(settings, 'http') && !has(settings, 'tcp'))
    return problem('connection pool must have at least one field');
  const [http, tcp] = [tree(settings['http']), tree(settings['tcp'])];
  return [
    ...each(HTTP_LIMITS, ([name, words]) => notNegative(http, name, words)),
    ...duration(http['idleTimeout']),
    ...problemIf(
      http['h2UpgradePolicy'] === 'UPGRADE' && http['useClientProtocol'] === true,
      'use client protocol must not be true when H2UpgradePolicy is UPGRADE',
    ),
    ...(isOld ? NONE : notNegative(http, 'maxConcurrentStreams', 'max concurrent streams')),
    ...notNegative(tcp, 'maxConnections', 'max connections'),
    ...duration(tcp['connectTimeout']),
    ...(isOld ? NONE : ofToday(tcp)),
  ];
}

function ofToday(tcp: Tree): Findings {
  const keepalive = tree(tcp['tcpKeepalive']);
  const isOff = parseDuration(text(tcp['idleTimeout']) ?? '') === 0;
  return [
    ...duration(tcp['maxConnectionDuration']),
    ...(isOff ? NONE : duration(tcp['idleTimeout'])),
    ...duration(keepalive['time']),
    ...duration(keepalive['interval']),
  ];
}

/** Values that a message of Istio's cannot hold: istiod refuses them before it looks at what they mean. */
import { parseDuration } from '../../../../base/go-duration.ts';
import { text } from '../model/config-fields.ts';

const DURATIONS = new Set(
  (
    'timeout perTryTimeout backoff fixedDelay exponentialDelay maxAge connectTimeout idleTimeout ' +
    'maxConnectionDuration interval time baseEjectionTime ttl warmupDurationSecs'
  ).split(' '),
);
/** Ports are so in many messages. */
const UNSIGNED: Readonly<Record<string, string>> = {
  number: 'uint32',
  targetPort: 'uint32',
  port: 'uint32',
  probes: 'uint32',
  consecutive5xxErrors: 'uint32',
  consecutiveGatewayErrors: 'uint32',
  consecutiveLocalOriginFailures: 'uint32',
  minimumRingSize: 'uint64',
};
const SIGNED = new Set(
  (
    'weight attempts httpStatus percent maxConnections http1MaxPendingRequests http2MaxRequests ' +
    'maxRequestsPerConnection maxRetries maxEjectionPercent minHealthPercent consecutiveErrors'
  ).split(' '),
);
const MOST_32 = 2 ** 32 - 1;
const MOST_SIGNED = 2 ** 31 - 1;

/** Words the first such value in a spec; undefined if there is none. */
export function decodingProblem(value: unknown, name = '', parent = ''): string | undefined {
  if (Array.isArray(value)) return firstOf(value.map(item => () => decodingProblem(item, name, parent)));
  if (typeof value === 'object' && value !== null)
    return firstOf(
      Object.entries(value).map(
        ([key, item]) =>
          () =>
            decodingProblem(item, key, name),
      ),
    );
  if (typeof value === 'number') return numberProblem(value, name, parent);
  return typeof value === 'string' && DURATIONS.has(name) ? durationProblem(value) : undefined;
}

function firstOf(looks: readonly (() => string | undefined)[]): string | undefined {
  for (const look of looks) {
    const found = look();
    if (found !== undefined) return found;
  }
  return undefined;
}

function numberProblem(value: number, name: string, parent: string): string | undefined {
  const isOfEndpoint = name === 'weight' && (parent === 'endpoints' || parent === '');
  const unsigned = isOfEndpoint ? 'uint32' : UNSIGNED[name];
  const type = unsigned ?? (SIGNED.has(name) ? 'int32' : undefined);
  if (type === undefined) return undefined;
  const most = type === 'int32' ? MOST_SIGNED : type === 'uint32' ? MOST_32 : Number.MAX_VALUE;
  const least = type === 'int32' ? -MOST_SIGNED - 1 : 0;
  return value >= least && value <= most
    ? undefined
    : `json: cannot unmarshal number ${value} into Go value of type ${type}`;
}

function durationProblem(value: string): string | undefined {
  if (parseDuration(text(value) ?? '') !== undefined) return undefined;
  const what = /^[-+]?[\d.]+$/.test(value) ? 'missing unit in duration' : 'invalid duration';
  return `bad Duration: time: ${what} ${JSON.stringify(value)}`;
}

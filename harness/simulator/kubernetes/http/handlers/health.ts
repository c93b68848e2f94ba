/**
 * The health of the server: `/healthz`, `/livez`, `/readyz`, and each check below them
 * (staging/src/k8s.io/apiserver pkg/server/healthz/healthz.go @v1.34).
 */
import { sendText, sendTextError } from '../call.ts';
import type { Exchange } from '../exchange.ts';
import type { PathRequest } from '../request-info.ts';

const BASIC = ['ping', 'log', 'etcd'];

/** What a real server starts with, by its names; here all of it is there when the server is. */
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map(name => `poststarthook/${name}`);

const COMMON = [
  ...HOOKS,
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];

/** The checks by the first part of their path. */
export const CHECKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['healthz', [...BASIC, ...COMMON]],
  ['livez', [...BASIC, ...COMMON]],
  ['readyz', [...BASIC, 'etcd-readiness', 'informer-sync', ...COMMON, 'shutdown']],
]);

/** The paths of all checks, for the list of paths. */
export const HEALTH_PATHS: readonly string[] = [...CHECKS].flatMap(([name, checks]) => [
  `/${name}`,
  ...checks.map(check => `/${name}/${check}`),
]);

/** Answers a path of health, whatever the method. @returns false for another path */
export function handleHealth(exchange: Exchange & { readonly info: PathRequest }): boolean {
  const { path, query } = exchange.info;
  const [, name = '', check] = /^\/([a-z]+)(?:\/(.+))?$/.exec(path) ?? [];
  const checks = CHECKS.get(name);
  if (!checks) return false;
  if (check !== undefined) {
    if (!checks.includes(check)) return false;
    sendText(exchange, 200, 'ok');
    return true;
  }
  const excluded = new Set(query.getAll('exclude').filter(each => each !== ''));
  exchange.response.setHeader('X-Content-Type-Options', 'nosniff');
  if (query.has('verbose')) sendText(exchange, 200, verbose(name, checks, excluded));
  else sendText(exchange, 200, 'ok');
  return true;
}

function verbose(name: string, checks: readonly string[], excluded: ReadonlySet<string>): string {
  const lines = checks.map(check => `[+]${check} ${excluded.has(check) ? 'excluded: ok' : 'ok'}`);
  const unknown = [...excluded].filter(each => !checks.includes(each)).sort();
  if (unknown.length > 0) {
    const quoted = unknown.map(each => JSON.stringify(each)).join(', ');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${quoted}`);
  }
  return `${[...lines, `${name} check passed`].join('\n')}\n`;
}

/** Makes Go's answer to a path that nobody serves. */
export function sendPageNotFound(exchange: Exchange): void {
  sendTextError(exchange, 404, '404 page not found');
}

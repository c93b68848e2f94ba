/**
 * `/metrics`: what can be told of the store without counting requests, in the names of kube-apiserver
 * (staging/src/k8s.io/apiserver pkg/storage/etcd3/metrics, pkg/storage/cacher/metrics @v1.34).
 */
import { keyOf } from '../../registry/resources.ts';
import { sendText } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { Exchange } from '../exchange.ts';
import { CHECKS } from './health.ts';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

interface Family {
  readonly name: string;
  readonly help: string;
  /** By their labels, as they stand in the text. */
  readonly samples: readonly (readonly [string, number])[];
}

function families({ registry, store, version }: Environment): readonly Family[] {
  const stored = registry.all().filter(type => !type.virtual && type.storedAs === undefined);
  const counts = stored
    .map(type => ({ ...type, key: keyOf(type), count: store.list(type).length }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return [
    {
      name: 'apiserver_resource_objects',
      help: '[ALPHA] Number of stored objects at the time of last check split by kind.',
      samples: counts.map(({ group, plural, count }) => [`group="${group}",resource="${plural}"`, count]),
    },
    {
      name: 'apiserver_storage_objects',
      help: '[STABLE] [DEPRECATED] Number of stored objects at the time of last check split by kind.',
      samples: counts.map(({ key, count }) => [`resource="${key}"`, count]),
    },
    {
      name: 'apiserver_watch_cache_resource_version',
      help: '[ALPHA] Current resource version of watch cache broken by resource type.',
      samples: counts.map(({ group, plural }) => [
        `group="${group}",resource="${plural}"`,
        store.resourceVersion,
      ]),
    },
    {
      name: 'kubernetes_build_info',
      help: '[ALPHA] The version that the server says it is.',
      samples: [[`git_version="${version}",platform="linux/amd64"`, 1]],
    },
  ];
}

/** Answers a request for the metrics, in the text format of Prometheus. */
export function handleMetrics(environment: Environment, exchange: Exchange): void {
  if (exchange.request.method === 'DELETE') {
    sendText(exchange, 200, 'metrics reset\n');
    return;
  }
  sendFamilies(exchange, families(environment));
}

/** Answers a request for the health checks as metrics (component-base/metrics/prometheus/slis @v1.34). */
export function handleHealthMetrics(exchange: Exchange): void {
  const samples = [...CHECKS].flatMap(([type, checks]) =>
    checks.map(check => [`name="${check}",type="${type}"`, 1] as const),
  );
  const help = '[STABLE] This metric records the result of a single healthcheck.';
  sendFamilies(exchange, [{ name: 'kubernetes_healthcheck', help, samples }]);
}

function sendFamilies(exchange: Exchange, all: readonly Family[]): void {
  const lines = all.flatMap(({ name, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => `${name}{${labels}} ${value}`),
  ]);
  sendText(exchange, 200, `${lines.join('\n')}\n`, METRICS_TYPE);
}

/** Asks the pages of istiod, from inside of its container. */
import type { ApiClient } from '../base/api-client.ts';
import { list } from '../base/untyped.ts';
import { type ExecContext, execIn, isTrouble } from './calling.ts';
import type { CheckContext } from './check.ts';
import { at, text } from './diagnose/object-fields.ts';
import { PAST_PROXIES } from './past-proxies.ts';
import { listPods } from './pods.ts';
import { ISTIO_NAMESPACE } from './workloads.ts';

/** Today's image has no curl. */
const QUERIES: readonly ((path: string) => readonly string[])[] = [
  path => ['pilot-discovery', 'request', 'GET', path],
  path => ['curl', '-sS', '-f', ...PAST_PROXIES, `http://localhost:15014${path}`],
];

/**
 * Asks each istiod of a cluster for a page of its monitoring port.
 * @param path - with its slash: `/debug/syncz`
 * @returns the page of each istiod that runs, by the pod's name; undefined from one that does not answer
 */
export async function askIstiods(
  context: CheckContext,
  client: ApiClient,
  path: string,
): Promise<ReadonlyMap<string, string | undefined>> {
  const istiods = (await listPods(client, ISTIO_NAMESPACE, context.signal)).filter(
    ({ app, status }) => app === 'istiod' && status === 'Running',
  );
  const pages = new Map<string, string | undefined>();
  for (const { name } of istiods) pages.set(name, await askIstiod(context, client, name, path));
  return pages;
}

/**
 * Asks one istiod for a page of its monitoring port.
 * @returns undefined if it does not answer
 */
export async function askIstiod(
  context: ExecContext,
  client: ApiClient,
  pod: string,
  path: string,
): Promise<string | undefined> {
  for (const query of QUERIES) {
    const target = { namespace: ISTIO_NAMESPACE, pod, container: 'discovery' };
    const outcome = await execIn(client, target, query(path), context, 30_000);
    if (!isTrouble(outcome) && outcome.exitCode === 0) return outcome.stdout;
  }
  return undefined;
}

/** A proxy that is connected to an istiod. */
export interface ConnectedProxy {
  /** `sleep-754684654f-n6bzf.sample` */
  readonly id: string;
  /** What its agent says that it is: `1.30.3`. */
  readonly version?: string;
  /** Types of resources whose last push it has not acknowledged: `endpoint`. */
  readonly pending: readonly string[];
  /** Why it refused a push, where the release says so. */
  readonly refusals: readonly string[];
}

/**
 * Reads `/debug/syncz`: what was sent to each proxy and what it acknowledged, by nonces (istio/istio
 * pilot/pkg/xds/debug.go @1.8.0 and @1.30.3).
 * @throws SyntaxError if the page is not JSON
 */
export function readSync(page: string): readonly ConnectedProxy[] {
  return list(JSON.parse(page)).flatMap(entry => {
    const id = text(at(entry, 'proxy'));
    if (id === undefined) return [];
    const pending = ['cluster', 'listener', 'route', 'endpoint'].filter(type => {
      const sent = text(at(entry, `${type}_sent`)) ?? '';
      return sent !== '' && sent !== text(at(entry, `${type}_acked`));
    });
    const resources = at(entry, 'resources');
    const refusals = Object.values(typeof resources === 'object' && resources !== null ? resources : {})
      .map(resource => text(at(resource, 'lastError')))
      .filter(refusal => refusal !== undefined);
    const version = text(at(entry, 'istio_version'));
    return [{ id, pending, refusals, ...(version !== undefined && version !== '' && { version }) }];
  });
}

/**
 * Reads `/version`: version, commit and state of the sources, joined by dashes (istio/istio
 * pkg/version/version.go, pilot/pkg/bootstrap/monitoring.go @1.30.3).
 * @returns the version alone: `1.31.0` of `1.31.0-86c9f01fd73-Clean`
 */
export const readVersion = (page: string): string => page.trim().replace(/-[^-]+-[^-]+$/, '');

/**
 * Adds up a counter in Prometheus' text format, over all of its labels.
 * @returns 0 for a counter that was never raised
 */
export function sumOf(metrics: string, name: string): number {
  return metrics
    .split('\n')
    .filter(line => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

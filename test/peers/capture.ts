/** What our istiod has told each proxy of a scenario, at the end of its plan. */
import type { EncodedResource } from '../../harness/simulator/istio/istiod/serve/encoded-resources.ts';
import { Resources } from '../../harness/simulator/istio/istiod/serve/resources.ts';
import type { ResourceType } from '../../harness/simulator/istio/xds/resources.ts';
import { objectsAfterEmbeddedTools } from '../support/embedded-run.ts';
import { withoutIstioFilters } from './without-istio-filters.ts';

/** By type: what one proxy has. */
export type View = ReadonlyMap<ResourceType, readonly EncodedResource[]>;

/** @returns views by proxy: `cluster1 sidecar sleep` */
export async function captureViews(scenario: string, edition: string): Promise<ReadonlyMap<string, View>> {
  const views = new Map<string, Map<ResourceType, readonly EncodedResource[]>>();
  const original = Resources.prototype.of;
  Resources.prototype.of = function (type, proxy) {
    const resources = original.call(this, type, proxy);
    const app = proxy.labels['app'] ?? proxy.podName;
    const name = `${proxy.clusterId} ${proxy.role} ${app} ${proxy.labels['version'] ?? ''}`.trim();
    const view = views.get(name) ?? new Map<ResourceType, readonly EncodedResource[]>();
    views.set(name, view.set(type, resources));
    return resources;
  };
  try {
    await objectsAfterEmbeddedTools(scenario, edition, withoutIstioFilters);
  } finally {
    Resources.prototype.of = original;
  }
  return views;
}

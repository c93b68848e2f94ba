/** The pages on the process itself: `/server_info`, `/memory`. */
import type { XdsNode } from '../../xds/node.ts';
import type { Envoy } from '../envoy.ts';

/** In the place of the commit that a real binary is built from: this is none. */
const NO_COMMIT = '0'.repeat(40);

/** The page `/server_info` (envoy.admin.v3.ServerInfo). */
export function serverInfo(envoy: Envoy, node: XdsNode) {
  const uptime = Math.floor((envoy.options.clock.now() - envoy.startedMs) / 1000);
  return {
    version: `${NO_COMMIT}/${envoy.options.wording.version}/Clean/RELEASE/BoringSSL`,
    state: envoy.state,
    hot_restart_version: 'disabled',
    command_line_options: {
      concurrency: envoy.options.workers,
      service_node: node.id,
      service_cluster: node.metadata['WORKLOAD_NAME'] ?? '',
    },
    uptime_current_epoch: `${uptime}s`,
    uptime_all_epochs: `${uptime}s`,
    node: nodeOf(envoy, node),
  };
}

/** @returns an `envoy.config.core.v3.Node`; istioctl reads the version of Envoy there */
export function nodeOf({ options }: Envoy, { id, metadata }: XdsNode) {
  const [major = 0, minor = 0, patch = 0] = (/^\d+\.\d+\.\d+/.exec(options.wording.version)?.[0] ?? '')
    .split('.')
    .map(Number);
  return {
    id,
    metadata,
    user_agent_name: 'envoy',
    user_agent_build_version: {
      version: { major_number: major, minor_number: minor, patch },
      metadata: {
        'build.type': 'RELEASE',
        'revision.sha': NO_COMMIT,
        'revision.status': 'Clean',
        'ssl.version': 'BoringSSL',
      },
    },
  };
}

/**
 * The page `/memory` (envoy.admin.v3.Memory).
 * Unlike Envoy's, all amounts are nought: the memory is not the proxy's.
 */
export const MEMORY = {
  allocated: '0',
  heap_size: '0',
  pageheap_unmapped: '0',
  pageheap_free: '0',
  total_thread_cache: '0',
  total_physical_bytes: '0',
};

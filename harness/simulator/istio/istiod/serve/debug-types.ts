/**
 * The debug types on discovery streams: what `istioctl proxy-status` and `istioctl x internal-debug` ask for
 * (pilot/pkg/xds/statusgen.go, debuggen.go @1.30.3).
 */
import { createHash } from 'node:crypto';
import { GrpcError } from '../../../../base/grpc/status.ts';
import { DEBUG_TYPE_URLS } from '../../xds/ads/type-urls.ts';
import type { AnyMessage } from '../../xds/proto/discovery.ts';
import { configDump } from './config-dump.ts';
import { debugPage } from './debug.ts';
import { type DebugSources, findConnection } from './debug-page.ts';
import type { DebugQuestion } from './debug-question.ts';
import type { EncodedResource } from './encoded-resources.ts';
import { encodeSyncStatus, SYNC_STATUS_TYPE_URL } from './sync-status.ts';

/** Pages that a caller from another namespace than istiod's may see, of his own namespace's proxies. */
const PAGES_FOR_ALL: ReadonlySet<string> = new Set(['config_dump', 'ndsz', 'edsz']);

/**
 * Answers a question.
 * @returns undefined for a type that is no debug type
 * @throws GrpcError if the caller may not ask, or asks for other than one page
 */
export function debugResources(
  sources: DebugSources,
  { typeUrl, names, caller }: DebugQuestion,
): readonly EncodedResource[] | undefined {
  if (!Object.values<string>(DEBUG_TYPE_URLS).includes(typeUrl)) return undefined;
  if (!caller) throw new GrpcError('Unauthenticated', 'authentication required');
  const { namespace } = caller;
  const isOwn = namespace === sources.settings.namespace;
  const visible: DebugSources = isOwn ? sources : { ...sources, onlyNamespace: namespace };
  if (typeUrl === DEBUG_TYPE_URLS.sync) return syncStatuses(visible);
  const [name, ...more] = names === 'all' ? [] : names;
  const isOne = name !== undefined && more.length === 0;
  if (typeUrl === DEBUG_TYPE_URLS.configDump) return isOne ? dump(visible, name) : [];
  if (!isOne) throw new GrpcError('InvalidArgument', 'exactly one debug request is required');
  if (!isOwn && !PAGES_FOR_ALL.has(name.split('?')[0] ?? '')) {
    const identity = JSON.stringify(caller.identity);
    throw new GrpcError(
      'PermissionDenied',
      `the debug info is not available for current identity: ${identity}`,
    );
  }
  const { body } = debugPage(visible, `/debug/${name}`);
  return [encoded(name, { typeUrl: DEBUG_TYPE_URLS.page, value: Buffer.from(body) })];
}

const syncStatuses = ({ discovery, onlyNamespace }: DebugSources): readonly EncodedResource[] =>
  [...discovery.connections]
    .filter(({ proxy }) => proxy.isProxy)
    .filter(({ proxy }) => onlyNamespace === undefined || proxy.namespace === onlyNamespace)
    .map(each => encoded(each.proxy.id, { typeUrl: SYNC_STATUS_TYPE_URL, value: encodeSyncStatus(each) }));

/** One resource for each section; none if there is no such proxy. */
function dump(sources: DebugSources, proxyId: string): readonly EncodedResource[] {
  const connection = findConnection(sources, proxyId);
  if (!connection) return [];
  const { resources, discovery } = sources;
  const sections = configDump({ connection, resources, version: discovery.version }, false);
  return sections.map((section, at) => encoded(String(at), section));
}

const encoded = (name: string, { typeUrl, value }: AnyMessage): EncodedResource => ({
  name,
  version: createHash('sha1').update(value).digest('base64url'),
  body: value,
  typeUrl,
});

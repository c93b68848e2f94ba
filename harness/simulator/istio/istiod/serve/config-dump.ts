/**
 * What istiod sends to a proxy, in the form of Envoy's `/config_dump`, so that the two can be compared
 * (pilot/pkg/xds/debug.go, connectionConfigDump @1.30.3).
 */
import type { AnyMessage } from '../../xds/proto/discovery.ts';
import { anyMessageOf } from '../../xds/proto/discovery.ts';
import { encodeMessage, type ProtoMessage } from '../../xds/proto/encode-message.ts';
import type { ResourceType } from '../../xds/resources.ts';
import { typeUrlOf } from '../../xds/wire/types.ts';
import type { EncodedResource } from './encoded-resources.ts';
import type { AnyProxyConnection } from './proxy-connection.ts';
import type { Resources } from './resources.ts';

/** Whose dump, out of what. */
interface DumpedProxy {
  readonly connection: AnyProxyConnection;
  readonly resources: Resources;
  /** Of the last push. */
  readonly version: string;
}

/** Returns the resources of a type that a proxy has subscribed to, as they are now. */
export function subscribedResources(
  { connection, resources }: Pick<DumpedProxy, 'connection' | 'resources'>,
  type: ResourceType,
): readonly EncodedResource[] {
  const watch = connection.watches.get(typeUrlOf(type));
  if (!watch) return [];
  const all = resources.of(type, connection.proxy);
  return watch.isWildcard ? all : all.filter(({ name }) => watch.names.has(name));
}

/** Returns a resource of a type as google.protobuf.Any. */
export const resourceMessage = (type: ResourceType, { body }: EncodedResource): AnyMessage => ({
  typeUrl: typeUrlOf(type),
  value: body,
});

/** Returns the sections of the dump; endpoints only if they are asked for, as Envoy does. */
export function configDump(proxy: DumpedProxy, includesEndpoints: boolean): readonly AnyMessage[] {
  const { version } = proxy;
  const each = (
    type: ResourceType,
    entry: (resource: ProtoMessage, name: string) => ProtoMessage,
  ): readonly ProtoMessage[] =>
    subscribedResources(proxy, type).map(it => entry(anyMessageOf(resourceMessage(type, it)), it.name));
  return [
    section('BootstrapConfigDump'),
    section('ClustersConfigDump', {
      version_info: version,
      dynamic_active_clusters: each('cluster', cluster => ({ cluster })),
    }),
    ...(includesEndpoints
      ? [
          section('EndpointsConfigDump', {
            dynamic_endpoint_configs: each('endpoint', endpoint_config => ({
              version_info: version,
              endpoint_config,
            })),
          }),
        ]
      : []),
    section('ListenersConfigDump', {
      version_info: version,
      dynamic_listeners: each('listener', (listener, name) => ({
        name,
        active_state: { version_info: version, listener },
      })),
    }),
    section('ScopedRoutesConfigDump'),
    section('RoutesConfigDump', {
      dynamic_route_configs: each('route', route_config => ({ version_info: version, route_config })),
    }),
    // Secrets come from the agent, and nothing by extension discovery.
    section('SecretsConfigDump'),
    section('EcdsConfigDump'),
  ];
}

function section(name: string, message?: ProtoMessage): AnyMessage {
  const type = `envoy.admin.v3.${name}`;
  return {
    typeUrl: `type.googleapis.com/${type}`,
    value: message ? encodeMessage(type, message) : new Uint8Array(),
  };
}

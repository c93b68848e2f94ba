/** A proxy's end of a stream in the state of the world: Envoy 1.16 (grpc_mux_impl.cc @v1.16.0). */
import type { XdsNode } from '../node.ts';
import { AdsClientStream } from './client-stream.ts';
import type { DiscoveryRequest, DiscoveryResponse, ErrorDetail } from './messages.ts';
import type { AdsUpdate, Subscription } from './subscription.ts';

/** Every request has all names, the version in use and the last nonce. */
export class StateOfTheWorldClient<B> extends AdsClientStream<B, DiscoveryRequest, DiscoveryResponse<B>> {
  protected override opening(subscription: Subscription, node: XdsNode | undefined): DiscoveryRequest {
    return { ...requestOf(subscription), ...(node && { node }) };
  }

  protected override change(subscription: Subscription): DiscoveryRequest {
    return requestOf(subscription);
  }

  protected override answer(subscription: Subscription, errorDetail: ErrorDetail | undefined) {
    return { ...requestOf(subscription), ...(errorDetail && { errorDetail }) };
  }

  /** Of a wildcard type, what is absent is gone. Of another, absence means nothing. */
  protected override updateOf(
    subscription: Subscription,
    { versionInfo, resources: all }: DiscoveryResponse<B>,
  ): AdsUpdate<B> {
    const resources = all.filter(({ name }) => subscription.wants(name));
    const given = new Set(resources.map(({ name }) => name));
    const removed =
      subscription.names === 'all' ? [...subscription.versions.keys()].filter(name => !given.has(name)) : [];
    return { version: versionInfo, resources, removed };
  }
}

const requestOf = ({ typeUrl, version, names, nonce }: Subscription): DiscoveryRequest => ({
  typeUrl,
  versionInfo: version,
  resourceNames: names === 'all' ? [] : [...names],
  responseNonce: nonce,
});

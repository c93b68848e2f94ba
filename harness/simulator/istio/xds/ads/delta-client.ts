/** A proxy's end of a delta stream: current Envoy (delta_subscription_state.cc @v1.33.0). */
import type { XdsNode } from '../node.ts';
import { AdsClientStream, type NamesChange } from './client-stream.ts';
import type { DeltaDiscoveryRequest, DeltaDiscoveryResponse, ErrorDetail } from './messages.ts';
import type { AdsUpdate, Subscription } from './subscription.ts';

/** Requests tell changes of the subscription, or answer a response; never both. */
export class DeltaClient<B> extends AdsClientStream<B, DeltaDiscoveryRequest, DeltaDiscoveryResponse<B>> {
  protected override opening(subscription: Subscription, node: XdsNode | undefined): DeltaDiscoveryRequest {
    const { names, versions } = subscription;
    return {
      ...requestOf(subscription),
      ...(node && { node }),
      resourceNamesSubscribe: names === 'all' ? [] : [...names],
      initialResourceVersions: Object.fromEntries(versions),
    };
  }

  protected override change(
    subscription: Subscription,
    { added, dropped }: NamesChange,
  ): DeltaDiscoveryRequest {
    return {
      ...requestOf(subscription),
      resourceNamesSubscribe: added,
      resourceNamesUnsubscribe: dropped,
    };
  }

  protected override answer(subscription: Subscription, errorDetail: ErrorDetail | undefined) {
    return {
      ...requestOf(subscription),
      responseNonce: subscription.nonce,
      ...(errorDetail && { errorDetail }),
    };
  }

  protected override updateOf(
    subscription: Subscription,
    { systemVersionInfo, resources, removedResources }: DeltaDiscoveryResponse<B>,
  ): AdsUpdate<B> {
    return {
      version: systemVersionInfo,
      resources: resources.filter(({ name }) => subscription.wants(name)),
      removed: removedResources.filter(name => subscription.wants(name)),
    };
  }
}

const requestOf = ({ typeUrl }: Subscription): DeltaDiscoveryRequest => ({
  typeUrl,
  resourceNamesSubscribe: [],
  resourceNamesUnsubscribe: [],
  initialResourceVersions: {},
  responseNonce: '',
});

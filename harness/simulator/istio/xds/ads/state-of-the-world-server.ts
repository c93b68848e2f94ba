/** istiod's end of a stream in the state of the world: StreamAggregatedResources, Istio 1.8. */
import type { DiscoveryRequest, DiscoveryResponse, Resource } from './messages.ts';
import { AdsServerStream, type ResponseHead } from './server-stream.ts';
import { isWildcardType, TYPE_URLS } from './type-urls.ts';
import type { Difference, Watch } from './watch.ts';

/** Answers as `shouldRespond` and `pushXds` do (pilot/pkg/xds/ads.go @1.8.0). */
export class StateOfTheWorldServer<B> extends AdsServerStream<B, DiscoveryRequest, DiscoveryResponse<B>> {
  override receive(request: DiscoveryRequest): readonly DiscoveryResponse<B>[] {
    const { typeUrl, responseNonce, errorDetail } = request;
    if (errorDetail) {
      this.refuse(typeUrl, responseNonce, errorDetail);
      return [];
    }
    const names = new Set(request.resourceNames);
    const isWildcard = names.size === 0 && isWildcardType(typeUrl);
    if (names.size === 0 && !isWildcard) {
      this.unwatch(typeUrl); // as from 1.10 (`shouldUnsubscribe`)
      return [];
    }
    const known = this.watchOf(typeUrl);
    // A proxy that comes back may name a nonce of another stream.
    if (!known || responseNonce === '') {
      return [this.#answerAll(typeUrl, this.watch(typeUrl, names, isWildcard))];
    }
    if (responseNonce !== known.sent?.nonce) return []; // the answer to the last one has its names again
    this.accept(typeUrl, known);
    return known.subscribe(names, isWildcard) ? [this.#answerAll(typeUrl, known)] : [];
  }

  /**
   * All of the type, so that the proxy sees by absence what is gone. EDS holds what is different only, since
   * absence means nothing there (`EdsGenerator`, eds.go @1.8.0).
   */
  protected override pushed(
    typeUrl: string,
    watch: Watch,
    {
      resources,
      difference,
    }: { readonly resources: readonly Resource<B>[]; readonly difference: Difference<B> },
  ): Difference<B> | undefined {
    if (typeUrl !== TYPE_URLS.eds) return { resources, removed: difference.removed };
    if (difference.resources.length > 0) return difference;
    watch.note(difference);
    return undefined;
  }

  protected override responseOf(
    typeUrl: string,
    { version, ...head }: ResponseHead,
    { resources }: Difference<B>,
  ): DiscoveryResponse<B> {
    return { typeUrl, versionInfo: version, ...head, resources };
  }

  #answerAll(typeUrl: string, watch: Watch): DiscoveryResponse<B> {
    return this.answer(typeUrl, watch, watch.wanted, watch.names);
  }
}

/** istiod's end of a delta stream: DeltaAggregatedResources, current Istio. */
import type { DeltaDiscoveryRequest, DeltaDiscoveryResponse, Resource } from './messages.ts';
import { AdsServerStream, type ResponseHead } from './server-stream.ts';
import { WILDCARD } from './type-urls.ts';
import type { Difference, Watch } from './watch.ts';

/** Answers as `shouldRespondDelta` and `pushDeltaXds` do (pilot/pkg/xds/delta.go @1.30.3). */
export class DeltaServer<B> extends AdsServerStream<B, DeltaDiscoveryRequest, DeltaDiscoveryResponse<B>> {
  override receive(request: DeltaDiscoveryRequest): readonly DeltaDiscoveryResponse<B>[] {
    const { typeUrl, responseNonce, errorDetail } = request;
    if (errorDetail) {
      this.refuse(typeUrl, responseNonce, errorDetail);
      return [];
    }
    const known = this.watchOf(typeUrl);
    if (!known) return [this.#begin(request)];
    if (responseNonce !== '' && responseNonce !== known.sent?.nonce) return [];
    if (responseNonce !== '') this.accept(typeUrl, known);
    return this.#change(known, request);
  }

  /** Only what is different, and the names of what is gone. */
  protected override pushed(
    _typeUrl: string,
    _watch: Watch,
    { difference }: { readonly resources: readonly Resource<B>[]; readonly difference: Difference<B> },
  ): Difference<B> {
    return difference;
  }

  protected override responseOf(
    typeUrl: string,
    { version, ...head }: ResponseHead,
    { resources, removed }: Difference<B>,
  ): DeltaDiscoveryResponse<B> {
    return { typeUrl, systemVersionInfo: version, ...head, resources, removedResources: removed };
  }

  /**
   * The first request of a type. istiod takes the names out of the initial versions, to tell what is gone,
   * and sends everything whatever the versions are.
   */
  #begin(request: DeltaDiscoveryRequest): DeltaDiscoveryResponse<B> {
    const { typeUrl, resourceNamesSubscribe: added, resourceNamesUnsubscribe: dropped } = request;
    const expected = Object.keys(request.initialResourceVersions);
    const isWildcard = added.length === 0 || added.includes(WILDCARD);
    const names = new Set(isWildcard ? added : [...added, ...expected]);
    for (const name of dropped) names.delete(name);
    const watch = this.watch(typeUrl, names, isWildcard && !dropped.includes(WILDCARD));
    return this.answer(typeUrl, watch, watch.wanted, watch.isWildcard ? expected : watch.names);
  }

  /** A change of the subscription: only what is new to it is answered, and nothing if all it does is drop. */
  #change(watch: Watch, request: DeltaDiscoveryRequest): readonly DeltaDiscoveryResponse<B>[] {
    const { typeUrl, resourceNamesSubscribe: added, resourceNamesUnsubscribe: dropped } = request;
    if (added.length === 0 && dropped.length === 0) return [];
    const before = { names: watch.names, isWildcard: watch.isWildcard };
    const names = new Set([...watch.names, ...added]);
    for (const name of dropped) names.delete(name);
    const isWildcard = names.has(WILDCARD) || (watch.isWildcard && !dropped.includes(WILDCARD));
    watch.subscribe(names, isWildcard);
    if (watch.isWildcard && !before.isWildcard) return [this.answer(typeUrl, watch, 'all', before.names)];
    const news = [...watch.names].filter(name => !before.names.has(name));
    if (news.length === 0) return [];
    const asked = new Set([...news, ...watch.doubtful]);
    return [this.answer(typeUrl, watch, asked, asked)];
  }
}

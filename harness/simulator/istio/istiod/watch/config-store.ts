/**
 * Istio's own resources as istiod reads them: from its own cluster only, whatever clusters it discovers
 * (docs/reference/istio.md I6).
 */
import type { Clock } from '../../../../base/clock.ts';
import type { KubernetesClient, KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import type { Log } from '../../log.ts';
import { knownFields } from '../../registry/known-fields.ts';
import { namesKnown } from '../../registry/known-names.ts';
import { type Edition, kindOf } from '../../registry/names.ts';
import type { AuthorizationPolicyConfig } from '../model/authorization-policy.ts';
import { keyOf, Unsupported } from '../model/config-fields.ts';
import { withDelegates } from '../model/delegates.ts';
import type {
  DestinationRuleConfig,
  GatewayConfig,
  PeerAuthenticationConfig,
  VirtualServiceConfig,
} from '../model/istio-config.ts';
import { mergedRules } from '../model/merged-rules.ts';
import { noteByRegistry } from '../model/not-simulated.ts';
import { DRY_RUN, isTried, readAuthorizationPolicy } from '../model/read-authorization-policy.ts';
import { readDestinationRule, readGateway, readPeerAuthentication } from '../model/read-istio-config.ts';
import { readVirtualService } from '../model/read-virtual-service.ts';
import {
  readServiceEntry,
  readWorkloadEntry,
  type ServiceEntryConfig,
  type WorkloadEntryConfig,
} from '../model/service-entry.ts';
import { readSidecar, type SidecarConfig } from '../model/sidecar.ts';
import { Informer } from './informer.ts';
import { watchKindsWithoutEffect } from './kinds-without-effect.ts';

/** All of it at one moment, the oldest first. */
export interface IstioConfig {
  readonly gateways: readonly GatewayConfig[];
  readonly virtualServices: readonly VirtualServiceConfig[];
  readonly destinationRules: readonly DestinationRuleConfig[];
  readonly peerAuthentications: readonly PeerAuthenticationConfig[];
  readonly authorizationPolicies: readonly AuthorizationPolicyConfig[];
  readonly sidecars: readonly SidecarConfig[];
  readonly serviceEntries: readonly ServiceEntryConfig[];
  readonly workloadEntries: readonly WorkloadEntryConfig[];
}

/** Whose resources to watch, and whom to tell. */
export interface ConfigStoreOptions {
  readonly client: () => KubernetesClient;
  readonly domain: string;
  /** Of the istiod: what is labelled for another one is not read. */
  readonly revision: string;
  /** Whose kinds and fields there are. */
  readonly edition: Edition;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly onChange: () => void;
}

/** A policy that is only tried, or whose action is not executed, is kept without what it says. */
interface ReadPolicy {
  readonly key: string;
  readonly policy: AuthorizationPolicyConfig | undefined;
}

/** Watches eight kinds; logs each field and kind that has no effect here. */
export class ConfigStore {
  readonly #options: ConfigStoreOptions;
  /** By kind and key, as they are stored. */
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #gateways: Informer<GatewayConfig>;
  readonly #virtualServices: Informer<VirtualServiceConfig>;
  readonly #destinationRules: Informer<DestinationRuleConfig>;
  readonly #peerAuthentications: Informer<PeerAuthenticationConfig>;
  readonly #authorizationPolicies: Informer<ReadPolicy>;
  readonly #sidecars: Informer<SidecarConfig>;
  readonly #serviceEntries: Informer<ServiceEntryConfig>;
  readonly #workloadEntries: Informer<WorkloadEntryConfig>;

  constructor(options: ConfigStoreOptions) {
    this.#options = options;
    const { domain } = options;
    const networking = 'networking.istio.io/v1alpha3';
    this.#gateways = this.#informer(networking, 'gateways', readGateway);
    this.#virtualServices = this.#informer(networking, 'virtualservices', (object, unsupported) =>
      readVirtualService(object, domain, unsupported),
    );
    this.#destinationRules = this.#informer(networking, 'destinationrules', (object, unsupported) =>
      readDestinationRule(object, domain, unsupported),
    );
    this.#sidecars = this.#informer(networking, 'sidecars', readSidecar);
    this.#serviceEntries = this.#informer(networking, 'serviceentries', readServiceEntry);
    this.#workloadEntries = this.#informer(networking, 'workloadentries', readWorkloadEntry);
    this.#peerAuthentications = this.#informer(
      'security.istio.io/v1beta1',
      'peerauthentications',
      readPeerAuthentication,
    );
    this.#authorizationPolicies = this.#informer(
      'security.istio.io/v1beta1',
      'authorizationpolicies',
      (object, unsupported) => ({
        key: keyOf(object),
        policy:
          namesKnown(options.edition, 'annotations').has(DRY_RUN) && isTried(object)
            ? undefined
            : readAuthorizationPolicy(object, unsupported),
      }),
    );
  }

  get synced(): Promise<void> {
    const informers = [
      this.#gateways,
      this.#virtualServices,
      this.#destinationRules,
      this.#peerAuthentications,
      this.#authorizationPolicies,
      this.#sidecars,
      this.#serviceEntries,
      this.#workloadEntries,
    ];
    return Promise.all(informers.map(({ synced }) => synced)).then(() => {});
  }

  /** From now on tells of resources whose kinds nothing here executes. */
  tellWithoutEffect(): void {
    watchKindsWithoutEffect(this.#options, this.#options.edition);
  }

  /** All that is watched, as it is stored: by kind and key. */
  get objects(): readonly KubernetesObject[] {
    return [...this.#objects.keys()].sort().flatMap(key => this.#objects.get(key) ?? []);
  }

  /** Whether there are services or workloads that no API server knows. */
  get hasEntries(): boolean {
    return [this.#serviceEntries, this.#workloadEntries].some(informer => [...informer.values()].length > 0);
  }

  /** @param selects - whether istiod looks at a namespace */
  snapshot(selects: (namespace: string) => boolean): IstioConfig {
    const sorted = <T extends { readonly key: string }>(plural: string, informer: Informer<T>) =>
      this.#sorted(plural, informer).filter(({ key }) => selects(key.slice(0, key.indexOf('/'))));
    return {
      gateways: sorted('gateways', this.#gateways),
      virtualServices: sorted('virtualservices', this.#virtualServices).map(it => this.#whole(it)),
      destinationRules: mergedRules(sorted('destinationrules', this.#destinationRules)),
      peerAuthentications: sorted('peerauthentications', this.#peerAuthentications),
      authorizationPolicies: sorted('authorizationpolicies', this.#authorizationPolicies).flatMap(
        ({ policy }) => policy ?? [],
      ),
      sidecars: sorted('sidecars', this.#sidecars),
      serviceEntries: sorted('serviceentries', this.#serviceEntries),
      workloadEntries: sorted('workloadentries', this.#workloadEntries),
    };
  }

  /** A VirtualService with the routes that others hold for it. */
  #whole(virtual: VirtualServiceConfig): VirtualServiceConfig {
    const object = this.#objects.get(`virtualservices/${virtual.key}`);
    if (virtual.delegating === undefined || !object) return virtual;
    const { domain } = this.#options;
    const find = (namespace: string, name: string) =>
      this.#objects.get(`virtualservices/${namespace}/${name}`);
    return readVirtualService(withDelegates(object, { domain, find }), domain, new Unsupported());
  }

  /** Of two that differ the older one counts (pilot/pkg/model/config.go, sortByCreationComparator). */
  #sorted<T extends { readonly key: string }>(plural: string, informer: Informer<T>): readonly T[] {
    const placeOf = ({ key }: T): string => {
      const { metadata } = this.#objects.get(`${plural}/${key}`) ?? {};
      return `${metadata?.creationTimestamp ?? ''} ${metadata?.name}.${metadata?.namespace}`;
    };
    return [...informer.values()]
      .map(config => ({ config, place: placeOf(config) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ config }) => config);
  }

  #informer<T>(
    apiVersion: string,
    plural: string,
    read: (object: KubernetesObject, unsupported: Unsupported) => T,
  ): Informer<T> {
    const { client, edition, revision, clock, random, signal, log, onChange } = this.#options;
    // Objects of a list have no kind of their own.
    const kind = kindOf(edition, plural);
    return new Informer<T>({
      client,
      path: { apiVersion, plural },
      clock,
      random,
      signal,
      keep: object => {
        // pkg/config/model.go, ObjectInRevision @1.30.3
        const { 'istio.io/rev': wanted = revision } = object.metadata.labels ?? {};
        if (wanted !== revision) return undefined;
        const unsupported = new Unsupported();
        const said = { ...object, spec: knownFields(edition, kind, object['spec']) };
        const config = read(said, unsupported);
        noteByRegistry(edition, { ...object, kind }, unsupported);
        const { namespace, name } = object.metadata;
        this.#objects.set(`${plural}/${namespace}/${name}`, said);
        const which = `${kind} ${namespace}/${name}`;
        for (const what of unsupported.sentences()) log.warn(`${which}: ${what}`);
        return config;
      },
      onChange: (key, now, before) => {
        if (now === undefined) this.#objects.delete(`${plural}/${key}`);
        if (JSON.stringify(now) !== JSON.stringify(before)) onChange();
      },
      kind: plural,
      onFailure: message => log.error(message),
    });
  }
}

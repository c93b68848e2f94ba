/** The mesh's configuration as istiod reads it: ConfigMap `istio`, keys `mesh` and `meshNetworks`. */

import yaml from 'js-yaml';
import { contains, parseCidrOrAddress } from '../../../../base/ipv4.ts';
import type { LabelSelector } from '../../../../base/labels.ts';
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import type { LocalityOfHost } from './cluster-local.ts';
import { durationMs, text, texts, Unsupported } from './config-fields.ts';
import type { HttpRetries } from './http-route.ts';
import { readLabelSelectors } from './label-selector.ts';
import { readRetries } from './read-http-route.ts';
import { readLocalitySetting } from './read-traffic-policy.ts';
import type { LocalitySetting } from './traffic-policy.ts';
import type { ExportDefaults } from './visibility.ts';

/** One entry of `meshNetworks`: what is on the network, and the ways into it. */
export interface MeshNetwork {
  readonly fromRegistry: readonly string[];
  readonly fromCidr: readonly string[];
  readonly gateways: readonly {
    readonly registryServiceName: string | undefined;
    readonly address: string | undefined;
    readonly port: number;
  }[];
}

/** An entry of `caCertificates`. */
interface CaCertificates {
  /** One certificate or several; empty for an entry that names a SPIFFE bundle. */
  readonly pem: string;
  readonly trustDomains: readonly string[];
}

/** The fields of the mesh's configuration that have an effect. */
export interface MeshConfig {
  readonly trustDomain: string;
  /** Other trust domains whose identities count as those of this one. */
  readonly trustDomainAliases: readonly string[];
  readonly accessLogFile: string;
  readonly outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY';
  readonly enableAutoMtls: boolean;
  /** `defaultConfig` as it is: what injection gives to proxies. */
  readonly defaultConfig: Readonly<Record<string, unknown>>;
  readonly networks: ReadonlyMap<string, MeshNetwork>;
  readonly exportDefaults: ExportDefaults;
  /** Roots beside istiod's own, PEM each, and trust domains whose identities they vouch for. */
  readonly caCertificates: readonly CaCertificates[];
  /** Of which namespaces istiod looks at some; none: at all. */
  readonly discoverySelectors: readonly LabelSelector[];
  /** Hosts that stay in their clusters, or do not. */
  readonly clusterLocal: readonly LocalityOfHost[];
  /** The namespace whose policies are the whole mesh's; empty: istiod's own. */
  readonly rootNamespace: string;
  /** Absent: as the release has it. */
  readonly connectTimeoutMs?: number;
  /** Of routes that say nothing of retries; absent: as the release has them. */
  readonly defaultRetries?: HttpRetries;
  /** How often proxies look names up; absent: as the release has it. */
  readonly dnsRefreshMs?: number;
  /** How proxies normalize paths: BASE by default. */
  readonly pathNormalization: string;
  /** Of rules that have none of their own. */
  readonly localityLbSetting: LocalitySetting;
}

/** @throws Error if a text is no YAML */
export function readMeshConfig(data: Readonly<Record<string, string>>): MeshConfig {
  const mesh = tree(yaml.load(data['mesh'] ?? ''));
  const connectTimeoutMs = durationMs(mesh['connectTimeout']);
  const retries = mesh['defaultHttpRetryPolicy'];
  const defaultRetries = readRetries({ unsupported: new Unsupported() }, '', retries);
  const dnsRefreshMs = durationMs(mesh['dnsRefreshRate']);
  const networks = tree(tree(yaml.load(data['meshNetworks'] ?? ''))['networks']);
  return {
    trustDomain: text(mesh['trustDomain']) ?? 'cluster.local',
    trustDomainAliases: Array.isArray(mesh['trustDomainAliases'])
      ? mesh['trustDomainAliases'].map(String)
      : [],
    accessLogFile: text(mesh['accessLogFile']) ?? '',
    outboundTrafficPolicy:
      tree(mesh['outboundTrafficPolicy'])['mode'] === 'REGISTRY_ONLY' ? 'REGISTRY_ONLY' : 'ALLOW_ANY',
    enableAutoMtls: mesh['enableAutoMtls'] !== false,
    defaultConfig: tree(mesh['defaultConfig']),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(defaultRetries && { defaultRetries }),
    ...(dnsRefreshMs !== undefined && { dnsRefreshMs }),
    exportDefaults: {
      services: exportTo(mesh['defaultServiceExportTo']),
      virtualServices: exportTo(mesh['defaultVirtualServiceExportTo']),
      destinationRules: exportTo(mesh['defaultDestinationRuleExportTo']),
    },
    caCertificates: trees(mesh['caCertificates']).map(({ pem, trustDomains }) => ({
      pem: text(pem) ?? '',
      trustDomains: texts(trustDomains),
    })),
    discoverySelectors: readLabelSelectors(mesh['discoverySelectors']),
    clusterLocal: trees(mesh['serviceSettings']).flatMap(({ settings, hosts }) =>
      texts(hosts).map(host => ({
        host,
        isClusterLocal: tree(settings)['clusterLocal'] === true,
      })),
    ),
    rootNamespace: text(mesh['rootNamespace']) ?? '',
    pathNormalization: text(tree(mesh['pathNormalization'])['normalization']) ?? 'DEFAULT',
    localityLbSetting: readLocalitySetting(mesh['localityLbSetting']),
    networks: new Map(Object.entries(networks).map(([name, value]) => [name, readNetwork(tree(value))])),
  };
}

const exportTo = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : ['*']);

function readNetwork(network: Tree): MeshNetwork {
  const endpoints = trees(network['endpoints']);
  return {
    fromRegistry: endpoints.flatMap(({ fromRegistry }) => text(fromRegistry) ?? []),
    fromCidr: endpoints.flatMap(({ fromCidr }) => text(fromCidr) ?? []),
    gateways: trees(network['gateways']).map(gateway => ({
      registryServiceName: text(gateway['registryServiceName']),
      address: text(gateway['address']),
      port: Number(gateway['port'] ?? 15443),
    })),
  };
}

/** Tells whether `10.0.0.0/8`, or a single address, holds an IPv4 address in dotted form. */
export function cidrContains(cidr: string, address: string): boolean {
  const range = parseCidrOrAddress(cidr);
  return range !== undefined && contains(range, address);
}

/** What becomes of Istio's annotations and labels, on whatever object they stand. */
import { executed, noEffect, type Rule } from '../classify.ts';

const BY_ISTIO = 'only istioctl and people read it';
const LOGS = 'it changes what a log tells';
const STATISTICS = 'it changes statistics, and calls do not depend on them';
const RESOURCES = 'containers have no CPU and memory here, and no limit is reached';

export const MARK_RULES: readonly Rule[] = [
  executed(
    'annotations',
    `sidecar.istio.io/inject sidecar.istio.io/status sidecar.istio.io/statsInclusionPrefixes
    proxy.istio.io/config inject.istio.io/templates topology.istio.io/controlPlaneClusters istio.io/rev
    networking.istio.io/exportTo traffic.istio.io/nodeSelector
    traffic.sidecar.istio.io/excludeOutboundPorts
    traffic.sidecar.istio.io/includeOutboundPorts traffic.sidecar.istio.io/includeOutboundIPRanges
    traffic.sidecar.istio.io/excludeOutboundIPRanges traffic.sidecar.istio.io/includeInboundPorts
    traffic.sidecar.istio.io/excludeInboundPorts`,
  ),
  executed(
    'labels',
    `istio.io/rev sidecar.istio.io/inject security.istio.io/tlsMode topology.istio.io/network
    networking.istio.io/gatewayPort service.istio.io/canonical-name service.istio.io/canonical-revision
    istio.io/tag operator.istio.io/component operator.istio.io/version operator.istio.io/managed
    istio.io/dataplane-mode(none)`,
  ),
  executed('labels', 'topology.istio.io/cluster', 'current'),
  executed('annotations', 'istio.io/dry-run', 'current'),
  noEffect(
    'annotations',
    BY_ISTIO,
    `galley.istio.io/analyze-suppress install.operator.istio.io/chart-owner
    install.operator.istio.io/owner-generation install.operator.istio.io/version`,
  ),
  noEffect(
    'annotations',
    LOGS,
    'sidecar.istio.io/logLevel sidecar.istio.io/componentLogLevel sidecar.istio.io/agentLogLevel',
  ),
  noEffect(
    'annotations',
    STATISTICS,
    `sidecar.istio.io/statsInclusionRegexps sidecar.istio.io/statsInclusionSuffixes
    sidecar.istio.io/extraStatTags sidecar.istio.io/statsCompression sidecar.istio.io/statsFlushInterval
    sidecar.istio.io/statsEvictionInterval sidecar.istio.io/statsHistogramBins
    sidecar.istio.io/statsHistogramBuckets prometheus.istio.io/merge-metrics`,
  ),
  noEffect(
    'annotations',
    RESOURCES,
    `sidecar.istio.io/proxyCPU sidecar.istio.io/proxyCPULimit sidecar.istio.io/proxyMemory
    sidecar.istio.io/proxyMemoryLimit`,
  ),
];

/**
 * What becomes of the settings of an installation: fields of an IstioOperator, and the charts' values. The
 * mesh's own settings are in `mesh.ts`. A star stands for all that is in a field.
 */
import { executed, noEffect, type Rule } from '../classify.ts';

const WORKLOAD = `enabled hub tag k8s {
  affinity { * } env { * } hpaSpec { * } imagePullPolicy nodeSelector overlays { * } podAnnotations
  podDisruptionBudget { * } priorityClassName readinessProbe { * } replicaCount resources { * }
  securityContext { * } service { * } serviceAnnotations strategy { * } tolerations { * }
}`;
const GATEWAY = `name namespace label ${WORKLOAD}`;

const OPERATOR_RULES: readonly Rule[] = [
  executed(
    'IstioOperator',
    `profile hub tag revision meshConfig values unvalidatedValues
    components {
      base { ${WORKLOAD} } pilot { ${WORKLOAD} }
      ingressGateways { ${GATEWAY} } egressGateways { ${GATEWAY} }
    }`,
  ),
];

const GATEWAY_VALUES = `
  autoscaleEnabled autoscaleMax autoscaleMin customService enabled env externalTrafficPolicy ingressPorts
  injectionTemplate labels loadBalancerIP loadBalancerSourceRanges name nodeSelector podAnnotations
  ports { * } replicaCount resources { * } rollingMaxSurge { * } rollingMaxUnavailable { * }
  serviceAnnotations tolerations type`;
const METRICS = 'there are no metrics to scale by';
const LOGS = 'it changes what logs and traces tell';
const CNI = 'istio-init redirects connections in each pod, which is the same to calls';

/** With fields of the same harmless kind in both gateways. */
const ofGateways = (names: string): string =>
  `gateways { istio-ingressgateway { ${names} } istio-egressgateway { ${names} } }`;

const VALUES_RULES: readonly Rule[] = [
  executed(
    'values',
    `defaultRevision revision revisionTags ${ofGateways(GATEWAY_VALUES)}
    global {
      caAddress configValidation defaultNodeSelector defaultPodDisruptionBudget { * } defaultResources { * }
      defaultTolerations externalIstiod hub imagePullPolicy imagePullSecrets jwtPolicy meshID meshNetworks
      multiCluster { clusterName } network priorityClassName proxy_init { image } remotePilotAddress tag
      proxy { autoInject image logLevel resources { * } }
    }
    istiodRemote { enabled injectionPath }
    meshConfig
    pilot {
      affinity autoscaleEnabled autoscaleMax autoscaleMin deploymentLabels env extraContainerArgs hub image
      nodeSelector podAnnotations podLabels replicaCount resources { * } rollingMaxSurge { * }
      rollingMaxUnavailable { * } serviceAccountAnnotations serviceAnnotations tag tolerations traceSampling
    }
    sidecarInjectorWebhook {} base {}`,
  ),
  noEffect('values', CNI, 'cni istio_cni pilot { cni }'),
  noEffect('values', METRICS, `pilot { cpu memory autoscaleBehavior } ${ofGateways('cpu memory')}`),
  noEffect(
    'values',
    LOGS,
    `telemetry global {
      logAsJson logging tracer
      proxy { tracer componentLogLevel outlierLogPath enableCoreDump }
    }`,
  ),
  noEffect(
    'values',
    'the sidecar is asked as often as the charts have it, and is ready when it is',
    `global {
      proxy { readinessFailureThreshold readinessInitialDelaySeconds readinessPeriodSeconds }
    }`,
  ),
  noEffect(
    'values',
    'images have one variant, and nodes one architecture',
    'global { arch variant } pilot { variant }',
  ),
  noEffect(
    'values',
    'containers have no privileges, system calls, CPU or memory here',
    `global { proxy { privileged seccompProfile } proxy_init { resources } }
    pilot { seccompProfile } gateways { securityContext seccompProfile }`,
  ),
  noEffect(
    'values',
    'addresses are IPv4, as the families of a Service of such a cluster are',
    ofGateways('ipFamilies ipFamilyPolicy'),
  ),
  noEffect('values', 'there is no ambient mode', 'ztunnel gatewayClasses pilot { trustedZtunnelNamespace }'),
  noEffect('values', 'the scheduler spreads no pods', 'pilot { topologySpreadConstraints }'),
  noEffect(
    'values',
    'components say what is installed, and these names change labels alone',
    'ownerName gateways { enabled } pilot { enabled }',
  ),
  noEffect('values', 'nobody asks the agent for tokens', 'global { sts }'),
  noEffect('values', 'nobody has the role for reading', 'global { enableReaderRBAC }'),
  noEffect(
    'values',
    'the charts do not read it',
    'global { multiCluster { enabled globalDomainSuffix includeEnvoyFilter } }',
    'current',
  ),
  noEffect(
    'values',
    'definitions of resources are installed whole, and istiod validates what it validates',
    'base { enableCRDTemplates enableIstioConfigCRDs excludedCRDs validateGateway }',
  ),
  noEffect(
    'values',
    'a stream of configuration that ends begins anew with the same configuration',
    'pilot { keepaliveMaxServerConnectionAge }',
  ),
];

export const INSTALLER_RULES: readonly Rule[] = [
  ...OPERATOR_RULES,
  noEffect('IstioOperator', CNI, 'components { cni }'),
  ...VALUES_RULES,
];

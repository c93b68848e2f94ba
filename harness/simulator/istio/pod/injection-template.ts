/**
 * What is put into pods, as the data of ConfigMap `istio-sidecar-injector`.
 *
 * Unlike Istio, our injector reads no Go templates. Its own are YAML with `{{ path }}` in place of values:
 * `{{ path }}` alone stands for the value itself, `{{ path | json }}` for its JSON, and an entry with
 * `$when: path` is left out if that value is empty or false; one with `$value` stands for that text, and one
 * with `$each: path` is there for each item, whose fields it may ask for. In 1.8 the ConfigMap has these;
 * today's has the same in Go, for which our injector takes its own.
 */
import yaml from 'js-yaml';
import type { IstioBehaviour } from '../behaviour.ts';
import { goTemplate } from './go-template.ts';
import { agentArguments, environment, PROXY_METADATA, probes, proxyVolumes } from './proxy-pod.ts';

/** The parts of a pod that a template fills. */
interface Template {
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const PROXY_RESOURCES = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { cpu: '2000m', memory: '1024Mi' },
};
const PROXY_USER = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 1337,
  runAsGroup: 1337,
};

const IMAGE = '{{ image }}';

/** A flag that is left out if its value is empty. */
const flag = (name: string, path: string): readonly unknown[] =>
  [name, `{{ ${path} }}`].map($value => ({ $when: path, $value }));

/** Redirects the pod's connections to the proxy. */
const initContainer = (behaviour: IstioBehaviour): Record<string, unknown> => ({
  name: 'istio-init',
  image: IMAGE,
  args: [
    'istio-iptables',
    ...['-p', '15001', '-z', '15006', '-u', '1337', '-m', 'REDIRECT'],
    ...['-i', '{{ redirect.outboundRanges }}', '-x', '{{ redirect.exemptOutboundRanges }}'],
    ...['-b', '{{ redirect.inboundPorts }}', '-d', '{{ redirect.exemptInboundPorts }}'],
    ...flag('-q', 'redirect.outboundPorts'),
    ...flag('-o', 'redirect.exemptOutboundPorts'),
    ...behaviour.injection.initArguments,
  ],
  env: [PROXY_METADATA],
  resources: PROXY_RESOURCES,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: false,
    runAsGroup: 0,
    runAsNonRoot: false,
    runAsUser: 0,
  },
});

function sidecarTemplate(behaviour: IstioBehaviour): Template {
  const { volumes, volumeMounts } = proxyVolumes(behaviour, false);
  const proxy = {
    name: 'istio-proxy',
    image: IMAGE,
    args: ['proxy', 'sidecar', ...agentArguments(behaviour, '$(POD_NAMESPACE)')],
    ports: [{ containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' }],
    env: environment(behaviour, false),
    ...probes(behaviour),
    resources: PROXY_RESOURCES,
    securityContext: {
      ...PROXY_USER,
      ...(behaviour.injection.dropsCapabilities && { capabilities: { drop: ['ALL'] } }),
    },
    volumeMounts,
  };
  return {
    metadata: {
      labels: {
        'security.istio.io/tlsMode': 'istio',
        'service.istio.io/canonical-name': '{{ canonicalName }}',
        'service.istio.io/canonical-revision': '{{ canonicalRevision }}',
        ...behaviour.injection.podLabels,
        'topology.istio.io/network': '{{ network }}',
      },
      annotations: {
        ...behaviour.injection.podAnnotations,
        'kubectl.kubernetes.io/default-container': '{{ defaultContainer }}',
        'prometheus.io/path': '/stats/prometheus',
        'prometheus.io/port': '15020',
        'prometheus.io/scrape': 'true',
      },
    },
    spec: {
      securityContext: behaviour.injection.podSecurity,
      initContainers: [
        initContainer(behaviour),
        ...(behaviour.nativeSidecars ? [{ $when: 'nativeSidecar', ...proxy, restartPolicy: 'Always' }] : []),
      ],
      containers: [behaviour.nativeSidecars ? { $when: 'ordinarySidecar', ...proxy } : proxy],
      volumes,
    },
  };
}

/** manifests/charts/istio-control/istio-discovery/files/gateway-injection-template.yaml @1.30.3 */
function gatewayTemplate(behaviour: IstioBehaviour): Template {
  const { volumes, volumeMounts } = proxyVolumes(behaviour, true);
  return {
    metadata: {
      labels: {
        'service.istio.io/canonical-name': '{{ canonicalName }}',
        'service.istio.io/canonical-revision': '{{ canonicalRevision }}',
        'topology.istio.io/network': '{{ network }}',
      },
      annotations: {
        'istio.io/rev': '{{ revision }}',
        'prometheus.io/path': '/stats/prometheus',
        'prometheus.io/port': '15020',
        'prometheus.io/scrape': 'true',
      },
    },
    spec: {
      containers: [
        {
          name: 'istio-proxy',
          image: '{{ image }}',
          args: ['proxy', 'router', ...agentArguments(behaviour, '$(POD_NAMESPACE)')],
          ports: [{ containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' }],
          env: environment(behaviour, true),
          ...probes(behaviour),
          volumeMounts,
        },
      ],
      volumes,
    },
  };
}

type Texts = Readonly<Record<string, string>>;

/** Makes a release's texts once: every istiod and every install of a world asks for the same. */
function oncePerRelease(make: (behaviour: IstioBehaviour) => Texts): (behaviour: IstioBehaviour) => Texts {
  const made = new WeakMap<IstioBehaviour, Texts>();
  return behaviour => {
    const texts = made.get(behaviour) ?? make(behaviour);
    made.set(behaviour, texts);
    return texts;
  };
}

/** Returns the release's templates by name, in our language. */
export const builtInTemplates = oncePerRelease((behaviour): Texts => {
  const text = (template: Template) => yaml.dump(template, { lineWidth: -1, noRefs: true });
  const sidecar = text(sidecarTemplate(behaviour));
  return behaviour.injection.templates === 'one'
    ? { sidecar }
    : { sidecar, gateway: text(gatewayTemplate(behaviour)) };
});

/** Returns the release's templates by name as ConfigMap `istio-sidecar-injector` has them. */
export const installedTemplates = oncePerRelease(behaviour =>
  behaviour.injection.templates === 'one'
    ? builtInTemplates(behaviour)
    : { sidecar: goTemplate(sidecarTemplate(behaviour)), gateway: goTemplate(gatewayTemplate(behaviour)) },
);

/**
 * Writes the text of key `config`.
 * @param policy - whether pods get a proxy that do not ask for one: `enabled`, `disabled`
 */
export function injectionConfig(behaviour: IstioBehaviour, policy = 'enabled'): string {
  const common = { policy, alwaysInjectSelector: [], neverInjectSelector: [] };
  const templates = installedTemplates(behaviour);
  return yaml.dump(
    behaviour.injection.templates === 'one'
      ? { ...common, template: templates['sidecar'] }
      : { ...common, defaultTemplates: ['sidecar'], templates },
    { lineWidth: -1 },
  );
}

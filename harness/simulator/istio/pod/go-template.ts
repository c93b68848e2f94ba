/**
 * Writes an injection template in the language of Istio's own injector: a Go template with sprig's functions
 * over SidecarTemplateData (pkg/kube/inject/inject.go @1.30.3). So a real istiod can live with our ConfigMap.
 */
import yaml from 'js-yaml';

type Tree = Readonly<Record<string, unknown>>;

/** A pipe: each value stands in for those before it that are empty. */
const either = (...values: readonly string[]): string =>
  values.map((value, at) => (at > 0 && value.includes(' ') ? `(${value})` : value)).join(' | default ');
const label = (name: string): string => `index .ObjectMeta.Labels "${name}"`;
const annotation = (name: string, value: string): string =>
  `annotation .ObjectMeta "traffic.sidecar.istio.io/${name}" .Values.global.proxy.${value}`;

/** What stands in Go for each `{{ path }}` of our language (`istiod/injection/template-data.ts`). */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  image: '.ProxyImage',
  caAddress: either(
    '.Values.global.caAddress',
    'printf "istiod%s.%s.svc:15012" (empty .Values.revision | ternary "" (printf "-%s" .Values.revision)) ' +
      '.Values.global.istioNamespace',
  ),
  revision: either('.Revision', '"default"'),
  trustDomain: either('.MeshConfig.TrustDomain', '"cluster.local"'),
  // What the webhook's URL says of cluster and network, the injector lays over the result by itself.
  clusterId: either('.Values.global.multiCluster.clusterName', '"Kubernetes"'),
  network: either(label('topology.istio.io/network'), '.Values.global.network'),
  proxyConfig: 'protoToJSON .ProxyConfig',
  podPorts: 'toJson $ports',
  appContainers: '$containers | join ","',
  defaultContainer: either('first $containers', '""'),
  'workload.name': '.DeploymentMeta.Name',
  'workload.owner': [
    'printf "kubernetes://apis/%s/namespaces/%s/%ss/%s"',
    '.TypeMeta.APIVersion .DeploymentMeta.Namespace (lower .TypeMeta.Kind) .DeploymentMeta.Name',
  ].join(' '),
  'values.global.meshID': '.Values.global.meshID',
  canonicalName: either(label('app.kubernetes.io/name'), label('app'), '.DeploymentMeta.Name'),
  canonicalRevision: either(label('app.kubernetes.io/version'), label('version'), '"latest"'),
  'redirect.outboundRanges': annotation('includeOutboundIPRanges', 'includeIPRanges'),
  'redirect.exemptOutboundRanges': annotation('excludeOutboundIPRanges', 'excludeIPRanges'),
  'redirect.inboundPorts': annotation('includeInboundPorts', 'includeInboundPorts'),
  'redirect.exemptInboundPorts': [
    'printf "15090,15021,%s" (excludeInboundPort',
    '(annotation .ObjectMeta "status.sidecar.istio.io/port" .Values.global.proxy.statusPort)',
    `(${annotation('excludeInboundPorts', 'excludeInboundPorts')}))`,
  ].join(' '),
  'redirect.outboundPorts': annotation('includeOutboundPorts', 'includeOutboundPorts'),
  'redirect.exemptOutboundPorts': annotation('excludeOutboundPorts', 'excludeOutboundPorts'),
  // Of one item of a range.
  key: '$key',
  value: '$value',
  nativeSidecar: '.NativeSidecars',
  ordinarySidecar: 'not .NativeSidecars',
};

/** What stands for `$when`, where it is not the value itself: a bare pod has no owner. */
const CONDITIONS: Readonly<Record<string, string>> = {
  'workload.owner': 'and .TypeMeta.APIVersion .DeploymentMeta.Name',
};

/** What stands for `$each`. */
const RANGES: Readonly<Record<string, string>> = {
  proxyMetadata: '$key, $value := .ProxyConfig.ProxyMetadata',
};

/** What the expressions share: the names of the pod's own containers, and all ports. */
const PREAMBLE = `{{- $containers := list }}
{{- $ports := list }}
{{- range .Spec.Containers }}
{{- if ne .Name "istio-proxy" }}{{ $containers = append $containers .Name }}{{ end }}
{{- range .Ports }}{{ $ports = append $ports . }}{{ end }}
{{- end }}`;

/**
 * Writes a template of our language (`injection-template.ts`) as a Go template.
 * @throws Error naming a path for which Go has no expression
 */
export function goTemplate({ metadata, spec }: { readonly metadata: Tree; readonly spec: Tree }): string {
  return [
    PREAMBLE,
    'metadata:',
    ...['labels', 'annotations'].flatMap(part => [`  ${part}:`, ...textsOf(part, metadata[part] as Tree)]),
    ...withConditions(yaml.dump({ spec }, { lineWidth: -1, noRefs: true }).trimEnd().split('\n')),
    '',
  ].join('\n');
}

const conditionOf = (path: string): string => CONDITIONS[path] ?? expressionOf(path);

function expressionOf(path: string): string {
  const expression = EXPRESSIONS[path];
  if (expression === undefined) throw new Error(`injection template: there is no Go for ${path}`);
  return expression;
}

/** Writes labels or annotations. The pod's own word wins, and an empty one is left out. */
function textsOf(part: string, texts: Tree): readonly string[] {
  const field = part === 'labels' ? 'Labels' : 'Annotations';
  return Object.entries(texts).flatMap(([name, text]) => {
    const path = /^\{\{ ([\w.]+) \}\}$/.exec(String(text))?.[1];
    const fallback = path === undefined ? JSON.stringify(text) : expressionOf(path);
    const own = `index .ObjectMeta.${field} ${JSON.stringify(name)}`;
    return [`{{- with ${either(own, fallback)} }}`, `    ${name}: {{ . | toJson }}`, '{{- end }}'];
  });
}

/** Puts Go in place of `{{ path }}`, and of `$when` or `$each`, with which an entry of a list begins. */
function withConditions(lines: readonly string[]): readonly string[] {
  const done: string[] = [];
  /** How far the conditional entries are indented in which this line stands, the innermost last. */
  const open: number[] = [];
  let isFirst = false;
  for (const line of lines) {
    const indent = line.length - line.trimStart().length;
    for (let at = open.at(-1); at !== undefined && indent <= at; at = open.at(-1)) {
      done.push('{{- end }}');
      open.pop();
    }
    const [, kind, path = ''] = /^ *- \$(when|each): (.+)$/.exec(line) ?? [];
    if (kind === undefined) {
      const entry = line.trimStart().replace(/^\$value: /, '');
      done.push(withValues(isFirst ? `${' '.repeat(indent - 2)}- ${entry}` : line));
    } else {
      const condition = kind === 'each' ? `range ${RANGES[path]}` : `if ${conditionOf(path)}`;
      done.push(`{{- ${condition} }}`);
      open.push(indent);
    }
    isFirst = kind !== undefined;
  }
  return [...done, ...open.map(() => '{{- end }}')];
}

const withValues = (line: string): string =>
  line.replace(
    /'\{\{ ([\w.]+)(?: \| json)? \}\}'/g,
    (_all, path: string) => `{{ ${expressionOf(path)} | toJson }}`,
  );

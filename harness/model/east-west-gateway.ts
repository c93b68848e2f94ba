/** What the guide's `samples/multicluster/gen-eastwest-gateway.sh` prints, and how it refuses. */
import { unreachable } from '../base/errors.ts';

/** The guide as it stood for a line of Istio releases; `current` is that of today. */
export type EditionName = '1.8' | 'current';

/** What the script reads by a flag (`--mesh`), or by a variable of its environment (`MESH`). */
export const GATEWAY_VALUES = ['mesh', 'cluster', 'network'] as const;

export interface GatewayRequest {
  readonly edition: EditionName;
  /** In 1.8 all three are needed; `current` reads the network only. */
  readonly mesh?: string;
  readonly cluster?: string;
  readonly network?: string;
  /** `current`: the control plane's revision. */
  readonly revision?: string;
  /** For a mesh of one cluster, whose gateway belongs to no network. */
  readonly singleCluster?: boolean;
}

/**
 * How the script ended. Like Istio's, it complains about a missing value on standard output, so the complaint
 * runs on into the pipe.
 */
export interface ScriptResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Names of the Service's ports; the numbers are the same in both editions. istio/istio
 * samples/multicluster/gen-eastwest-gateway.sh @1.8.0, @1.30.3
 */
const PORT_NAMES: Readonly<
  Record<EditionName, readonly [status: string, mtls: string, istiod: string, webhook: string]>
> = {
  '1.8': ['status-port', 'mtls', 'tcp-istiod', 'tcp-webhook'],
  current: ['status-port', 'tls', 'tls-istiod', 'tls-webhook'],
};
const PORTS = [15021, 15443, 15012, 15017];

/** Writes the IstioOperator document that installs an east-west gateway, for `istioctl install -y -f -`. */
export function gatewayOperator(request: GatewayRequest): string {
  const { edition, mesh = '', cluster = '', network = '', revision = '', singleCluster = false } = request;
  const lines = [
    'apiVersion: install.istio.io/v1alpha1',
    'kind: IstioOperator',
    'metadata:',
    '  name: eastwest',
    'spec:',
  ];
  if (edition === 'current') lines.push(`  revision: "${revision}"`);
  lines.push(
    '  profile: empty',
    '  components:',
    '    ingressGateways:',
    '      - name: istio-eastwestgateway',
    '        label:',
    '          istio: eastwestgateway',
    '          app: istio-eastwestgateway',
  );
  if (!singleCluster) lines.push(`          topology.istio.io/network: ${network}`);
  lines.push('        enabled: true', '        k8s:');
  const environment = environmentOf(edition, singleCluster, network);
  if (environment.length > 0) lines.push('          env:', ...environment);
  lines.push('          service:', '            ports:');
  for (const [index, name] of PORT_NAMES[edition].entries()) {
    lines.push(
      `              - name: ${name}`,
      `                port: ${PORTS[index]}`,
      `                targetPort: ${PORTS[index]}`,
    );
  }
  lines.push(...valuesOf(edition, singleCluster, { mesh, cluster, network }));
  return `${lines.join('\n')}\n`;
}

function environmentOf(edition: EditionName, singleCluster: boolean, network: string): string[] {
  const routerMode = ['            - name: ISTIO_META_ROUTER_MODE', '              value: "sni-dnat"'];
  const view = ['            - name: ISTIO_META_REQUESTED_NETWORK_VIEW', `              value: ${network}`];
  return [...(edition === '1.8' ? routerMode : []), ...(singleCluster ? [] : view)];
}

function valuesOf(
  edition: EditionName,
  singleCluster: boolean,
  { mesh, cluster, network }: { readonly mesh: string; readonly cluster: string; readonly network: string },
): string[] {
  switch (edition) {
    case '1.8':
      return singleCluster
        ? []
        : [
            '  values:',
            '    global:',
            `      meshID: ${mesh}`,
            `      network: ${network}`,
            '      multiCluster:',
            `        clusterName: ${cluster}`,
          ];
    case 'current':
      return [
        '  values:',
        '    gateways:',
        '      istio-ingressgateway:',
        '        injectionTemplate: gateway',
        ...(singleCluster ? [] : ['    global:', `      network: ${network}`]),
      ];
    default:
      return unreachable(edition);
  }
}

/**
 * Runs the script: flags in, document or complaint out. Unlike Istio's, it has no `--ambient`, and refuses a
 * word that is no flag (Istio's loops on it forever).
 *
 * @param environment - 1.8 takes MESH, CLUSTER and NETWORK from it where a flag is absent, as Istio's script
 *   happens to; `current` takes NETWORK
 */
export function runGatewayScript(
  edition: EditionName,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): ScriptResult {
  const values: Record<string, string | undefined> = {
    mesh: environment['MESH'],
    cluster: environment['CLUSTER'],
    network: environment['NETWORK'],
    revision: '',
  };
  let singleCluster = false;
  const valued: readonly string[] = [...GATEWAY_VALUES, ...(edition === '1.8' ? [] : ['revision'])];
  for (let index = 0; index < args.length; index++) {
    const flag = args[index] ?? '';
    const name = flag.slice(2);
    if (flag === '--single-cluster') {
      singleCluster = true;
    } else if (flag.startsWith('--') && valued.includes(name)) {
      index++;
      if (index >= args.length) return refused(`Error: Flag ${flag} needs a value`);
      values[name] = args[index];
    } else {
      return refused(`Error: Unsupported flag ${flag}`);
    }
  }
  const { mesh, cluster, network, revision } = values;
  if (!singleCluster) {
    if (edition === '1.8' && !(mesh && cluster && network))
      return complaint('Must specify either --single-cluster or --mesh, --cluster and --network.');
    if (!network) return complaint('Must specify either --single-cluster or --network.');
  }
  const document = gatewayOperator({
    edition,
    singleCluster,
    mesh: mesh ?? '',
    cluster: cluster ?? '',
    network: network ?? '',
    revision: revision ?? '',
  });
  return { exitCode: 0, stdout: document, stderr: '' };
}

const refused = (line: string): ScriptResult => ({ exitCode: 1, stdout: '', stderr: `${line}\n` });
const complaint = (line: string): ScriptResult => ({ exitCode: 1, stdout: `${line}\n`, stderr: '' });

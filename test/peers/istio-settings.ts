/**
 * Holds the names of Istio's own installation settings, by which the simulated istioctl tells a setting that
 * it does not simulate from one that does not exist, against the Go modules. `--write` makes the file anew.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import { ROOT } from '../support/cli.ts';

/** The modules, and what of them is read. */
const API = 'istio.io/api@v1.30.3';
const ISTIO = 'istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad';
const FILE = path.join(ROOT, 'harness/simulator/istio/install/real-settings.json');

/** Where the message of a setting stands → its name. */
const MESSAGES: Readonly<Record<string, string>> = {
  values: 'Values',
  'values.global': 'GlobalConfig',
  'values.global.proxy': 'ProxyConfig',
  'values.global.multiCluster': 'MultiClusterConfig',
  'values.pilot': 'PilotConfig',
  'values.gateways': 'GatewaysConfig',
  'values.gateways.istio-ingressgateway': 'IngressGatewayConfig',
  'values.gateways.istio-egressgateway': 'EgressGatewayConfig',
  'values.istiodRemote': 'IstiodRemoteConfig',
  'values.sidecarInjectorWebhook': 'SidecarInjectorConfig',
};
/** The structs of IstioOperator, by where they stand; `*` is any place in a list. */
const STRUCTS: Readonly<Record<string, readonly string[]>> = {
  '': ['IstioOperatorSpec'],
  components: ['IstioComponentSpec'],
  'components.base': ['BaseComponentSpec'],
  'components.pilot': ['ComponentSpec'],
  'components.ingressGateways.*': ['GatewayComponentSpec', 'ComponentSpec'],
  'components.egressGateways.*': ['GatewayComponentSpec', 'ComponentSpec'],
  'components.pilot.k8s': ['KubernetesResources'],
  'components.ingressGateways.*.k8s': ['KubernetesResources'],
};

/** @returns the folder of a module @throws Error if it cannot be had */
function folderOf(module: string): string {
  const { stdout, stderr, status } = spawnSync('go', ['mod', 'download', '-json', module], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${module}: ${stderr || stdout}`);
  return String((JSON.parse(stdout) as { Dir?: string }).Dir);
}

/** Lists the names that a message's fields have in JSON: as told, or as they are written. */
function namesIn(file: string, message: string): string[] {
  const text = readFileSync(file, 'utf8');
  const { root } = protobuf.parse(text, { keepCase: true });
  const type = root.nestedArray.length > 0 ? root.lookup(message, [protobuf.Type]) : null;
  if (!(type instanceof protobuf.Type)) throw new Error(`${file} has no message ${message}`);
  return type.fieldsArray.map(({ name, options }) =>
    typeof options?.['json_name'] === 'string' ? options['json_name'] : name,
  );
}

const inCamelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Lists the names of a Go struct's fields in JSON. */
function fieldsOf(source: string, struct: string): string[] {
  const body = new RegExp(`^type ${struct} struct \\{\\n(.*?)^\\}`, 'ms').exec(source)?.[1];
  if (body === undefined) throw new Error(`there is no struct ${struct}`);
  return [...body.matchAll(/json:"([A-Za-z0-9]+)/g)].flatMap(([, name]) => name ?? []);
}

function readSettings(): Record<string, string> {
  const api = folderOf(API);
  const istio = folderOf(ISTIO);
  const values = path.join(istio, 'operator/pkg/apis/values_types.proto');
  const types = readFileSync(path.join(istio, 'operator/pkg/apis/types.go'), 'utf8');
  const found: Record<string, string[]> = {
    meshConfig: namesIn(path.join(api, 'mesh/v1alpha1/config.proto'), 'MeshConfig').map(inCamelCase),
  };
  for (const [at, message] of Object.entries(MESSAGES)) found[at] = namesIn(values, message);
  for (const [at, structs] of Object.entries(STRUCTS))
    found[at] = structs.flatMap(struct => fieldsOf(types, struct));
  return Object.fromEntries(
    Object.entries(found).map(([at, names]) => [at, [...new Set(names)].sort().join(' ')]),
  );
}

if (spawnSync('go', ['version']).status !== 0) console.log('skipped: no go on PATH');
else {
  const settings = readSettings();
  const text = `${JSON.stringify({ source: `${API}, ${ISTIO}`, settings }, undefined, 2)}\n`;
  if (process.argv.includes('--write')) writeFileSync(FILE, text);
  const isSame = readFileSync(FILE, 'utf8') === text;
  console.log(isSame ? `the same as in ${API} and ${ISTIO}` : 'names differ: --write makes them anew');
  process.exitCode = isSame ? 0 : 1;
}

/**
 * A real istioctl and ours, on the same simulated mesh with rules: exit codes and errors of what people type,
 * and all that `x describe` and its neighbours print. A new difference, or a known one that is no more, is a
 * failure.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { CLI, startCli, temporaryFolder } from '../support/cli.ts';
import { istioctlAndKubectl } from './istioctl-and-kubectl.ts';

/** What is compared: all that is printed, or how it ends. */
type Part = 'all' | 'end';
/** A line, and what is known to be otherwise. */
type Line = readonly [argv: string, known?: string];

const COMMAND_MS = 60_000;
/** HELLOWORLD stands for the name of a pod. */
const LINES: Readonly<Record<Part, readonly Line[]>> = {
  all: [
    ['x describe pod HELLOWORLD.sample'],
    ['x describe svc helloworld.sample'],
    ['x describe svc helloworld -n sample'],
    ['x describe svc istio-ingressgateway.istio-system'],
    ['x describe svc kubernetes'],
    ['x check-inject HELLOWORLD.sample'],
    ['x check-inject -n sample deploy/helloworld-v1'],
    ['x check-inject -n default -l app=x'],
    ['x check-inject -n sample -l app=x,sidecar.istio.io/inject=false'],
    ['x injector list'],
    ['x injector list -n sample'],
    ['x authz check HELLOWORLD.sample'],
    ['x precheck'],
    ['x precheck --from-version 1.20'],
    ['x internal-debug mcsz'],
    ['x internal-debug --list'],
    ['x internal-debug nonsense'],
    ['proxy-config clusters HELLOWORLD.sample'],
    ['proxy-config routes HELLOWORLD.sample'],
    ['proxy-config listeners HELLOWORLD.sample'],
    ['proxy-config endpoints HELLOWORLD.sample'],
    ['proxy-status'],
    ['tag list'],
  ],
  end: [
    ['x describe pod'],
    ['x describe pod nobody'],
    ['x describe svc'],
    ['x describe foo'],
    ['x check-inject'],
    ['x injector foo'],
    ['x authz check'],
    ['x authz check nobody'],
    ['x precheck --from-version abc'],
    ['x internal-debug'],
    ['x internal-debug edsz'],
    ['x foo', 'a group answers a word that it does not know'],
    ['foo'],
    ['--foo'],
    ['version --foo'],
    ['version -o foo'],
    ['install foo'],
    ['install --foo'],
    ['install -f none.yaml -y'],
    ['manifest generate -f none.yaml'],
    ['manifest generate x'],
    ['manifest generate --set foo=1', 'every mistake of the input is named, with its place'],
    ['manifest foo', 'a group answers a word that it does not know'],
    ['proxy-config clusters'],
    ['pc clusters a b'],
    ['pc clusters nobody'],
    ['pc clusters foo/bar'],
    ['pc clusters deploy/nobody -n sample'],
    ['pc clusters svc/nobody'],
    ['pc clusters HELLOWORLD.sample -o foo'],
    ['pc clusters HELLOWORLD.sample --port abc'],
    ['pc secret'],
    ['pc endpoints'],
    ['pc listeners'],
    ['pc routes'],
    ['proxy-status -o foo'],
    ['tag set'],
    ['tag set prod'],
    ['tag set a b'],
    ['tag set prod --revision nobody'],
    ['tag remove'],
    ['tag remove nobody'],
    ['tag foo'],
    ['create-remote-secret x'],
    ['create-remote-secret --name a_b'],
    ['uninstall'],
    ['uninstall foo'],
    ['uninstall --revision nobody -y'],
    ['validate'],
    ['validate x'],
    ['validate -f none.yaml'],
    ['analyze --output-threshold foo'],
    ['analyze --failure-threshold foo'],
    ['analyze -o foo'],
    ['--context nobody proxy-status'],
    ['--context nobody version'],
  ],
};

const RULES = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: hw, namespace: sample}
spec:
  host: helloworld
  trafficPolicy: {loadBalancer: {simple: LEAST_REQUEST}, outlierDetection: {consecutive5xxErrors: 5}}
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: hw, namespace: sample}
spec:
  hosts: [helloworld]
  http:
  - match: [{headers: {end-user: {exact: jason}}}]
    route: [{destination: {host: helloworld, subset: v2}}]
  - route:
    - {destination: {host: helloworld, subset: v1}, weight: 80}
    - {destination: {host: helloworld, subset: v2}, weight: 20}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: allow-curl, namespace: sample}
spec:
  selector: {matchLabels: {app: helloworld}}
  rules: [{from: [{source: {namespaces: [sample]}}]}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: strict, namespace: sample}
spec: {mtls: {mode: STRICT}}
`;

/** Colours, and the blanks at the ends of lines. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const plain = (text: string): string => text.replaceAll(COLOUR, '').replaceAll(/[ \t]+$/gm, '');

const istioctl = await istioctlAndKubectl();
using folder = temporaryFolder();
const state = ['--state-dir', path.join(folder.path, 'state')];
const env = {
  KUBECONFIG: path.join(folder.path, 'state', 'kubeconfig'),
  PATH: process.env['PATH'] ?? '',
  HOME: folder.path,
};
const how = { env, reject: false, timeout: COMMAND_MS, cwd: folder.path, stdin: 'ignore' } as const;

/** Runs a line. @returns what is compared of it */
async function saidBy(program: readonly string[], argv: readonly string[], part: Part): Promise<string> {
  const [file = '', ...before] = program;
  const { exitCode, stdout, stderr } = await execa(file, [...before, '--context', 'cluster1', ...argv], how);
  if (part === 'all') return `${exitCode}\n${plain(stdout)}\n${plain(stderr)}`;
  const errors = plain(stderr)
    .split('\n')
    .filter(line => /^error: /i.test(line) || line.startsWith('Istio is not present'));
  return `${exitCode} ${errors.at(-1)?.toLowerCase() ?? ''}`;
}

const up = ['up', 'multi-primary-multi-network', '--edition', 'current', '--detach', ...state];
const { code, stderr } = await startCli(up, { cwd: folder.path }).ended;
if (code !== 0) throw new Error(`up: ${stderr}`);
let news = 0;
try {
  writeFileSync(path.join(folder.path, 'rules.yaml'), RULES);
  await execa('kubectl', ['--context', 'cluster1', 'apply', '-f', 'rules.yaml'], { ...how, reject: true });
  const query = [
    '-n',
    'sample',
    'get',
    'pod',
    '-l',
    'app=helloworld',
    '-o',
    'jsonpath={.items[0].metadata.name}',
  ];
  const { stdout: pod } = await execa('kubectl', ['--context', 'cluster1', ...query], how);
  for (const part of ['all', 'end'] as const)
    for (const [line, known] of LINES[part]) {
      const argv = line.split(' ').map(word => word.replace('HELLOWORLD', pod));
      const real = await saidBy([istioctl], argv, part);
      const ours = await saidBy([process.execPath, CLI, 'istioctl'], argv, part);
      const isSame = real === ours;
      if (isSame === (known === undefined)) {
        console.log(`${line}: ${known === undefined ? 'the same' : `known: ${known}`}`);
        continue;
      }
      news++;
      console.log(
        `${line}: ${isSame ? `NO LONGER DIFFERS (${known})` : `DIFFERS\n  real ${real}\n  ours ${ours}`}`,
      );
    }
} finally {
  await startCli(['down', ...state], { cwd: folder.path }).ended;
}
const count = LINES.all.length + LINES.end.length;
console.log(news === 0 ? `${count} lines, nothing new` : `${news} new differences`);
process.exitCode = news === 0 ? 0 : 1;

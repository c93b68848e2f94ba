/** Wrong usage: a clear message with a hint, exit code 2, before anything is started. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runCli, temporaryFolder } from '../support/cli.ts';

const folder = temporaryFolder();
t.teardown(() => folder[Symbol.dispose]());
const file = (name: string, text: string) => {
  writeFileSync(path.join(folder.path, name), text);
  return `./${name}`;
};
const mesh = (clusters: string, networks = '  - name: network1\n') =>
  `meshID: mesh1\nnetworks:\n${networks}clusters:\n${clusters}`;

const rows: readonly {
  readonly name: string;
  readonly argv: readonly string[];
  readonly says: readonly RegExp[];
}[] = [
  { name: 'an unknown command', argv: ['rnu', 'all'], says: [/unknown command 'rnu'/, /run/] },
  {
    name: 'an unknown option',
    argv: ['run', 'all', '--ommit', 'x'],
    says: [/unknown option '--ommit'/, /--omit/],
  },
  { name: 'no scenario', argv: ['run'], says: [/No scenario was named/] },
  {
    name: 'an unknown scenario',
    argv: ['run', 'multi-primry'],
    says: [/no scenario "multi-primry"/, /multi-primary, multi-primary-multi-network/],
  },
  {
    name: 'an unknown scenario to plan',
    argv: ['plan', 'nope'],
    says: [/no scenario "nope"/, /primary-remote/],
  },
  {
    name: 'an unknown step',
    argv: ['run', 'multi-primary', '--omit', 'cluster3/install'],
    says: [/cluster3\/install/, /cluster1\/install-istio/],
  },
  {
    name: 'an unknown check',
    argv: ['run', 'multi-primary', '--check', 'comon-root'],
    says: [/no check "comon-root"/, /Did you mean common-root\?/],
  },
  {
    name: 'an unknown platform',
    argv: ['run', 'all', '--platform', 'minikube'],
    says: [/no platform "minikube"/, /simulator/],
  },
  {
    name: 'an unknown edition',
    argv: ['run', 'all', '--edition', '0.9'],
    says: [/no edition "0\.9"/, /1\.8/],
  },
  {
    name: 'an unknown format',
    argv: ['plan', 'multi-primary', '--format', 'yaml'],
    says: [/list, json, sh, markdown/],
  },
  { name: 'no number of requests', argv: ['run', 'all', '--requests', 'many'], says: [/whole number/] },
  {
    name: 'too few requests to judge by',
    argv: ['run', 'all', '--requests', '20'],
    says: [/20 requests/, /--requests \d+/, /--risk/],
  },
  { name: 'a risk that is none', argv: ['run', 'all', '--risk', '2'], says: [/probability/] },
  {
    name: 'a file that is not there',
    argv: ['run', './nowhere.yaml'],
    says: [/nowhere\.yaml/, /no such file/],
  },
  {
    name: 'a report folder that cannot be',
    argv: ['run', 'all', '--report-dir', file('file', 'x')],
    says: [/cannot be written to/, /--report-dir/],
  },
  {
    name: 'a file that is no YAML',
    argv: ['run', file('broken.yaml', 'clusters: [')],
    says: [/broken\.yaml/, /line \d+/],
  },
  { name: 'an empty file', argv: ['run', file('empty.yaml', '')], says: [/is empty/] },
  {
    name: 'a dangling control plane',
    argv: [
      'run',
      file(
        'dangling.yaml',
        mesh(
          '  - { name: cluster1, network: network1, role: primary }\n  - { name: cluster2, network: network1, role: remote, controlPlane: cluster9 }\n',
        ),
      ),
    ],
    says: [/clusters\[1\]\.controlPlane/, /cluster9/],
  },
  {
    name: 'a remote without a primary',
    argv: ['run', file('orphan.yaml', mesh('  - { name: cluster1, network: network1, role: remote }\n'))],
    says: [/clusters\[0\]/, /controlPlane/],
  },
  {
    name: 'duplicate names, an invalid one, an unknown network and an unknown key, all at once',
    argv: [
      'run',
      file(
        'many.yaml',
        mesh(
          '  - { name: cluster1, network: network1, role: primary }\n  - { name: cluster1, network: network7, role: primary }\n  - { name: Cluster_3, network: network1, role: primary, colour: red }\n',
        ),
      ),
    ],
    says: [/clusters\[1\]\.name/, /network7/, /Cluster_3/, /colour/],
  },
  {
    name: 'overlapping address ranges',
    argv: [
      'run',
      file(
        'overlap.yaml',
        mesh(
          '  - { name: cluster1, network: network1, role: primary, podRange: 10.1.0.0/16 }\n  - { name: cluster2, network: network1, role: primary, podRange: 10.1.128.0/17 }\n',
        ),
      ),
    ],
    says: [/overlap/, /10\.1\.128\.0\/17/],
  },
  {
    name: 'certificates for a name that is none',
    argv: ['certs', '--out', 'certs', '../etc'],
    says: [/\.\.\/etc/],
  },
  {
    name: 'certificates for a folder that cannot be',
    argv: ['certs', '--out', file('taken', 'x'), 'cluster1'],
    says: [/can be written to .*taken is not a folder/, /--out/],
  },
  { name: 'certificates without a folder', argv: ['certs', 'cluster1'], says: [/--out/] },
];

for (const { name, argv, says } of rows) {
  t.test(name, async t => {
    const { code, stdout, stderr } = await runCli(argv, folder.path);
    t.equal(code, 2);
    t.equal(stdout, '');
    for (const pattern of says) t.match(stderr, pattern);
    t.notMatch(stderr, /^\s+at /m, 'no stack trace');
  });
}

t.test('every command has help with an example', async t => {
  for (const command of ['run', 'list', 'plan', 'certs', 'version']) {
    const { code, stdout } = await runCli([command, '--help'], folder.path);
    t.equal(code, 0, command);
    t.match(stdout, /Examples:\n\s+\$ mesh-harness /, command);
  }
});

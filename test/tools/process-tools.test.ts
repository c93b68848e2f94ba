/** The real programs, with small ones in their place. */
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import type { Command } from '../../harness/model/command.ts';
import { clusterName } from '../../harness/model/names.ts';
import { createProcessTools } from '../../harness/tools/process-tools.ts';

const signal = new AbortController().signal;
const variables = new Map([['ADDRESS', '172.18.0.9']]);
const command = (tool: Command['tool'], args: readonly string[], more: Partial<Command> = {}): Command => ({
  tool,
  args,
  timeoutMs: 20_000,
  ...more,
});
const kubeconfigOf = (name: string, server: string) =>
  JSON.stringify({
    clusters: [{ name, cluster: { server } }],
    users: [{ name: 'admin', user: { token: `token-of-${server}` } }],
    contexts: [{ name: `kind-${name}`, context: { cluster: name, user: 'admin' } }],
    'current-context': `kind-${name}`,
  });
const clusters = new Map(
  ['cluster1', 'cluster2'].map(name => [
    clusterName(name),
    { name: clusterName(name), kubeconfig: () => kubeconfigOf('same', `https://${name}:6443`) },
  ]),
);

/** A stand-in: a program of Node that does what `code` says. */
function program(folder: string, name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!${process.execPath}\n${code}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function toolsIn(t: { readonly testdir: () => string }, kubectl: string, istioctl = '', helm = '') {
  const folder = t.testdir();
  writeFileSync(join(folder, 'package.json'), '{}'); // else the stand-ins would be modules, as all of our package's files are
  const tools = await createProcessTools({
    clusters,
    samples: new Map([['samples/a.yaml', 'kind: A\n']]),
    edition: '1.8',
    binaries: {
      kubectl: program(folder, 'kubectl', kubectl),
      istioctl: program(folder, 'istioctl', istioctl),
      helm: program(folder, 'helm', helm),
    },
    parentFolder: folder,
  });
  return { tools, folder };
}

t.test(
  'a command gets its context, its variables, its input, its files and the kubeconfig of all clusters',
  async t => {
    const { tools } = await toolsIn(
      t,
      `const fs = require('node:fs');
     console.log(JSON.stringify({ args: process.argv.slice(2), input: fs.readFileSync(0, 'utf8'),
       sample: fs.readFileSync('samples/a.yaml', 'utf8'), file: fs.readFileSync('cluster1.yaml', 'utf8'),
       mode: fs.statSync(process.env.KUBECONFIG).mode & 0o777, kubeconfig: fs.readFileSync(process.env.KUBECONFIG, 'utf8') }));`,
    );
    await tools.writeFile({ path: 'cluster1.yaml', content: `address: \${ADDRESS}\n` }, variables);
    const { stdout, ...result } = await tools.run(
      command('kubectl', ['apply', '-f', '-', `\${ADDRESS}`], { cluster: clusterName('cluster2') }),
      { variables, signal, stdin: 'kind: B\n' },
    );
    t.same(result, { exitCode: 0, stderr: '' });
    const { kubeconfig, ...seen } = JSON.parse(stdout);
    t.same(seen, {
      args: ['--context=cluster2', 'apply', '-f', '-', '172.18.0.9'],
      input: 'kind: B\n',
      sample: 'kind: A\n',
      file: 'address: 172.18.0.9\n',
      mode: 0o600,
    });
    t.match(load(kubeconfig), {
      'current-context': 'cluster1',
      contexts: [
        { name: 'cluster1' },
        { name: 'cluster2', context: { cluster: 'cluster2', user: 'cluster2' } },
      ],
      users: [
        { user: { token: 'token-of-https://cluster1:6443' } },
        { user: { token: 'token-of-https://cluster2:6443' } },
      ],
    });
    await tools[Symbol.asyncDispose]();
  },
);

t.test('a program that hangs or is missing is told apart from one that fails', async t => {
  const { tools } = await toolsIn(t, 'setInterval(() => {}, 1000)', 'process.exit(3)');
  const run = (each: Command) => tools.run(each, { variables, signal });
  t.match(await run(command('kubectl', [], { timeoutMs: 300 })), { fault: 'timeout' });
  const failed = await run(command('istioctl', []));
  t.equal(failed.exitCode, 3);
  t.equal(failed.fault, undefined);
  await tools[Symbol.asyncDispose]();
});

t.test('an API server that is not reached is not the fault of the mesh', async t => {
  const { tools } = await toolsIn(
    t,
    `console.error('The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?'); process.exit(1)`,
    `console.error('curl: (7) Failed to connect: Connection refused'); process.exit(7)`,
  );
  t.match(await tools.run(command('kubectl', []), { variables, signal }), {
    exitCode: 1,
    fault: 'api-unreachable',
  });
  t.equal((await tools.run(command('istioctl', []), { variables, signal })).fault, undefined);
  await tools[Symbol.asyncDispose]();
});

t.test('what istioctl says is progress', async t => {
  const { tools } = await toolsIn(t, '', `console.log('- Processing resources for Istiod.')`);
  const lines: string[] = [];
  await tools.run(command('istioctl', []), { variables, signal, onProgress: line => lines.push(line) });
  t.same(lines, ['- Processing resources for Istiod.']);
  await tools[Symbol.asyncDispose]();
});

t.test('versions, or a clear word about what is missing', async t => {
  const { tools } = await toolsIn(
    t,
    `console.log('{"clientVersion":{"gitVersion":"v1.32.4"}}')`,
    `console.log('1.8.0')`,
  );
  t.same(await tools.versions(signal), { kubectl: 'v1.32.4', istioctl: '1.8.0' });
  await tools[Symbol.asyncDispose]();
  const missing = await createProcessTools({
    clusters,
    samples: new Map(),
    edition: '1.8',
    binaries: { kubectl: '/nowhere/kubectl' },
    parentFolder: t.testdir(),
  });
  await t.rejects(missing.versions(signal), { code: 'ERR_TOOL', hint: /doctor/ });
  await missing[Symbol.asyncDispose]();
});

t.test('certificates and the gateway document need no program', async t => {
  const { tools, folder } = await toolsIn(t, '');
  const made = await tools.run(command('certs', ['--out', 'certs', 'cluster1']), { variables, signal });
  t.match(made.stdout, /certs\/cluster1\/ca-key\.pem/);
  const working = join(
    folder,
    readdirSync(folder).find(name => name.startsWith('mesh-harness-tools-')) ?? '',
  );
  t.equal(statSync(join(working, 'certs/cluster1/ca-key.pem')).mode & 0o777, 0o600);
  const args = ['--mesh', 'mesh1', '--cluster', 'cluster1', '--network', 'network1'];
  t.match(await tools.run(command('gen-eastwest-gateway', args), { variables, signal }), {
    exitCode: 0,
    stdout: /name: eastwest/,
  });
  await tools[Symbol.asyncDispose]();
  t.notOk(existsSync(working), 'the folder is gone with the tools');
});

t.test('a file outside of the working folder is refused', async t => {
  const { tools } = await toolsIn(t, '');
  await t.rejects(tools.writeFile({ path: '../x', content: '' }, variables), { code: 'ERR_TOOL' });
  await tools[Symbol.asyncDispose]();
});

t.test(
  'what a killed process has left behind is swept away, what belongs to a living one is not',
  async t => {
    const gone = 'mesh-harness-tools-4194999-abcdef';
    const living = `mesh-harness-tools-${process.ppid}-abcdef`;
    const folder = t.testdir({ [gone]: { kubeconfig: 'secret' }, [living]: {}, other: {} });
    const tools = await createProcessTools({
      clusters,
      samples: new Map(),
      edition: '1.8',
      parentFolder: folder,
    });
    t.notOk(existsSync(join(folder, gone)));
    t.ok(existsSync(join(folder, living)));
    t.ok(existsSync(join(folder, 'other')));
    await tools[Symbol.asyncDispose]();
  },
);

t.test(
  'a command of a guide has variables of its own, and helm gets its context in its own words',
  async t => {
    const says =
      'console.log(JSON.stringify([process.argv.slice(2), process.env.CLUSTER, process.env.ONE]));';
    const { tools } = await toolsIn(t, says, '', says);
    const run = async (each: Command) => (await tools.run(each, { variables, signal })).stdout;
    const environment = { ONE: `a \${ADDRESS}` };
    const cluster = clusterName('cluster2');
    t.same(JSON.parse(await run(command('helm', ['list'], { cluster, environment }))), [
      ['--kube-context=cluster2', 'list'],
      null,
      'a 172.18.0.9',
    ]);
    t.same(JSON.parse(await run(command('kubectl', ['get'], { cluster }))), [
      ['--context=cluster2', 'get'],
      null,
      null,
    ]);
    const own = { MESH: 'mesh1', CLUSTER: 'c1', NETWORK: 'n1' };
    t.match(await run(command('gen-eastwest-gateway', [], { environment: own })), /clusterName: c1/);
    await tools[Symbol.asyncDispose]();
  },
);

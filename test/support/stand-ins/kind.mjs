#!/usr/bin/env node
/**
 * A stand-in for kind: containers with its labels on the network it is told, in the place of nodes; kubeconfigs that a test has laid out.
 * STAND_IN_IMAGE, STAND_IN_KUBECONFIGS (a folder with a file per cluster), STAND_IN_LOG (a file that gets a line per call),
 * STAND_IN_FAULT (`fail`, `hang`, `kill` and the cluster's name, as in `fail:mh-x-cluster2`), STAND_IN_TAKES_MS.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { parse } from './flags.mjs';

const { env } = process;
const say = text => process.stderr.write(`${text}\n`);

function docker(args) {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', chunk => (output += chunk));
    child.stderr.on('data', chunk => (output += chunk));
    child.on('error', reject);
    child.on('close', code =>
      code === 0
        ? resolve(output.trim())
        : reject(new Error(`command "docker ${args.join(' ')}" failed with error: exit status ${code}\n${output}`)),
    );
  });
}

async function createCluster({ flags }) {
  const [file] = flags['--config'] ?? [];
  const config = load(readFileSync(file, 'utf8'));
  const name = flags['--name']?.[0] ?? config.name;
  const [fault, whose] = (env.STAND_IN_FAULT ?? '').split(':');
  if (!/^[a-z0-9.-]+$/.test(name))
    throw new Error(`'${name}' is not a valid cluster name, cluster names must match \`^[a-z0-9.-]+$\``);
  say(`Creating cluster "${name}" ...`);
  const network = env.KIND_EXPERIMENTAL_DOCKER_NETWORK;
  if (network) {
    say('WARNING: Overriding docker network due to KIND_EXPERIMENTAL_DOCKER_NETWORK');
    say('WARNING: Here be dragons! This is not supported currently.');
  }
  say(' • Preparing nodes 📦  ...');
  const workers = config.nodes.filter(({ role }) => role === 'worker').length;
  const names = [
    `${name}-control-plane`,
    ...Array.from({ length: workers }, (_, index) => `${name}-worker${index === 0 ? '' : index + 1}`),
  ];
  const created = names.map(async (container, index) => {
    await docker([
      ...[
        'run',
        '--detach',
        '--hostname',
        container,
        '--name',
        container,
        '--label',
        `io.x-k8s.kind.role=${index === 0 ? 'control-plane' : 'worker'}`,
      ],
      ...['--volume', '/var', '--label', `io.x-k8s.kind.cluster=${name}`, '--net', network ?? 'kind'],
      ...JSON.parse(env.STAND_IN_OPTIONS ?? '[]'),
      ...[env.STAND_IN_IMAGE, '/node'],
    ]);
    const cidr = config.networking.podSubnet.replace(/\d+\.\d+\/16$/, `${index}.0/24`);
    await docker(['exec', container, '/pod', cidr, config.networking.podSubnet]);
  });
  await Promise.all(created);
  if (whose === name && fault === 'hang') await new Promise(resolve => setTimeout(resolve, 3_600_000));
  if (whose === name && fault === 'kill') process.kill(process.pid, 'SIGKILL');
  if (whose === name && fault === 'fail') {
    await Promise.all(names.map(container => docker(['rm', '-f', '-v', container])));
    throw new Error(
      'failed to create cluster: failed to init node with kubeadm: command "docker exec --privileged …" failed with error: exit status 1',
    );
  }
  if (env.STAND_IN_TAKES_MS) await new Promise(resolve => setTimeout(resolve, Number(env.STAND_IN_TAKES_MS)));
  copyFileSync(`${env.STAND_IN_KUBECONFIGS}/${name}`, flags['--kubeconfig'][0]);
  say(`Set kubectl context to "kind-${name}"`);
}

try {
  const parsed = parse('kind', process.argv.slice(2));
  if (env.STAND_IN_LOG && parsed.command !== 'version') {
    const shown = ['KIND_EXPERIMENTAL_PROVIDER', 'KIND_EXPERIMENTAL_DOCKER_NETWORK', 'MESH_HARNESS_RUN'];
    const config = parsed.flags['--config'] ? readFileSync(parsed.flags['--config'][0], 'utf8') : undefined;
    appendFileSync(
      env.STAND_IN_LOG,
      `${JSON.stringify({ program: 'kind', argv: process.argv.slice(2), env: Object.fromEntries(shown.map(key => [key, env[key]])), config })}\n`,
    );
  }
  if (parsed.command === 'version') process.stdout.write('0.30.0\n');
  else if (parsed.command === 'create cluster') await createCluster(parsed);
} catch (error) {
  say(`ERROR: ${error.message}`);
  process.exit(1);
}

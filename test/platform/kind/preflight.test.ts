/** What this machine must have for kind clusters, and what to do about each thing that it lacks. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { EngineInfo } from '../../../harness/platform/kind/engine/engine.ts';
import { hostFindings, type Proc } from '../../../harness/platform/kind/host-findings.ts';
import {
  addressFamilyFinding,
  conntrackFinding,
  inotifyFinding,
  isInMachine,
  judgeEngine,
  sameEngine,
} from '../../../harness/platform/kind/preflight.ts';

const GIB = 2 ** 30;
const SOUND: EngineInfo = {
  id: 'ABCD',
  version: '28.2.2',
  operatingSystem: 'Debian GNU/Linux 12',
  cpus: 4,
  memoryBytes: 8 * GIB,
  isRootless: false,
  cgroupVersion: '2',
  platform: 'linux/amd64',
  keepsPlatforms: false,
  kind: 'docker',
  filtersBridges: true,
};

t.test('an engine is judged by what it says of itself', async t => {
  const rows: readonly (readonly [string, Partial<EngineInfo>, RegExp | undefined, RegExp | undefined])[] = [
    ['a sound one', {}, undefined, undefined],
    ['one that says nothing of bridges', { filtersBridges: undefined }, undefined, undefined],
    ['the oldest', { version: '20.10.24+dfsg1' }, undefined, undefined],
    ['one that is too old', { version: '19.03.15' }, /Docker 19\.03\.15/, /20\.10 or newer/],
    ['rootless', { isRootless: true }, /rootless/, /runs as root/],
    ['podman', { kind: 'podman', version: '5.0' }, /podman 5\.0/, /install Docker/],
    ['bridges unfiltered', { filtersBridges: false }, /by$/, /modprobe br_netfilter/],
    ['little memory', { memoryBytes: 2 * GIB }, /2\.0 GiB/, /need 4 GiB/],
  ];
  for (const [name, info, found, fix] of rows) {
    const bad = judgeEngine({ ...SOUND, ...info }).filter(({ ok }) => !ok);
    t.equal(bad.length, found ? 1 : 0, name);
    if (found) t.match(bad[0], { found, fix }, name);
  }
});

t.test('an engine that is set up for IPv6 alone is refused with a word', async t => {
  const other = { name: 'mine', subnets: ['172.20.0.0/16'] };
  for (const [name, networks, ok] of [
    ['IPv4', [other, { name: 'bridge', subnets: ['172.17.0.0/16'] }], true],
    ['both', [{ name: 'bridge', subnets: ['fd00:17::/64', '172.17.0.0/16'] }], true],
    ['IPv6 alone', [other, { name: 'bridge', subnets: ['fd00:17::/64'] }], false],
    ['no default network', [other], true],
    ['a network of someone else with IPv6 alone', [{ name: 'six', subnets: ['fd00:6::/64'] }], true],
  ] as const) {
    const found = addressFamilyFinding(networks);
    t.match(found, ok ? { ok } : { ok, found: /IPv6 alone \(fd00:17::\/64\)/, fix: /IPv4/ }, name);
  }
});

t.test('limits of the kernel, and what raises them', async t => {
  const gone = () => {
    throw new Error('ENOENT');
  };
  for (const [finding, ok, fix] of [
    [inotifyFinding(() => '128\n'), false, /max_user_instances=512/],
    [inotifyFinding(() => '512\n'), true, undefined],
    [inotifyFinding(gone), true, undefined],
    [conntrackFinding(() => '8192\n'), false, /nf_conntrack_max=131072/],
    [conntrackFinding(() => '262144\n'), true, undefined],
    [conntrackFinding(gone), true, undefined],
  ] as const) {
    t.match(finding, { ok, ...(fix && { fix }) }, finding.found);
  }
});

t.test('the docker command must speak to the engine that we speak to', async t => {
  const folder = t.testdir();
  const command = (text: string) => {
    const file = join(folder, 'docker');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const { signal } = new AbortController();
  t.match(await sameEngine(command('echo ABCD'), SOUND, signal), { ok: true });
  t.match(await sameEngine(command('echo WXYZ'), SOUND, signal), { ok: false, fix: /docker context show/ });
  t.match(await sameEngine(command('echo no daemon >&2; exit 1'), SOUND, signal), {
    ok: false,
    found: 'no daemon',
  });
});

t.test('cgroup v1 is told of, and refused with Kubernetes whose kubelets refuse it', async t => {
  for (const [cgroupVersion, kubernetes, ok, found] of [
    ['2', 'v1.37.2', true, /^v2$/],
    ['1', 'v1.34.0', true, /^v1, which Kubernetes up to 1\.34 still takes/],
    ['1', 'v1.35.0', false, /^v1, which kubelets of Kubernetes v1\.35\.0 refuse$/],
    ['1', 'v1.37.2-rc.1', false, /refuse$/],
    ['1', '', true, /^v1/],
    [undefined, 'v1.37.2', true, /does not say/],
  ] as const) {
    const [finding] = hostFindings({ ...SOUND, cgroupVersion }, kubernetes);
    t.match(
      finding,
      { ok, found, ...(!ok && { fix: /unified_cgroup_hierarchy=1.*--node-image/ }) },
      found.source,
    );
  }
});

/** A /proc with some processes. */
const procOf = (
  processes: Readonly<Record<string, readonly [string, string, string]>>,
  last = '40\n',
): Proc => ({
  list: () => ['self', 'sys', ...Object.keys(processes)],
  read: file => {
    const [pid = '', what] = file.split('/');
    if (file === 'sys/kernel/cap_last_cap') return last;
    const [comm, ids, bits] = processes[pid] ?? ['', '', ''];
    if (comm === '') throw new Error('ENOENT');
    return what === 'comm' ? `${comm}\n` : `Name:\t${comm}\nNSpid:\t${ids}\nCapBnd:\t${bits}\n`;
  },
});
const ALL = '000001ffffffffff';
const NO_RESOURCE = '000001fffeffffff';
const NO_MODULES = '000001fffffeffff';
const NO_BPF = '0000017fffffffff';

t.test('a capability that the engine lacks is named', { skip: process.platform !== 'linux' }, async t => {
  const old = { ...SOUND, version: '20.10.24+dfsg1' };
  for (const [name, info, proc, ok, found] of [
    ['all', old, procOf({ 7: ['dockerd', '7', ALL], 8: ['containerd', '8', ALL] }), true, /has all/],
    ['one less', old, procOf({ 7: ['dockerd', '7', NO_RESOURCE] }), false, /lacks CAP_SYS_RESOURCE$/],
    ['its containerd', SOUND, procOf({ 7: ['containerd', '7', NO_RESOURCE] }), false, /CAP_SYS_RESOURCE$/],
    [
      'a new engine that does without',
      SOUND,
      procOf({ 7: ['dockerd', '7', NO_MODULES] }),
      true,
      /SYS_MODULE/,
    ],
    ['an old one that does not', old, procOf({ 7: ['dockerd', '7', NO_MODULES] }), false, /CAP_SYS_MODULE$/],
    ['one that an old engine does not know', old, procOf({ 7: ['dockerd', '7', NO_BPF] }), true, /has all/],
    ['another program', old, procOf({ 7: ['node', '7', NO_RESOURCE] }), true, /not to be seen/],
    [
      'an engine in a container',
      old,
      procOf({ 7: ['containerd', '900 7', NO_RESOURCE] }),
      true,
      /not to be seen/,
    ],
    ['an older kernel', SOUND, procOf({ 7: ['dockerd', '7', '0000003fffffffff'] }, '37\n'), true, /has all/],
    ['Docker Desktop', { ...SOUND, operatingSystem: 'Docker Desktop' }, procOf({}), true, /not to be seen/],
  ] as const) {
    const [, finding] = hostFindings(info, 'v1.34.0', proc);
    t.match(finding, { ok, found, ...(!ok && { fix: /has them all/ }) }, name);
  }
  t.match(hostFindings(old, 'v1.34.0')[1], { subject: 'capabilities' }, 'the machine itself can be asked');
});

t.test('an engine in a virtual machine has networks that this machine does not reach', async t => {
  t.equal(isInMachine({ operatingSystem: 'Docker Desktop' }), true);
  if (process.platform === 'linux') t.equal(isInMachine(SOUND), false);
});

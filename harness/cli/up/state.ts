/** Format and reader of `state.json`, in which a running world describes itself to other commands. */
import { readFileSync } from '../../base/disk/disk.ts';
import { codeOf, HarnessError, messageOf } from '../../base/errors.ts';
import * as z from '../../base/zod.ts';
import { isAlive, processIdentity } from '../../process/liveness.ts';
import type { UpPaths } from './paths.ts';

const upCluster = z.object({
  name: z.string(),
  /** `https://127.0.0.1:40123` */
  server: z.string(),
  /** Where other clusters' pods find it: `https://172.18.0.2:6443`. */
  inNetworkServer: z.string().exactOptional(),
});
/** A cluster as the user reaches it. */
export type UpCluster = Readonly<z.infer<typeof upCluster>>;

const upDefect = z.object({
  /** The cluster in which it came; absent if that is unknown. */
  cluster: z.string().exactOptional(),
  message: z.string(),
  count: z.int(),
  /** ISO 8601, of the last one. */
  lastAt: z.string(),
});
/** A defect of the harness in the running world, and how often it came. */
export type UpDefect = Readonly<z.infer<typeof upDefect>>;

const upState = z.object({
  /** Of this format. */
  version: z.literal(1),
  owner: processIdentity,
  scenario: z.string(),
  edition: z.string(),
  istioVersion: z.string(),
  /** Present if a real istiod takes the place of ours. */
  istiod: z.object({ path: z.string(), version: z.string() }).exactOptional(),
  /** Present if an istioctl of the user's works. */
  istioctl: z.object({ file: z.string(), version: z.string() }).exactOptional(),
  seed: z.string(),
  /** True if the guide's steps were left to the user. */
  bare: z.boolean(),
  /** ISO 8601. */
  startedAt: z.string(),
  phase: z.enum(['starting', 'ready']),
  /** In the topology's order; none while they are starting. */
  clusters: z.array(upCluster).readonly(),
  /** The socket at which the process is asked; absent until it is ready, and of earlier releases. */
  control: z.string().exactOptional(),
  /** The oldest first. */
  defects: z.array(upDefect).readonly().exactOptional(),
});
/** The content of `state.json`. */
export type UpState = Readonly<z.infer<typeof upState>>;

/**
 * Reads what a process left in the folder.
 * @returns undefined if there is nothing; `alive` is false for what a killed process left
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_UNWRITABLE_FOLDER
 */
export function readState({
  folder,
  state: stateFile,
}: UpPaths): { readonly state: UpState; readonly alive: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(folder, error);
  }
  try {
    const state = upState.parse(JSON.parse(text));
    return { state, alive: isAlive(state.owner) };
  } catch {
    // Not ours, or cut off: the error below says so.
  }
  throw new HarnessError('ERR_UNREADABLE_FILE', `${stateFile} is not what this version writes.`, {
    hint: `Remove ${folder}, or name another folder with --state-dir.`,
  });
}

/** Makes the error of a folder that cannot be read or written. */
export function unusable(folder: string, error: unknown): HarnessError {
  return new HarnessError(
    'ERR_UNWRITABLE_FOLDER',
    `The state cannot be kept in ${folder}: ${messageOf(error)}`,
    {
      hint: 'Name another folder with --state-dir.',
      cause: error,
    },
  );
}

/** The paths of the files of a world that was left running. */
import path from 'node:path';
import { stateFolder } from '../../process/folders.ts';

/** Absolute paths: the state folder, and what lies in it. */
export interface UpPaths {
  readonly folder: string;
  /** Describes the running world; see state.ts. */
  readonly state: string;
  readonly kubeconfig: string;
  readonly log: string;
  /** The socket at which its process is asked, unless its path is too long for one. */
  readonly control: string;
  /** A small substitute for an unpacked Istio release: `istioctl` and `samples/`. */
  readonly release: string;
  /**
   * kubectl keeps what it has learnt of a server by address and port for hours; other clusters may get the
   * same port later.
   */
  readonly kubeCache: string;
}

/** The variable that stands for `--state-dir`; `env` exports it, so that a shell stays with its world. */
export const STATE_DIR = 'MESH_HARNESS_STATE_DIR';

/**
 * Returns the paths of a world.
 * @param stateDir - as the user named it; undefined for that of `MESH_HARNESS_STATE_DIR`, or else `up` in the
 *   folder for state of this user
 */
export function upPaths(
  stateDir: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): UpPaths {
  const folder = path.resolve(stateDir ?? (env[STATE_DIR] || path.join(stateFolder(env), 'up')));
  const inside = (name: string) => path.join(folder, name);
  return {
    folder,
    state: inside('state.json'),
    kubeconfig: inside('kubeconfig'),
    log: inside('log'),
    control: inside('control.sock'),
    release: inside('istio'),
    kubeCache: inside('kube-cache'),
  };
}

/** Says that no world is up, and where none is, if that is not the usual folder. */
export function noWorldIn({ folder }: UpPaths, env: Readonly<Record<string, string | undefined>>): string {
  const usual = upPaths(undefined, { ...env, [STATE_DIR]: undefined }).folder;
  return folder === usual ? 'No world is up.' : `No world is up with its state in ${folder}.`;
}

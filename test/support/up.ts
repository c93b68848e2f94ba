/** A world that the bundled command line leaves running, for tests that use it as people do. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { CLI, type Ended, runCli, temporaryFolder } from './cli.ts';

export interface UpWorld extends AsyncDisposable {
  /** `state.json`, `kubeconfig`, `istio/`. */
  readonly stateDir: string;
  /** A folder of the test's own. */
  readonly folder: string;
  readonly up: Ended;
  readonly pid: number;
  /** Our command line on this state. */
  cli(...argv: string[]): Promise<Ended>;
  /** A bash in `folder`, after `eval "$(mesh-harness env)"`. */
  bash(script: string): Promise<Ended>;
}

/** @param kubectl - the binary that scripts find under this name; by default what is on PATH */
export async function upWorld(
  scenario: string,
  flags: readonly string[] = [],
  kubectl?: string,
): Promise<UpWorld> {
  const own = temporaryFolder();
  const stateDir = path.join(own.path, 'state');
  const folder = path.join(own.path, 'work');
  const bin = path.join(own.path, 'bin');
  mkdirSync(folder);
  mkdirSync(bin);
  if (kubectl !== undefined) symlinkSync(kubectl, path.join(bin, 'kubectl'));
  const cli = (...argv: string[]) => runCli([...argv, '--state-dir', stateDir], folder);
  const up = await cli('up', scenario, '--detach', ...flags);
  return {
    stateDir,
    folder,
    up,
    get pid() {
      return (
        JSON.parse(readFileSync(path.join(stateDir, 'state.json'), 'utf8')) as { owner: { pid: number } }
      ).owner.pid;
    },
    cli,
    bash: async script => {
      const { exitCode, stdout, stderr } = await execa(
        'bash',
        ['-c', `set -e; eval "$(${process.execPath} ${CLI} env --state-dir ${stateDir})"; ${script}`],
        // GOGC, GOMAXPROCS: kubectl ends before it has to collect garbage.
        {
          cwd: folder,
          reject: false,
          stdin: 'ignore',
          env: { PATH: `${bin}:${process.env['PATH']}`, HOME: own.path, GOGC: 'off', GOMAXPROCS: '1' },
        },
      );
      return { code: exitCode ?? null, stdout, stderr };
    },
    [Symbol.asyncDispose]: async () => {
      await cli('down');
      own[Symbol.dispose]();
    },
  };
}

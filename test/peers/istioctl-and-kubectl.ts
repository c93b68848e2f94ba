/** What peers need that ask a real istioctl of a simulated mesh. */
import { execa } from 'execa';
import { findReal } from './real-programs.ts';

/** Finds a real istioctl; without it or kubectl the process says what is missing, and ends. @returns its path */
export async function istioctlAndKubectl(): Promise<string> {
  const found = findReal('istioctl');
  if ('reason' in found) skip(`no istioctl (${found.reason})`);
  else if ((await execa('kubectl', ['version', '--client'], { reject: false })).exitCode === 0)
    return found.path;
  return skip('no kubectl on PATH');
}

function skip(why: string): never {
  console.log(`skipped: ${why}`);
  process.exit(0);
}

/** Finds the program that an argv names in an image, as execve and $PATH do. */
import type { Image, Main } from '../../../program.ts';

/** There is no such program; the message is runc's. */
export class ProgramNotFound extends Error {
  override readonly name = 'ProgramNotFound';
}

/** @throws ProgramNotFound */
export function findProgram(image: Image, name: string): Main {
  const { programs } = image;
  const exact = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (exact) return exact;
  const base = name.slice(name.lastIndexOf('/') + 1);
  for (const [path, main] of Object.entries(programs)) {
    // A bare name finds a path on $PATH; a path finds a program that the image lists by name only, where such
    // programs lie.
    const isOnPath =
      !name.includes('/') && path.includes('/') && path.slice(path.lastIndexOf('/') + 1) === name;
    const isListedByName =
      !path.includes('/') && path === base && /^(\/usr)?(\/local)?\/s?bin\/[^/]+$/.test(name);
    if (isOnPath || isListedByName) return main;
  }
  throw new ProgramNotFound(
    name.includes('/')
      ? `exec: "${name}": stat ${name}: no such file or directory`
      : `exec: "${name}": executable file not found in $PATH`,
  );
}

/**
 * Returns the argv of a container: `command` replaces the entrypoint and drops the image's own arguments,
 * `args` replaces those.
 */
export function argvOf(
  image: Image,
  command: readonly string[] | undefined,
  args: readonly string[] | undefined,
): readonly string[] {
  const hasCommand = command !== undefined && command.length > 0;
  const head = hasCommand ? command : image.entrypoint;
  const tail = args !== undefined && args.length > 0 ? args : hasCommand ? [] : image.cmd;
  return [...head, ...tail];
}

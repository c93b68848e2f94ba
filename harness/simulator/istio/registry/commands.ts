/** Which commands and flags the istioctl of a release has. */
import old from './names/istioctl-1.8.json' with { type: 'json' };
import current from './names/istioctl-current.json' with { type: 'json' };
import type { Edition } from './names.ts';

/** Command → its flags, as `--name` and `-n`; of the empty one: those of all commands. */
type Commands = ReadonlyMap<string, ReadonlySet<string>>;

const read = (commands: Readonly<Record<string, string>>): Commands =>
  new Map(
    Object.entries(commands).map(([command, flags]) => [
      command,
      new Set(flags.split(' ').filter(flag => flag !== '')),
    ]),
  );
const COMMANDS: Readonly<Record<Edition, Commands>> = {
  '1.8': read(old.commands),
  current: read(current.commands),
};

/** Returns the commands of a release's istioctl: `proxy-config clusters` → its flags. */
export const commandsOf = (edition: Edition): Commands => COMMANDS[edition];

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
const NAMES = { '1.8': old, current } as const;
const known = new Map<Edition, Commands>();

/** Returns the commands of a release's istioctl: `proxy-config clusters` → its flags. */
export function commandsOf(edition: Edition): Commands {
  const found = known.get(edition) ?? read(NAMES[edition].commands);
  known.set(edition, found);
  return found;
}

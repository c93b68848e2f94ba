/** The table of flags as docs/platforms.md has it. */
import { FLAG_TABLE, type FlagRow, flagsOf } from '../../harness/cli/flag-table.ts';
import type { PlatformName } from '../../harness/platform/platform.ts';
import { PLATFORM_NAMES } from '../../harness/session/effects.ts';

/** Writes the table, with the platforms as columns. */
export function flagTableMarkdown(): string {
  const rows = Object.keys(FLAG_TABLE).flatMap(command =>
    (flagsOf(command)?.sometimes ?? []).map(row => [
      command,
      `\`${row.flag}\``,
      ...PLATFORM_NAMES.map(platform => cellOf(command, row, platform)),
      conditionOf(row),
    ]),
  );
  const head = ['command', 'flag', ...PLATFORM_NAMES, 'and only'];
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

function cellOf(command: string, { on = PLATFORM_NAMES }: FlagRow, platform: PlatformName): string {
  if (flagsOf(command)?.platform === undefined) return '';
  return on.some(each => each === platform) ? 'yes' : '–';
}

function conditionOf({ beside = [], notBeside = [] }: FlagRow): string {
  const names = (flags: readonly string[]) => flags.map(each => `\`${each}\``).join(' or ');
  return [
    ...(beside.length > 0 ? [`beside ${names(beside)}`] : []),
    ...(notBeside.length > 0 ? [`not beside ${names(notBeside)}`] : []),
  ].join('; ');
}

/** What `-o json` and `-o yaml` print. */
import { dump } from 'js-yaml';
import { ToolExit } from '../invocation.ts';

/**
 * Writes a value in the form that `--output` asks for.
 * @returns undefined for a table, or if nothing is asked for
 * @throws ToolExit for a form that there is not
 */
export function printed(format: string | undefined, value: unknown): string | undefined {
  switch (format) {
    case undefined:
    case '':
    case 'table':
    case 'short':
      return undefined;
    case 'json':
      return `${JSON.stringify(value, undefined, '\t')}\n`;
    case 'yaml':
      return dump(value, { noRefs: true, lineWidth: -1 });
    default:
      throw new ToolExit(`Error: unknown format: ${format}`);
  }
}

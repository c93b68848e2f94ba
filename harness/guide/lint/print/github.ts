/** Findings as workflow commands, which GitHub shows at the lines of a pull request. */
import { printable } from '../../../base/printable.ts';
import type { Finding, Severity } from '../finding.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * Writes a line for each finding.
 * @see GitHub's documentation, "Workflow commands for GitHub Actions"; actions/toolkit
 *   packages/core/src/command.ts for what is escaped
 */
export function findingsForGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, severity, place, message, wouldHappen }) => {
      const properties = [
        ['file', printable(place.file)],
        ['line', String(place.line)],
        ['col', String(place.column)],
        ['title', rule],
      ].map(([key, value = '']) => `${key}=${escapeProperty(value)}`);
      const text = escapeData(printable(`${message} ${wouldHappen}`));
      return `::${COMMANDS[severity]} ${properties.join(',')}::${text}\n`;
    })
    .join('');
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

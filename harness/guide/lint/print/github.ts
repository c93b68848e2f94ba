/** Findings as workflow commands, which GitHub shows at the lines of a pull request. */
import { workflowCommand } from '../../../base/workflow-command.ts';
import type { Finding, Severity } from '../finding.ts';

const COMMANDS: Readonly<Record<Severity, Parameters<typeof workflowCommand>[0]>> = {
  error: 'error',
  warning: 'warning',
  note: 'notice',
};

/** Writes a line for each finding. */
export const findingsForGithub = (findings: readonly Finding[]): string =>
  findings
    .map(({ rule, severity, place, message, wouldHappen }) => {
      const { file, line, column } = place;
      const properties = { file, line: String(line), col: String(column), title: rule };
      return workflowCommand(COMMANDS[severity], properties, `${message} ${wouldHappen}`);
    })
    .join('');

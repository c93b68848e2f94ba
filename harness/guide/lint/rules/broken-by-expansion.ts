/** Rule: a YAML document breaks once the shell has expanded it. */
import type { VariableUse } from '../../follow/trace.ts';
import type { Page } from '../../page/page.ts';
import { documentsOf, type GuideDocument, lineSpan, parseYaml } from '../documents.ts';
import { meshNames } from '../names.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { isTold } from '../told-variables.ts';
import { hasPastedLines, isTemplate, withValues } from './broken-yaml.ts';

/** The rule `broken-by-expansion`. */
export const brokenByExpansion: Rule = {
  id: 'broken-by-expansion',
  severity: 'error',
  sentence: 'A YAML document breaks once the shell has expanded it.',
  because:
    'The shell expands a here-document whose delimiter is not quoted (POSIX, "Here-Document"). A key ' +
    'that becomes empty is no key: go-yaml says "did not find expected key".',
  example: {
    bad: `$ cat <<EOF > c1.yaml\nspec:\n  \${NET}:\n    port: 1\nEOF\n$ istioctl install -y -f c1.yaml`,
    good: '$ cat <<EOF > c1.yaml\nspec:\n  net:\n    port: 1\nEOF\n$ istioctl install -y -f c1.yaml',
  },
  find({ traces, pages, edition }) {
    const names = meshNames(traces, edition);
    return traces.flatMap(trace => documentsOf(trace).flatMap(document => findIn(document, pages, names)));
  },
};

function findIn(
  document: GuideDocument,
  pages: readonly Page[],
  names: ReadonlySet<string>,
): readonly RuleFinding[] {
  if (
    !document.isExpanded ||
    isTemplate(document) ||
    isPasted(document) ||
    !('values' in parseYaml(withValues(document)))
  )
    return [];
  const { uses, text } = document.content;
  if (uses.length === 0) return [];
  // Whoever was told to set a variable has set it.
  if (uses.some(({ name, isSet }) => !isSet && isTold(name, pages))) return [];
  const line = brokenLine(text);
  if (line === undefined) return [];
  const span = lineSpan(document, line);
  const use = uses.find(each => each.span.start >= span.start && each.span.end <= span.end);
  return [
    {
      page: document.page,
      span: use?.span ?? span,
      message:
        `${document.path ?? 'The document'} is no YAML once the shell has expanded ` +
        `${use ? `\${${use.name}}` : 'it'}.`,
      wouldHappen:
        'The tool that reads it refuses it ("error converting YAML to JSON"); nothing of it is carried out.',
      ...(use && !use.isSet && names.has(use.name) && { fix: fixOf(use) }),
    },
  ];
}

const fixOf = ({ name, span }: VariableUse) => ({
  description: `Write the name: ${name}`,
  edits: [{ ...span, text: name }],
  isSafe: true,
});

/** A key that is a variable is no pasted line: `${NAME}:`. */
const isPasted = (document: GuideDocument): boolean =>
  hasPastedLines(document) && !/^\s*\$\{?\w+\}?:/m.test(document.raw);

/** Finds the line that breaks a YAML text, from 0: where the parser stops, or a key that is empty. */
function brokenLine(text: string): number | undefined {
  const empty = text.split('\n').findIndex(line => /^\s*(?:- +)*:(?:\s|$)/.test(line));
  if (empty >= 0) return empty;
  const result = parseYaml(text);
  return 'values' in result ? undefined : result.line;
}

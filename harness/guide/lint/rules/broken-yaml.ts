/** Rule: a YAML document of the guide is no YAML. */
import { documentsOf, type GuideDocument, lineSpan, parseYaml } from '../documents.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** The rule `broken-yaml`. */
export const brokenYaml: Rule = {
  id: 'broken-yaml',
  severity: 'error',
  sentence: 'A YAML document of the guide is no YAML.',
  because:
    'The tool that reads it refuses all of it (yaml.org, YAML 1.2; kubectl and istioctl convert it to JSON).',
  example: {
    bad: '$ cat <<EOF > c1.yaml\nspec:\n  values:\n global: {}\nEOF\n$ istioctl install -y -f c1.yaml',
    good: '$ cat <<EOF > c1.yaml\nspec:\n  values:\n    global: {}\nEOF\n$ istioctl install -y -f c1.yaml',
  },
  find: ({ traces }) => traces.flatMap(trace => documentsOf(trace).flatMap(findIn)),
};

/** Returns a document as it would be if each variable had a value of one plain word. */
export const withValues = ({ raw, isExpanded }: GuideDocument): string =>
  isExpanded
    ? raw
        .replace(/\\\$/g, '~')
        .replace(/\$(?:\{[^}]*\}|\((?:[^()]|\([^()]*\))*\)|\w+)/g, 'x')
        .replace(/\\([\\`\n])/g, '$1')
    : raw;

/** A line that is nothing but a variable may become several, as indented as they should be. */
export const hasPastedLines = ({ raw, isExpanded }: GuideDocument): boolean =>
  isExpanded && /^\s*\$[\w{(][^\n]*$/m.test(raw);

/** Tells whether a document is made by another program from a template. */
export const isTemplate = ({ raw }: GuideDocument): boolean => raw.includes('{{') || raw.includes('<%');

function findIn(document: GuideDocument): readonly RuleFinding[] {
  if (isTemplate(document) || hasPastedLines(document)) return [];
  const result = parseYaml(withValues(document));
  if ('values' in result) return [];
  return [
    {
      page: document.page,
      span: lineSpan(document, result.line),
      message: `${document.path ?? 'The document'} is no YAML: ${result.reason}.`,
      wouldHappen:
        'The tool that reads it refuses it ("error converting YAML to JSON"); nothing of it is carried out.',
    },
  ];
}

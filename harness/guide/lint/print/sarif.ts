/** Findings as SARIF 2.1.0 (OASIS, March 2020), which code scanners exchange. */
import type { Page } from '../../page/page.ts';
import type { Edit, Finding, Severity } from '../finding.ts';
import type { Rule } from '../rule.ts';

const LEVELS = { error: 'error', warning: 'warning', note: 'note' } as const satisfies Record<
  Severity,
  string
>;
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** What a log is made of. */
interface SarifInput {
  readonly findings: readonly Finding[];
  readonly pages: readonly Page[];
  readonly rules: readonly Rule[];
  /** Of mesh-harness. */
  readonly version: string;
}

/** Makes a log of one run. Offsets are UTF-16 units, as in JavaScript. */
export function toSarif({ findings, pages, rules, version }: SarifInput) {
  const sources = new Map(pages.map(({ source }) => [source.file, source]));
  const artifact = (file: string) => ({ uri: uriOf(file), index: [...sources.keys()].indexOf(file) });
  return {
    $schema: SCHEMA,
    version: '2.1.0' as const,
    runs: [
      {
        tool: {
          driver: {
            name: 'mesh-harness guide lint',
            semanticVersion: version,
            rules: rules.map(describe),
          },
        },
        columnKind: 'utf16CodeUnits' as const,
        artifacts: [...sources.values()].map(({ file, text }) => ({
          location: { uri: uriOf(file) },
          length: Buffer.byteLength(text),
        })),
        results: findings.map(({ rule, severity, place, span, message, wouldHappen, fix }) => {
          const end = sources.get(place.file)?.placeOf(span.end) ?? place;
          return {
            ruleId: rule,
            ruleIndex: rules.findIndex(({ id }) => id === rule),
            level: LEVELS[severity],
            message: { text: `${message} ${wouldHappen}` },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: artifact(place.file),
                  region: {
                    ...{ startLine: place.line, startColumn: place.column },
                    ...{ endLine: end.line, endColumn: end.column },
                  },
                },
              },
            ],
            ...(fix && {
              fixes: [
                {
                  description: { text: fix.description },
                  artifactChanges: [
                    { artifactLocation: artifact(place.file), replacements: fix.edits.map(replacement) },
                  ],
                },
              ],
            }),
          };
        }),
      },
    ],
  };
}

const describe = ({ id, sentence, because, severity }: Rule) => ({
  id,
  shortDescription: { text: sentence },
  fullDescription: { text: because },
  defaultConfiguration: { level: LEVELS[severity] },
});

const replacement = ({ start, end, text }: Edit) => ({
  deletedRegion: { charOffset: start, charLength: end - start },
  insertedContent: { text },
});

/** Writes a path as a relative reference (RFC 3986): no colon in its first part, no backslash. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}

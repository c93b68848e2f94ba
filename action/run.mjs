// Runs mesh-harness in this process with the inputs of the action, and leaves the outputs of its step.
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** By exit code; after wrong usage there is none. */
const VERDICTS = { 0: 'passed', 1: 'failed', 3: 'unknown', 130: 'unknown' };

/** @returns an input, without blanks around it; the empty text if it was not given */
const input = name => (process.env[`MESH_ACTION_${name}`] ?? '').trim();

/** Writes an annotation. */
function annotate(text) {
  const shown = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  console.error(`::error title=mesh-harness::${shown}`);
}

/** Ends with an annotation, as for wrong usage. */
function refuse(text) {
  annotate(text);
  process.exit(2);
}

/**
 * Splits an input into words as a shell does: at blanks and ends of lines; quotes and backslashes keep them
 * together. Nothing is expanded.
 */
function wordsOf(name) {
  const text = input(name);
  const word = /(?:\s|\\\n)*((?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+)/y;
  const words = [];
  let end = 0;
  for (let found = word.exec(text); found; found = word.exec(text)) {
    words.push(plain(found[1]));
    end = word.lastIndex;
  }
  if (end === text.length) return words;
  return refuse(
    `The input ${name.toLowerCase()} has a quote or a backslash that nothing closes: ${text.slice(end).trim()}`,
  );
}

/** Takes quotes and backslashes away; within double quotes a backslash stays before most characters. */
const plain = word =>
  word.replace(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g, (_, single, double, escaped) => {
    if (single !== undefined) return single;
    if (double !== undefined) return double.replace(/\\([\n"\\$`])/g, (__, one) => (one === '\n' ? '' : one));
    return escaped === '\n' ? '' : escaped;
  });

/** @returns the words behind `mesh-harness` */
function commandLine(folder) {
  const one = (flag, value) => (value === '' ? [] : [`${flag}=${value}`]);
  const more = wordsOf('ARGUMENTS');
  if (more.some(word => /^--report-dir(=|$)/.test(word)))
    refuse('The input arguments has --report-dir: the input report-dir is for that.');
  return [
    'run',
    `--report-dir=${folder}`,
    ...one('--platform', input('PLATFORM')),
    ...one('--edition', input('EDITION')),
    ...one('--istio-version', input('ISTIO_VERSION')),
    ...more,
    // Behind this nothing is a flag, whatever it begins with.
    '--',
    ...wordsOf('SCENARIOS'),
  ];
}

/** Sets an output in the form for values of several lines: a path may have any character. */
function setOutput(name, value) {
  const end = `end-${randomBytes(16).toString('hex')}`;
  appendFileSync(process.env.GITHUB_OUTPUT, `${name}<<${end}\n${value}\n${end}\n`);
}

const temporary = process.env.RUNNER_TEMP || os.tmpdir();
const folder = path.resolve(input('REPORT_DIR') || mkdtempSync(path.join(temporary, 'mesh-harness-report-')));
const reportTime = () => statSync(path.join(folder, 'report.json'), { throwIfNoEntry: false })?.mtimeMs;
const before = reportTime();
process.on('exit', code => {
  const isReported = reportTime() !== before;
  // --help and the like end with 0, and are no pass.
  if (code === 0 && !isReported) annotate('The arguments made mesh-harness run nothing.');
  const ended = code === 0 && !isReported ? 2 : code;
  process.exitCode = ended;
  if (!process.env.GITHUB_OUTPUT) return;
  setOutput('exit-code', String(ended));
  setOutput('verdict', VERDICTS[ended] ?? '');
  setOutput('report', isReported ? folder : '');
});

const program = fileURLToPath(new URL('bin/mesh-harness', import.meta.url));
process.argv.splice(1, process.argv.length, program, ...commandLine(folder));
await import('../dist/mesh-harness.js');

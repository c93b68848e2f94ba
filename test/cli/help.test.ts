/** The help of every command, word for word. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import t from 'tap';
import { createProgram } from '../../harness/cli/program.ts';
import { ROOT } from '../support/cli.ts';

const GOLDEN = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/golden/help.txt');
/** Columns of a terminal whose width is unknown. */
const WIDTH = 80;

function helpOf(command: Command): string {
  let help = '';
  const writeOut = (text: string) => {
    help += text;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => WIDTH });
  command.outputHelp();
  return help;
}

const wordsOf = (command: Command): readonly string[] => [
  ...(command.parent ? wordsOf(command.parent) : []),
  command.name(),
];

t.test('the help of every command is what it was (UPDATE_GOLDEN=1 writes it anew)', async t => {
  const program = createProgram(async () => {});
  const text = [program, ...program.commands.flatMap(command => [command, ...command.commands])]
    .map(command => `$ ${wordsOf(command).join(' ')} --help\n${helpOf(command)}\n`)
    .join('')
    .replaceAll(ROOT, '');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
  t.equal(text, readFileSync(GOLDEN, 'utf8'));
});

t.test('every command but istioctl, whose words are its own, has an example', async t => {
  const program = createProgram(async () => {});
  const without = program.commands.filter(command => !helpOf(command).includes('Examples:'));
  t.same(
    without.map(command => command.name()),
    ['istioctl'],
  );
});

t.test('every command names its page of the documentation, which is in the package', async t => {
  const program = createProgram(async () => {});
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  t.ok(manifest.files.includes('docs'));
  for (const command of program.commands.flatMap(each => [each, ...each.commands])) {
    const words = wordsOf(command).join(' ');
    const [, page = ''] = /^Docs: (.+)$/m.exec(helpOf(command)) ?? [];
    t.ok(page.startsWith(path.join(ROOT, 'docs')), words);
    t.match(readFileSync(page, 'utf8'), new RegExp(`\\b${command.name()}\\b`), `${page} tells of ${words}`);
  }
});

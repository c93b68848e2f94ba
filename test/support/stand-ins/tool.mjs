#!/usr/bin/env node
/**
 * A stand-in for kubectl and istioctl (it is called by their names): reads its words as strictly as they do, writes each call to STAND_IN_LOG,
 * and answers what the plans ask for. STAND_IN_TAKES_MS: how long each call takes. STAND_IN_TOOL_FAULT: `refuse:WORD`, `hang:WORD`, `kill:WORD`,
 * `unreachable:WORD` for the first call with that word in it.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from './flags.mjs';

const { env } = process;
const program = basename(process.argv[1] ?? '').startsWith('istioctl') ? 'istioctl' : 'kubectl';
const argv = process.argv.slice(2);

try {
  const { command, flags, words } = parse(program, argv);
  const fromInput = [...(flags['-f'] ?? []), ...(flags['--filename'] ?? [])].includes('-');
  const files = [...(flags['-f'] ?? [])]
    .filter(file => file !== '-' && file.endsWith('.yaml'))
    .map(file => readFileSync(file, 'utf8'));
  const stdin = fromInput ? readFileSync(0, 'utf8') : undefined;
  if (env.STAND_IN_LOG && command !== 'version') {
    // Samples are the release's own: only what the plan writes is shown.
    const shown = files.filter((_, index) => !flags['-f'][index].startsWith('samples/'));
    appendFileSync(
      env.STAND_IN_LOG,
      `${JSON.stringify({ program, argv, ...(shown.length > 0 && { files: shown }), ...(stdin !== undefined && { stdin }) })}\n`,
    );
  }
  const [fault, word] = (env.STAND_IN_TOOL_FAULT ?? '').split(':');
  if (word && argv.includes(word)) {
    if (fault === 'hang') await new Promise(resolve => setTimeout(resolve, 3_600_000));
    if (fault === 'kill') process.kill(process.pid, 'SIGKILL');
    if (fault === 'unreachable')
      throw new Error(
        'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
      );
    if (fault === 'refuse') throw new Error('Error from server (Forbidden): refused by the stand-in');
  }
  if (env.STAND_IN_TAKES_MS) await new Promise(resolve => setTimeout(resolve, Number(env.STAND_IN_TAKES_MS)));
  process.stdout.write(answer(command, flags, words));
} catch (error) {
  process.stderr.write(`${program === 'istioctl' ? 'Error: ' : ''}${error.message}\n`);
  process.exit(1);
}

function answer(command, flags, words) {
  if (command === 'version')
    return program === 'kubectl'
      ? `{"clientVersion":{"gitVersion":"${env.STAND_IN_KUBECTL_VERSION ?? 'v1.34.0'}"}}\n`
      : `${env.STAND_IN_ISTIO_VERSION ?? '1.30.3'}\n`;
  if (command.endsWith('create-remote-secret'))
    return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: istio-remote-secret-${flags['--name'][0]}\n  namespace: istio-system\n`;
  if (command === 'get' && words[0] === 'svc') return '172.30.2.128';
  if (command === 'get' && words[0] === 'pod') return 'sleep-0';
  return '';
}

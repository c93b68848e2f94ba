import t from 'tap';
import { systemClock } from '../../../../harness/base/clock.ts';
import { parseCidr } from '../../../../harness/base/ipv4.ts';
import { createRandom } from '../../../../harness/base/random.ts';
import { istioIptables } from '../../../../harness/simulator/istio/agent/iptables.ts';
import type { RedirectRules } from '../../../../harness/simulator/network/interfaces.ts';
import { VirtualNetwork } from '../../../../harness/simulator/network/virtual-network.ts';
import type { ProcessContext } from '../../../../harness/simulator/program.ts';

async function run(...args: string[]) {
  const output: string[] = [];
  let rules: RedirectRules | undefined;
  const machine = new VirtualNetwork({
    clock: systemClock,
    random: createRandom('n'),
    networks: [],
  }).addMachine('m');
  machine.setRedirect = given => {
    rules = given;
  };
  const context: ProcessContext = {
    argv: ['istio-iptables', ...args],
    env: {},
    uid: 0,
    hostname: 'pod',
    files: { read: () => '', exists: () => false, list: () => [], write: () => {} },
    network: machine,
    clock: systemClock,
    random: createRandom('p'),
    stdout: text => output.push(text),
    stderr: text => output.push(text),
    signal: new AbortController().signal,
  };
  return { exitCode: await istioIptables(context), rules, output: output.join('') };
}

const TEMPLATE = [
  '-p',
  '15001',
  '-z',
  '15006',
  '-u',
  '1337',
  '-m',
  'REDIRECT',
  '-i',
  '*',
  '-x',
  '',
  '-b',
  '*',
];

t.test(
  'the arguments of the injection template redirect everything but the proxy and its own ports',
  async t => {
    const { exitCode, rules } = await run(...TEMPLATE, '-d', '15090,15021,15020');
    t.equal(exitCode, 0);
    t.same(rules, {
      outboundPort: 15001,
      inboundPort: 15006,
      exemptUid: 1337,
      exemptInboundPorts: [15090, 15021, 15020],
    });
  },
);

t.test('ports and ranges that are let through, and those that are not', async t => {
  const { rules } = await run(
    ...['-i', '10.0.0.0/8', '-x', '10.1.0.0/16,10.2.3.4', '-b', '80, 443', '-q', '9000', '-o', '5000'],
    '--redirect-dns',
  );
  t.match(rules, {
    outboundRanges: [parseCidr('10.0.0.0/8')],
    exemptOutboundRanges: [parseCidr('10.1.0.0/16'), parseCidr('10.2.3.4/32')],
    inboundPorts: [80, 443],
    outboundPorts: [9000],
    exemptOutboundPorts: [5000],
    dnsPort: 15053,
  });
  t.match((await run('-b', '')).rules, { inboundPorts: [] });
});

const refused: [string, string[], RegExp][] = [
  ['another mode', ['-m', 'TPROXY'], /501 interception mode TPROXY is not simulated/],
  ['a range that is none', ['-x', '10.0.0.0/40'], /no range/],
  ['an unknown flag', ['-?', '1'], /unknown shorthand flag/],
  ['a flag without its value', ['-p'], /flag needs an argument: -p/],
  ['a port that is none', ['-p', 'http'], /no number/],
];
for (const [name, args, message] of refused) {
  t.test(`${name} is refused, and no rule set`, async t => {
    const { exitCode, rules, output } = await run(...args);
    t.equal(exitCode, 1);
    t.equal(rules, undefined);
    t.match(output, message);
  });
}

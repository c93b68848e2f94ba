/**
 * Each connection of `verify` to an API server is refused, cut or never answered once: the mesh, which is
 * sound, is never called broken, and what went wrong is said. A few by day, all by `npm run tables`.
 */
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { isNightly } from '../support/nightly.ts';
import { runHere } from '../support/run-here.ts';
import { upWorld } from '../support/up.ts';

type Fault = 'refused' | 'cut' | 'silent';
const FAULTS: readonly Fault[] = ['refused', 'cut', 'silent'];

/** A way to an API server on which one connection comes to harm. */
class Way implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #count = 0;
  #harm: { readonly index: number; readonly fault: Fault } | undefined;

  constructor(port: number) {
    this.#server = createServer(socket => {
      const isHarmed = this.#count === this.#harm?.index;
      this.#count += 1;
      this.#keep(socket);
      if (isHarmed && this.#harm?.fault === 'silent') return;
      if (isHarmed && this.#harm?.fault === 'refused') {
        socket.resetAndDestroy();
        return;
      }
      const target = this.#keep(connect(port, '127.0.0.1'));
      socket.pipe(target).pipe(socket);
      // After the handshake, and in the middle of an answer.
      if (isHarmed) target.once('data', () => target.once('data', () => socket.resetAndDestroy()));
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Begins to count anew. @returns how many connections there were */
  begin(harm?: { readonly index: number; readonly fault: Fault }): number {
    const before = this.#count;
    this.#count = 0;
    this.#harm = harm;
    return before;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

t.test('no connection that comes to harm makes a sound mesh a broken one', { timeout: 900_000 }, async t => {
  await using world = await upWorld('multi-primary');
  t.equal(world.up.code, 0, world.up.stderr);
  const { stdout } = await world.cli('status');
  const ports = [...stdout.matchAll(/https:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
  await using one = new Way(ports[0] ?? 0);
  await using two = new Way(ports[1] ?? 0);
  const ways = [one, two];
  const own = path.join(world.folder, 'kubeconfig');
  const { stdout: text } = await world.bash('cat "$KUBECONFIG"');
  const listening = await Promise.all(ways.map(way => way.listen()));
  const moved = ports.reduce(
    (document, port, index) => document.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${listening[index]}`),
    text,
  );
  writeFileSync(own, moved, { mode: 0o600 });
  const verify = (report: string) =>
    runHere([
      ...['verify', 'multi-primary', '--kubeconfig', own, '--context', 'cluster1=cluster1'],
      ...['--context', 'cluster2=cluster2', '--check', 'versions-in-their-own-clusters', '--quiet'],
      ...['--report-dir', path.join(world.folder, report)],
    ]);
  const sound = await verify('sound');
  t.equal(sound.code, 0, sound.stderr);
  const counts = ways.map(way => way.begin());
  t.ok(
    counts.every(count => count > 0),
    `connections: ${counts.join(' and ')}`,
  );
  const all = counts.flatMap((count, which) =>
    Array.from({ length: count }, (_, index) => FAULTS.map(fault => ({ which, index, fault }))).flat(),
  );
  const chosen = isNightly
    ? all
    : all.filter(({ fault }, at) => fault !== 'silent' && at % 5 === 0).slice(0, 3);
  for (const { which, index, fault } of chosen) {
    for (const [at, way] of ways.entries()) way.begin(at === which ? { index, fault } : undefined);
    const name = `connection ${index} to cluster${which + 1} ${fault}`;
    const { code, stdout: said, stderr } = await verify(`${which}-${index}-${fault}`);
    t.ok([0, 3].includes(code), `${name}: exit code ${code}: ${said}${stderr}`);
    t.notMatch(stderr, /a defect of ours|^ +at /m, name);
    if (code === 3) t.match(`${said}${stderr}`, /cluster\d|127\.0\.0\.1/, `${name}: where it was is said`);
  }
});

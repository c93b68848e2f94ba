/**
 * Stands in for Istio's `pilot-discovery`: tells its version, listens where its flags say, and answers with
 * what it was given.
 */
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const [command, ...words] = process.argv.slice(2);
const flag = name => words.findLast(word => word.startsWith(`--${name}=`))?.slice(name.length + 3);

if (command === 'version') {
  process.stdout.write(`${JSON.stringify({ clientVersion: { version: '1.30.3' } })}\n`);
} else if (command === 'fail') {
  process.stderr.write('Error: failed to create discovery service\n');
  process.exitCode = 7;
} else {
  /** A connection through HTTPS_PROXY, as Go makes it. */
  const connect = target =>
    new Promise(resolve => {
      const { hostname, port, username, password } = new URL(process.env.HTTPS_PROXY);
      const credentials = Buffer.from(`${username}:${password}`).toString('base64');
      http
        .request({
          ...{ host: hostname, port, method: 'CONNECT', path: target },
          headers: target.startsWith('stranger.') ? {} : { 'Proxy-Authorization': `Basic ${credentials}` },
        })
        .on('connect', ({ statusCode, statusMessage }, socket) => {
          let text = '';
          socket.on('data', chunk => {
            text += chunk;
          });
          socket.on('close', () => resolve({ statusCode, statusMessage, text }));
          if (statusCode === 200) socket.end('hello');
          else socket.destroy();
        })
        .end();
    });
  const answers = {
    '/ready': async () => 'ready',
    '/given': async () =>
      JSON.stringify({ words, cwd: process.cwd(), env: process.env, kubeconfig: process.env.KUBECONFIG }),
  };
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://istiod');
    const target = searchParams.get('target');
    const file = searchParams.get('file');
    if (target !== null) response.end(JSON.stringify(await connect(target)));
    else if (file !== null) response.end(existsSync(file) ? readFileSync(file, 'utf8') : 'none');
    else response.end(await answers[pathname]?.());
  });
  const [host, port] = flag('httpAddr').split(':');
  server.listen(Number(port), host, () => process.stdout.write('listens\n'));
  // An echo, in place of gRPC.
  const [, secure] = flag('secureGRPCAddr').split(':');
  net.createServer({ allowHalfOpen: true }, socket => socket.pipe(socket)).listen(Number(secure), host);
  process.on('SIGTERM', () => {
    process.stdout.write('ends\n');
    process.exit(words.includes('--stubborn') ? undefined : 0);
  });
}

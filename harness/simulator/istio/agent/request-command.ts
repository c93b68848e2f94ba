/** `pilot-agent request GET clusters`: asks the proxy's administration from inside its container. */
import http from 'node:http';
import { dialText } from '../../../base/go-errors.ts';
import type { Main } from '../../program.ts';
import { ADMIN_PORT } from '../envoy/admin/admin.ts';
import { readText } from '../read-text.ts';

/** @see istio/istio pilot/cmd/pilot-agent/request.go */
export const requestCommand: Main = async context => {
  const [method, path] = context.argv.slice(2).filter(word => !word.startsWith('-'));
  if (method === undefined || path === undefined) {
    context.stderr(`Error: accepts between 2 and 3 arg(s), received ${context.argv.length - 2}\n`);
    return 1;
  }
  const socket = context.network.connect('127.0.0.1', ADMIN_PORT, { uid: context.uid });
  const onAbort = () => socket.destroy();
  context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      const request = http.request({
        createConnection: () => socket,
        host: '127.0.0.1',
        port: ADMIN_PORT,
        method: method.toUpperCase(),
        path: `/${path.replace(/^\//, '')}`,
      });
      request.on('error', reject);
      request.once('response', response => {
        readText(response).then(text => resolve({ status: response.statusCode ?? 0, body: text }), reject);
      });
      request.end();
    });
    if (status >= 200 && status < 300) {
      context.stdout(body);
      return 0;
    }
    context.stderr(`Error: received unexpected status code ${status}: ${body}\n`);
    return 1;
  } catch (error) {
    const reason = dialText(`127.0.0.1:${ADMIN_PORT}`, error);
    const url = `http://localhost:${ADMIN_PORT}/${path.replace(/^\//, '')}`;
    context.stderr(`Error: failed to execute command on Envoy: Get "${url}": ${reason}\n`);
    return 1;
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
};

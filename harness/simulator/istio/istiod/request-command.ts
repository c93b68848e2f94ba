/**
 * `pilot-discovery request GET /debug/clusterz`: asks istiod from inside its container, which has no curl.
 */
import http from 'node:http';
import { messageOf } from '../../../base/errors.ts';
import type { ProcessContext } from '../../program.ts';
import { readText } from '../read-text.ts';

/** Asks istiod's monitoring port for a page, and prints it. @returns the exit code */
export async function requestCommand(
  { network, stdout, stderr }: ProcessContext,
  args: readonly string[],
): Promise<number> {
  const [method = 'GET', path = '/'] = args;
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const socket = network.connect('127.0.0.1', 15014);
      const request = http.request({ method, path, host: '127.0.0.1', createConnection: () => socket });
      request.on('response', resolve);
      request.on('error', reject);
      request.end();
    });
    const body = await readText(response);
    if (response.statusCode === 200) {
      stdout(body);
      return 0;
    }
    stderr(`Error: received unexpected status code ${response.statusCode}: ${body}\n`);
  } catch (error) {
    stderr(`Error: failed to execute command on istiod: ${messageOf(error)}\n`);
  }
  return 1;
}

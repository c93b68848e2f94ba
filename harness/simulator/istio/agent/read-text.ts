/** Bodies of HTTP answers as text. */
import type http from 'node:http';

/** Reads a whole body as UTF-8. */
export async function readText(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

/** Bodies of HTTP messages as text. */
import type http from 'node:http';

/** Reads a whole body as UTF-8. */
export async function readText(message: http.IncomingMessage): Promise<string> {
  message.setEncoding('utf8');
  let text = '';
  for await (const chunk of message) text += chunk;
  return text;
}

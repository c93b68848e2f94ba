/** The head of an answer: its text, and what of it goes into the report of the transfer. */
import type { IncomingMessage } from 'node:http';
import type { TransferReport } from './write-out.ts';

/** Writes into the report what the head says. @returns the head, as it came */
export function noteHead(response: IncomingMessage, report: TransferReport): string {
  const head = headOf(response);
  report.status = response.statusCode ?? 0;
  report.httpVersion = response.httpVersion === '1.0' ? '1' : response.httpVersion;
  report.contentType = response.headers['content-type'];
  report.headerBytes = Buffer.byteLength(head);
  return head;
}

/** Returns the bytes that Content-Length announces; undefined without that header. */
export function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

function headOf({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  let head = `HTTP/${httpVersion} ${statusCode} ${statusMessage}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2)
    head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  return `${head}\r\n`;
}

/** The head of an answer: its text, and what of it goes into the report of the transfer. */
import { FLAG, headerOf, type MessageHead } from '../../../base/http1/message-head.ts';
import { headText } from '../../../base/http1/outgoing-message.ts';
import type { TransferReport } from './write-out.ts';

/** Writes into the report what the head says. @returns the head, as it came */
export function noteHead(head: MessageHead, report: TransferReport): string {
  const { httpVersion, status, reason, rawHeaders } = head;
  const text = headText(`HTTP/${httpVersion} ${status} ${reason}`, rawHeaders);
  report.status = status;
  report.httpVersion = httpVersion === '1.0' ? '1' : httpVersion;
  report.contentType = headerOf(rawHeaders, 'content-type');
  report.headerBytes = Buffer.byteLength(text);
  return text;
}

/** Returns the bytes that Content-Length announces; undefined without that header. */
export function lengthOf(head: MessageHead): number | undefined {
  return head.has(FLAG.contentLength) ? head.contentLength : undefined;
}

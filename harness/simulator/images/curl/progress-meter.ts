/**
 * curl's progress meter, which it shows on stderr unless it is silent (`-s`): the head, and the line at a
 * transfer's end.
 */
import type { TransferReport } from './write-out.ts';

/** The two lines above the meter's numbers. */
export const METER_HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
  '                                 Dload  Upload   Total   Spent    Left  Speed\n';

/** Writes the last line. curl redraws it each second; here it is shown once. */
export function meterLine({ downloadedBytes, totalMs }: TransferReport): string {
  const share = downloadedBytes > 0 ? '100' : '0';
  const speed = totalMs > 0 ? Math.floor((downloadedBytes * 1000) / totalMs) : downloadedBytes;
  const size = String(downloadedBytes).padStart(5);
  const spent = totalMs >= 1000 ? clockTime(totalMs) : '--:--:--';
  return `\r${share.padStart(3)} ${size}  ${share.padStart(3)} ${size}    0     0  ${String(speed).padStart(5)}      0 ${spent} ${spent} --:--:-- ${String(speed).padStart(5)}\n`;
}

function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const part = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`.padStart(
    8,
  );
}

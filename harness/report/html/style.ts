/** The page's style sheet: light and dark, narrow and wide, without any resource from elsewhere. */

export const STYLE = `
:root { color-scheme: light dark; --bg: #ffffff; --fg: #1b1f24; --muted: #59636e; --line: #d1d9e0;
  --card: #f6f8fa;
  --good: #1a7f37; --bad: #cf222e; --unsure: #9a6700; --link: #0969da; --local: #57606a;
  --control: #8250df; --secret: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --fg: #e6edf3; --muted: #9198a1;
  --line: #3d444d; --card: #151b23;
  --good: #3fb950; --bad: #f85149; --unsure: #d29922; --link: #4493f8; --local: #9198a1;
  --control: #ab7df8; --secret: #d29922; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1.5rem;
  } h3 { margin-top: 1.5rem; }
.passed, .done { color: var(--good); } .failed { color: var(--bad); }
.unknown, .interrupted { color: var(--unsure); }
.skipped, .omitted, .not-reached, .muted { color: var(--muted); }
.outcome { font-weight: 600; white-space: nowrap; }
.notice { border: 1px solid var(--line); border-left: 4px solid var(--unsure); background: var(--card);
  padding: .6rem .9rem; border-radius: .3rem; overflow-wrap: anywhere; }
.notice > p { margin: .2rem 0; } .notice pre { margin: .3rem 0; }
.notice.failed { border-left-color: var(--bad); color: inherit; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid var(--line); }
th.number, td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code, pre { font: 13px/1.45 ui-monospace, monospace; } code { overflow-wrap: anywhere; }
.whole { white-space: nowrap; } a { color: var(--link); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem;
  overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { overflow-wrap: anywhere; }
details > summary { cursor: pointer; } details { margin: .2rem 0; } details[open] { margin-bottom: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; } dt { color: var(--muted);
  } dd { margin: 0; overflow-wrap: anywhere; }
.sequence { overflow-wrap: anywhere; letter-spacing: .05em; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--fg);
  font: 12px system-ui, sans-serif; }
svg.definitions { position: absolute; width: 0; height: 0; }
figure.picture { margin: 1rem 0; }
figure.picture .scroll { width: max(100%, min(94vw, var(--w, 100%))); margin-left: 50%;
transform: translateX(-50%); } figure.picture .scroll svg { margin: 0 auto; }
svg .network { fill: none; stroke: var(--line); stroke-dasharray: 8 5; stroke-width: 1.5; }
svg .cluster { fill: var(--card); stroke: var(--line); }
svg text.small { font-size: 11px; fill: var(--muted); } svg text.name { font-weight: 600; font-size: 13px; }
svg .part rect { fill: var(--bg); stroke: var(--muted); }
svg .part.absent rect, svg .part.not-seen rect { fill: none; stroke-dasharray: 3 4; }
svg .part.not-seen rect { stroke-dasharray: 1 4; } svg .part.broken rect { stroke: var(--bad);
  stroke-width: 1.6; stroke-dasharray: 7 4; }
svg .part.absent text, svg .part.not-seen text { fill: var(--muted); }
svg .part.broken text.small { fill: var(--bad); }
svg .part.suspect rect { stroke: var(--bad); stroke-width: 3; } svg .way path { fill: none;
  stroke-linejoin: round; }
svg .way.call path { stroke: var(--link); } svg .way.secret path { stroke: var(--secret); }
svg .way.xds path { stroke: var(--control); }
svg .way.broken path { stroke: var(--bad); stroke-dasharray: 7 4; }
svg .way.absent path { stroke: var(--muted); stroke-dasharray: 3 5; }
svg .way.not-seen path { stroke: var(--muted); stroke-dasharray: 1 5; }
svg .way.suspect path { stroke: var(--bad); stroke-width: 2.6px; }
svg .label { paint-order: stroke; stroke: var(--bg); stroke-width: 5px; stroke-linejoin: round;
  font-weight: 600; } svg .label.broken { fill: var(--bad); }
svg .label.absent, svg .label.not-seen { fill: var(--muted); }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0;
  margin: .5rem 0; color: var(--muted); font-size: .85rem; }
ul.legend svg { display: inline-block; width: 40px; height: 16px; vertical-align: middle; }
.flag, .sign { font-weight: 600; }
ol.notes { list-style: none; padding: 0; margin: .5rem 0; } ol.notes li { overflow-wrap: anywhere;
  margin: .15rem 0; }
table.matrix { width: auto; margin-top: 1rem; } table.matrix caption { text-align: left; font-weight: 600;
  padding: .3rem 0; }
table.matrix th, table.matrix td { padding: .2rem .5rem; white-space: nowrap; }
table.matrix th[scope=row] { position: sticky; left: 0; background: var(--bg); }
.cell.broken { color: var(--bad); } .cell.absent, .cell.not-seen { color: var(--muted); }
@media (max-width: 40rem) { body { font-size: 14px; } dl { grid-template-columns: 1fr; }
dd { margin-bottom: .4rem; } }
@media print { figure.picture .scroll { width: 100%; } details, figure.picture { break-inside: avoid; }
figure.picture .scroll svg { min-width: 0 !important; max-width: 100% !important; } }
`;

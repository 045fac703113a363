//! How a report looks: light and dark by what the reader's screen is set to, and on paper.

pub(super) const CSS: &str = "
:root { --ground: #ffffff; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --card: #f6f8fa;
  --one: #0969da; --two: #bc4c00; --band: #0969da33; --pass: #1a7f37; --fail: #cf222e; --open: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --ink: #e6edf3; --faint: #9198a1;
  --line: #3d444d; --card: #151b23; --one: #4493f8; --two: #f0883e; --band: #4493f844; --pass: #3fb950;
  --fail: #f85149; --open: #d29922; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.verdict { display: inline-block; font-weight: 600; font-size: 1.1rem; padding: .2rem .8rem; margin: 0;
  border: 2px solid; border-radius: 6px; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .open { color: var(--open); }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th[scope=col] { color: var(--faint); font-weight: 500; }
th[scope=row] { font-weight: 500; white-space: nowrap; }
figure { margin: 0; }
.note { color: var(--faint); overflow-wrap: anywhere; }
.cards, .pair { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); }
.cards figure, .pair figure { margin: 0; padding: 10px; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; break-inside: avoid; }
figcaption { font-size: .85rem; color: var(--faint); overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--faint); font: 11px system-ui, sans-serif; }
.grid { stroke: var(--line); } .mark { stroke: var(--two); stroke-dasharray: 4 3; }
.mean { fill: none; stroke: var(--one); stroke-width: 2; } .band { fill: var(--band); }
.dot { fill: var(--one); } .one { fill: none; stroke: var(--one); stroke-width: 1.5; }
.two { fill: none; stroke: var(--two); stroke-width: 1.5; stroke-dasharray: 5 3; }
.bar { fill: var(--one); } .lost { fill: var(--fail); } .cell { fill: var(--two); stroke: var(--line); }
.key { font-size: .8rem; color: var(--faint); margin: .2rem 0; }
@media print { :root { --ground: #fff; --ink: #000; --faint: #444; --line: #bbb; --card: #fff; }
  main { max-width: none; padding: 0; } h2 { break-after: avoid; } svg { break-inside: avoid; } }
";

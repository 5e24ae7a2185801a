/**
 * The style of the report. Every pair of text and ground has a contrast of 4.5 or more, in light and dark: axe checks
 * it in specs/import-report.
 */
export const STYLE = `
:root{color-scheme:light dark;--ground:#f6f6f4;--card:#fff;--ink:#1b1f23;--dim:#59616a;--rule:#e1e3e6;--edge:#c9cdd2;
--accent:#1f5c93;--fill:#cfe0ef;--bad:#b3241c;--bad-soft:#fdeeec;--warn:#855300;--warn-soft:#fdf3dd;--good:#27704a;
--ask:#5d5597;--faint:#f2f3f5;--p0:#1f5c93;--p1:#557390;--p2:#3a7573;--p3:#6d6a9c}
@media (prefers-color-scheme:dark){:root{--ground:#101317;--card:#181c21;--ink:#e3e6ea;--dim:#a1a9b3;--rule:#2a3037;
--edge:#434b55;--accent:#8dbbe6;--fill:#23415c;--bad:#ff9188;--bad-soft:#361b1b;--warn:#efbf62;--warn-soft:#322811;
--good:#82cfa2;--ask:#b9b1f0;--faint:#1f242a;--p0:#8dbbe6;--p1:#a8bccf;--p2:#86c7c2;--p3:#b7b3e0}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;padding:0 1.25rem 3rem;max-width:76rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
code,pre{font:.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;unicode-bidi:isolate}
h1,h2,h3,h4,p,ul,ol,dl,dd,pre{margin:0;padding:0}
h1,h2,h3,h4{line-height:1.3;text-wrap:balance}
ul,ol{list-style:none}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
main:focus{outline:none}
.dim{color:var(--dim);font-weight:400}
.defs{position:absolute}
.skip{position:absolute;left:1rem;top:-4rem;padding:.5rem 1rem;background:var(--card);color:var(--accent);z-index:1}
.skip:focus{top:.5rem}
header{padding:2.5rem 0 1rem}
h1{font-size:.95rem;font-weight:600;color:var(--dim);letter-spacing:.01em}
.sentence{font-size:clamp(1.35rem,1rem + 1.9vw,2.1rem);line-height:1.25;font-weight:620;letter-spacing:-.015em;margin:.35rem 0 .6rem;
max-width:46rem;text-wrap:balance}
.rest{font-size:1.05rem;max-width:46rem;text-wrap:pretty}
.run{display:flex;flex-wrap:wrap;gap:.6rem 2.25rem;font-size:.9rem;margin-top:1.5rem}
dl div{min-width:0}
dt{color:var(--dim);font-size:.8rem}
.server{display:block}
.tally{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:1.5rem}
.tally a{display:flex;align-items:center;gap:.4rem;min-height:2.5rem;padding:.25rem .9rem .25rem .7rem;border:1px solid var(--edge);border-radius:99px;
background:var(--card);color:var(--ink);text-decoration:none;font-size:.95rem}
.tally a:hover{border-color:currentColor}
.tally a:hover span{text-decoration:underline}
.icon{flex:none;overflow:visible}
.icon{--tone:var(--good)}.icon.failed{--tone:var(--bad)}.icon.slower{--tone:var(--warn)}.icon.unknown{--tone:var(--ask)}.icon.unfinished{--tone:var(--dim)}
symbol{overflow:visible}
.icon{fill:none;stroke:var(--tone);stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.icon.failed{fill:var(--bad);stroke:var(--card)}
h2{font-size:1.15rem;font-weight:650;margin:2.25rem 0 .75rem}
.group{scroll-margin-top:1rem}
.job{background:var(--card);border:1px solid var(--rule);border-radius:8px;margin-top:.5rem}
.job.failed{border-left:4px solid var(--bad)}.job.slower{border-left:4px solid var(--warn)}
.job>summary{display:grid;grid-template-columns:auto auto minmax(0,1fr) auto auto;align-items:center;gap:.2rem .55rem;padding:.7rem 1rem;cursor:pointer;list-style:none;border-radius:8px}
summary::-webkit-details-marker{display:none}
.job>summary::after{content:"";width:.5rem;height:.5rem;border:solid var(--dim);border-width:0 2px 2px 0;transform:rotate(45deg);margin:0 .25rem .25rem .5rem}
.job[open]>summary::after{transform:rotate(225deg);margin-bottom:-.15rem}
.job>summary:hover h3{text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.2em}
.word{font-size:.85rem;font-weight:600;min-width:5.6rem;color:var(--dim)}
.failed>summary .word{color:var(--bad)}.slower>summary .word{color:var(--warn)}.unknown>summary .word{color:var(--ask)}
h3{font-size:1rem;font-weight:600}
.numbers{display:flex;flex-wrap:wrap;gap:0 1.1rem;justify-content:flex-end;font-size:.9rem;color:var(--dim);text-align:right}
.numbers .slower{color:var(--warn);font-weight:600}.failed .numbers .slower{color:var(--bad)}.numbers .faster{color:var(--good)}
.body{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1.5rem 2rem;padding:.5rem 1rem 1.25rem;scroll-margin-top:4rem;border-top:1px solid var(--rule)}
.body>div{display:grid;gap:1.5rem;align-content:start}
.body>*,.body section{min-width:0}
.body>div>section{overflow-x:clip;overflow-clip-margin:.5rem}
.body p.dim{font-size:.9rem;margin-top:.2rem}
.faults,.message,.facts{grid-column:1/-1}
h4{font-size:.85rem;font-weight:650;margin-bottom:.4rem}
.faults{background:var(--bad-soft);border-radius:6px;padding:.7rem .9rem;margin-top:.6rem}
.faults h4{color:var(--bad)}
.faults li+li{margin-top:.3rem}
.asserted li{padding:.3rem 0;border-top:1px solid var(--rule)}
.asserted .failed{color:var(--bad)}.asserted .why{color:var(--ink);white-space:pre-wrap;margin:.2rem 0 .2rem 1.2rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;max-height:22rem;overflow:auto;background:var(--faint);border-radius:6px;padding:.7rem .9rem}
dl.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,8.5rem),1fr));gap:.6rem 1.5rem;font-size:.93rem}
dl.texts{grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));margin-top:.6rem}
.body>.facts:first-child,.body>.message:first-child{margin-top:.6rem}
.chart,.row,.phases{display:block;width:100%}
.chart{overflow:visible;margin-top:.25rem}
.tick,.value{font-size:11.5px;fill:var(--dim);text-anchor:middle}
.tick.halo{text-anchor:start}
.tick.halo.bad{text-anchor:middle;fill:var(--bad);font-weight:600}
.tick.start,.value.start{text-anchor:start}.tick.end,.value.end{text-anchor:end}
.halo{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
.value{fill:var(--ink);font-weight:600}
.grid{stroke:var(--rule)}
.base{stroke:var(--edge)}
.chart .line{fill:var(--fill);fill-opacity:.75;stroke:var(--accent);stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.usual,.median{stroke:var(--dim);stroke-width:1.5}
.usual{stroke-dasharray:5 4}
.median{stroke-width:2}
.stall{fill:var(--bad);opacity:.14}
.band{fill:var(--fill)}
.mark{overflow:visible}
.mark path{fill:var(--accent);stroke:var(--card);stroke-width:2}
.pace.slower .mark path{fill:var(--warn)}.failed .pace.slower .mark path{fill:var(--bad)}
.phases{border-radius:4px;overflow:hidden}
.phases rect{stroke:var(--card);stroke-width:1.5}
.phases text{fill:var(--card);font-size:12px;font-weight:600;text-anchor:middle}
rect.piece0{fill:var(--p0)}rect.piece1{fill:var(--p1)}rect.piece2{fill:var(--p2)}rect.piece3{fill:var(--p3)}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;margin-top:.4rem;font-size:.9rem;counter-reset:piece}
.legend li{counter-increment:piece}.legend li::before{content:counter(piece) " ";color:var(--dim)}
.legend b{font-weight:600}
.table{margin-top:.4rem;font-size:.9rem}
.table summary{display:inline-block;padding:.25rem 0;color:var(--accent);cursor:pointer;text-decoration:underline;text-underline-offset:.15em}
table{border-collapse:collapse;width:100%}
th,td{text-align:right;padding:.2rem .5rem;border-top:1px solid var(--rule);font-weight:400}
thead th{color:var(--dim);border-top:0}
th:first-child{text-align:left;padding-left:0}
.story{font-size:.93rem}
.story li{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 .8rem;padding:.12rem 0}
.story time{color:var(--dim)}
.trouble span{font-weight:600}.trouble span::before{content:"! ";color:var(--bad)}
.night{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:1rem 1.25rem 1.25rem;margin-top:2.25rem}
.night h2{margin:0 0 .15rem}
.night>p{font-size:.9rem;max-width:60rem}
.running .ground{fill:var(--fill)}
.running .failed{fill:var(--bad)}
.rows{margin-top:1rem}
.rows li{display:grid;grid-template-columns:15rem 11rem minmax(0,1fr);align-items:center;gap:0 .75rem;font-size:.9rem}
.rows a{display:flex;align-items:center;gap:.45rem;color:inherit;text-decoration:none;min-width:0}
.rows a:hover .what{text-decoration:underline}
.what{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.when{font-size:.82rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.bar{fill:var(--p1)}.bar.fine{fill:var(--accent);opacity:.55}.bar.failed{fill:var(--bad)}.bar.slower{fill:var(--warn)}
.bar.unknown{fill:var(--ask)}.bar.unfinished{fill:var(--dim)}
.bar{stroke:var(--card)}.bar.open{stroke:var(--ink);stroke-dasharray:3 2}
.waited{fill:var(--edge)}
.sign{overflow:visible}
.sign path{stroke:var(--bad);stroke-width:2.5;paint-order:stroke;fill:none;stroke-linecap:round}
.axis{margin:0 0 0 27.5rem;width:calc(100% - 27.5rem)}
footer{margin-top:2.5rem;font-size:.85rem;color:var(--dim)}
@media (max-width:52rem){
body{padding:0 .9rem 2rem}
header{padding-top:1.5rem}
.body{grid-template-columns:minmax(0,1fr);gap:1.25rem}
.job>summary{grid-template-columns:auto minmax(0,1fr) auto;padding:.65rem .8rem}
.job h3{grid-column:2/3;grid-row:2}.job>summary::after{grid-column:3;grid-row:1/3}
.numbers{grid-column:2/3;justify-content:flex-start;text-align:left}
.body{padding:.5rem .8rem 1rem}
.night{padding:.9rem .8rem}
.rows li{grid-template-columns:minmax(0,1fr) auto;padding:.25rem 0}
.rows .row{grid-column:1/-1}
.axis{margin-left:0;width:100%}
.minor,.took{display:none}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
:root{--ground:#fff;--card:#fff;--ink:#000;--dim:#444;--bad:#a00;--warn:#630;--good:#063;--fill:#dde6ee;--accent:#124a7c;--rule:#ccc;--edge:#999;--faint:#f4f4f4;--bad-soft:#fff}
body{max-width:none;padding:0;font-size:10pt}
.skip,.tally{display:none}
pre{max-height:none;overflow:visible}
.job.failed::details-content,.job.slower::details-content{content-visibility:visible;block-size:auto}
.rows li,.body section{break-inside:avoid}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`

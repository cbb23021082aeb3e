//! Colours, light and dark.

/// The style of a picture.
pub(super) const PICTURE: &str = "\
svg.trace{--page:#ffffff;--ink:#1f2328;--soft:#656d76;--line:#d0d7de;--box:#f6f8fa;--good:#1a7f37;--stop:#cf222e;--s0:#0969da;--s1:#8250df;--s2:#bf5700;--s3:#0f766e;--s4:#bf3989;--s5:#57606a;background:var(--page)}
@media (prefers-color-scheme:dark){svg.trace{--page:#0d1117;--ink:#e6edf3;--soft:#8d96a0;--line:#30363d;--box:#161b22;--good:#3fb950;--stop:#f85149;--s0:#58a6ff;--s1:#bc8cff;--s2:#f0883e;--s3:#39c5bb;--s4:#f778ba;--s5:#8b949e}}
svg.trace text{fill:var(--ink);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
svg.trace .title{font:600 13px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}
svg.trace .path{font:600 15px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}
svg.trace .soft{fill:var(--soft)}
svg.trace .why{fill:var(--stop);font:12px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}
svg.trace .setting{font-weight:600}
svg.trace .frame{fill:var(--box);stroke:var(--line)}
svg.trace .idle{fill:none;stroke-dasharray:4 4}
svg.trace .halo{fill:none;stroke:var(--box);stroke-width:6}
svg.trace .wire{fill:none;stroke-width:2.5;stroke-linecap:round}
svg.trace .stops{stroke-dasharray:2 5}
svg.trace .dot{stroke:var(--box);stroke-width:2}
svg.trace .perhaps{fill:var(--box);stroke-width:2}
svg.trace .good{stroke:var(--good)}
svg.trace .bad{stroke:var(--stop)}
svg.trace .mark{fill:none;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
svg.trace .s0{stroke:var(--s0)}svg.trace .s1{stroke:var(--s1)}svg.trace .s2{stroke:var(--s2)}svg.trace .s3{stroke:var(--s3)}svg.trace .s4{stroke:var(--s4)}svg.trace .s5{stroke:var(--s5)}
svg.trace .f0{fill:var(--s0)}svg.trace .f1{fill:var(--s1)}svg.trace .f2{fill:var(--s2)}svg.trace .f3{fill:var(--s3)}svg.trace .f4{fill:var(--s4)}svg.trace .f5{fill:var(--s5)}
";

/// The style of a page.
pub(super) const PAGE: &str = "\
:root{color-scheme:light dark;--page:#ffffff;--ink:#1f2328;--soft:#656d76;--line:#d0d7de;--box:#f6f8fa;--good:#1a7f37;--stop:#cf222e;--set:#0969da}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#8d96a0;--line:#30363d;--box:#161b22;--good:#3fb950;--stop:#f85149;--set:#58a6ff}}
body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:72rem;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .25rem}h3{font-size:1rem;margin:1.5rem 0 .5rem}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}
h1 code,h2 code{font-size:inherit}p{margin:.25rem 0}.soft,.line{color:var(--soft)}
.picture{overflow-x:auto;margin:1rem 0;border:1px solid var(--line);border-radius:8px}.picture svg{display:block}
ul{list-style:none;margin:0;padding-left:1.1rem;border-left:1px solid var(--line)}ul.all,ul.lacking{padding-left:0;border:0}ul.all>li{margin-bottom:.9rem}
li{margin:.2rem 0}.mark{display:inline-block;width:1.3em;font-weight:700}.good{color:var(--good)}.stop{color:var(--stop)}.set{color:var(--set)}
.set+code{font-weight:600}.line{font-size:12px;margin-left:.5em;white-space:nowrap}.why{display:block;margin-left:1.3em;color:var(--soft);font-size:14px}
";

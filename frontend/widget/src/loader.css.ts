/** Styles of the bubble and the frame around the panel; they live in a shadow root, so the host page cannot reach them. */
export const LOADER_CSS = `
:host{all:initial!important;position:static!important;display:block!important}
*{box-sizing:border-box}
.b{position:fixed;z-index:2147483000;bottom:calc(20px + env(safe-area-inset-bottom));width:56px;height:56px;padding:0;border:0;border-radius:50%;
background:var(--a);color:var(--t);cursor:pointer;display:grid;place-items:center;box-shadow:0 1px 2px #0f172a33,0 8px 24px #0f172a33;
transition:transform .16s ease,box-shadow .16s ease;-webkit-tap-highlight-color:transparent;touch-action:manipulation}
.b:hover{transform:translateY(-1px);box-shadow:0 2px 4px #0f172a33,0 12px 32px #0f172a40}
.b:active{transform:scale(.96)}
.b:focus-visible{outline:3px solid var(--a);outline-offset:3px;box-shadow:0 0 0 3px #fff}
.b svg{width:26px;height:26px;grid-area:1/1;transition:opacity .16s,transform .16s}
.b .x{opacity:0;transform:rotate(-45deg)}
.o .b .x{opacity:1;transform:none}.o .b .c{opacity:0;transform:scale(.7)}
.n{position:absolute;top:-3px;inset-inline-end:-3px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c81e1e;color:#fff;
border:2px solid #fff;font:600 12px/18px system-ui,sans-serif;text-align:center;font-variant-numeric:tabular-nums}
.n[hidden]{display:none}
.f{position:fixed;z-index:2147483001;bottom:calc(88px + env(safe-area-inset-bottom));width:400px;max-width:calc(100vw - 40px);
height:min(680px,calc(100vh - 112px));border-radius:16px;overflow:hidden;background:#fff;color-scheme:light dark;
box-shadow:0 0 0 1px #0f172a14,0 4px 12px #0f172a14,0 24px 64px #0f172a38;opacity:0;visibility:hidden;transform:translateY(12px);
transition:opacity .16s ease,transform .16s ease,visibility 0s .16s}
.o .f{opacity:1;visibility:visible;transform:none;transition:opacity .16s ease,transform .16s ease}
.end .b,.end .f{right:20px}.start .b,.start .f{left:20px}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:light dark;background:transparent}
@media(prefers-color-scheme:dark){.f{background:#10151c;box-shadow:0 0 0 1px #ffffff1f,0 24px 64px #0009}.n{border-color:#10151c}}
@media(max-width:480px),(max-height:480px){
.f,.end .f,.start .f{inset:0;width:100%;max-width:none;height:100vh;height:100dvh;border-radius:0;box-shadow:none;
padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}
.o .b{visibility:hidden}}
@media(prefers-reduced-motion:reduce){.b,.b svg,.f,.o .f{transition:none}.b:hover,.b:active{transform:none}.f{transform:none}}
@media(forced-colors:active){.b{border:2px solid ButtonText}}
@media print{.b,.f{display:none}}
`;

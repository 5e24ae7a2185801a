import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"A watchdog in sh, not Ryuk","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/watchdog.md","filePath":"decisions/watchdog.md"}');
const _sfc_main = { name: "decisions/watchdog.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="a-watchdog-in-sh-not-ryuk" tabindex="-1">A watchdog in sh, not Ryuk <a class="header-anchor" href="#a-watchdog-in-sh-not-ryuk" aria-label="Permalink to &quot;A watchdog in sh, not Ryuk&quot;">​</a></h1><p><strong>What.</strong> A run starts one <code>/bin/sh</code> that reads a pipe until it ends. Whatever must not outlive the run is written to the pipe when it is created, and crossed off when it is gone. If something is left at the end, the shell starts a Node that removes it: processes, containers, databases, folders.</p><p><strong>Why.</strong> SIGKILL can&#39;t be caught. The end of a pipe is noticed however a process ends. A waiting shell costs next to nothing, while a second Node would take memory and start-up time in every run. Passwords go through the pipe and appear in no argument.</p><p>Processes are identified by start time as well as by number, so that another process that got the number later is left alone.</p><p><strong>Alternatives.</strong> Ryuk, the reaper of testcontainers: it needs an image that may not be available, and it removes what is in Docker, not processes, folders or databases. Exit handlers: not run on SIGKILL. A process group: Ctrl-C would kill a server in it before the run has finished with it.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/watchdog.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const watchdog = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  watchdog as default
};

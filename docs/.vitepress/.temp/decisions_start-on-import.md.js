import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"A server only if selected files import vitest-tidb","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/start-on-import.md","filePath":"decisions/start-on-import.md"}');
const _sfc_main = { name: "decisions/start-on-import.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="a-server-only-if-selected-files-import-vitest-tidb" tabindex="-1">A server only if selected files import vitest-tidb <a class="header-anchor" href="#a-server-only-if-selected-files-import-vitest-tidb" aria-label="Permalink to &quot;A server only if selected files import vitest-tidb&quot;">​</a></h1><p><strong>What.</strong> Global setup scans the selected files, and the project&#39;s own modules that they import, for an import of <code>vitest-tidb</code>. Without one, nothing is started, found or dialled. <code>tidb({ start: &#39;always&#39; })</code> turns that off.</p><p><strong>Why.</strong> Projects have tests that use no database, and running one of those must not wait for a server. vitest knows the fixtures of a test only when its file runs, after global setup. An import is the earliest reliable sign: without it, there is no fixture.</p><p><strong>Alternatives.</strong></p><ul><li>Start on first use, in a worker: workers would race, and the server would belong to none of them.</li><li>A server for every run: a tenth of a second at best, minutes if it has to be built first, for tests that do not need it.</li><li>A naming rule for files: one more thing to know, and to forget.</li></ul><p>The price: an import that is computed at run time is not seen. A test without a server fails with an error that says so, and names <code>start: &#39;always&#39;</code>.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/start-on-import.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const startOnImport = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  startOnImport as default
};

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(`{"title":"","description":"","frontmatter":{"layout":"home","hero":{"name":"vitest-tidb","tagline":"Tests of TiDB in vitest: its connections, its cluster and its import jobs, over one connection or a thousand at once.","actions":[{"theme":"brand","text":"A first spec","link":"/writing-specs"},{"theme":"alt","text":"Check a cluster","link":"/checks"}]},"features":[{"title":"On a real TiDB","details":"Without a host it starts one by itself, or a cluster with PD and storage. Nothing is mocked."},{"title":"By the server's own account","details":"Who waits for whom, which job failed and why is read from the server. What can't be known is an error."},{"title":"Every state a step","details":"Connecting, version, import jobs are awaitable steps with assertions, in fixtures for one session and for many."}]},"headers":[],"relativePath":"index.md","filePath":"index.md"}`);
const _sfc_main = { name: "index.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("index.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const index = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  index as default
};

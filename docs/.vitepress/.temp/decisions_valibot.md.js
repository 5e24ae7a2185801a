import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"valibot for the settings","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/valibot.md","filePath":"decisions/valibot.md"}');
const _sfc_main = { name: "decisions/valibot.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="valibot-for-the-settings" tabindex="-1">valibot for the settings <a class="header-anchor" href="#valibot-for-the-settings" aria-label="Permalink to &quot;valibot for the settings&quot;">​</a></h1><p><strong>What.</strong> The settings are one table of valibot schemas, in settings.ts. Types, messages, <a href="./../configuration">configuration.md</a> and <code>.env.example</code> are derived from it.</p><p><strong>Why.</strong> A schema library instead of hand-written checks: one place says what is allowed. Settings are validated in every worker, so the time to load the library counts: valibot took 8 ms, zod 65 ms, measured on a machine with two cores.</p><p><strong>Alternatives.</strong> zod: better known, slower to load. Hand-written checks: the predecessor had those, and two of its layers read different names for the same setting.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/valibot.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const valibot = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  valibot as default
};

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Sessions connect late, and a test that never reaches the server fails","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/lazy-sessions.md","filePath":"decisions/lazy-sessions.md"}');
const _sfc_main = { name: "decisions/lazy-sessions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="sessions-connect-late-and-a-test-that-never-reaches-the-server-fails" tabindex="-1">Sessions connect late, and a test that never reaches the server fails <a class="header-anchor" href="#sessions-connect-late-and-a-test-that-never-reaches-the-server-fails" aria-label="Permalink to &quot;Sessions connect late, and a test that never reaches the server fails&quot;">​</a></h1><p><strong>What.</strong> The fixture <code>tidb</code> opens no connection. The first step or statement does. If the test ends without one, it fails.</p><p><strong>Why.</strong> A spec for Connecting must be able to see it fail, and one for Initial must find nothing connected. So the fixture can&#39;t connect in advance. But then a test that forgot its <code>await</code>, or asserts on nothing, would pass without having reached a server, which this project must never allow. Hence the rule: a test that takes <code>tidb</code> must reach the server with it.</p><p><strong>Alternatives.</strong> Connecting in the fixture: a failure to connect would be a failure of the fixture, not of the state under test. A lint rule alone: it sees a missing <code>await</code>, not a test that asserts on nothing.</p><p>Sessions of <code>tidbPool.session()</code> are exempt, since many of them are meant to fail. A step of theirs that is not awaited still fails the test.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/lazy-sessions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const lazySessions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  lazySessions as default
};

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Sessions are in UTC","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/time-zone.md","filePath":"decisions/time-zone.md"}');
const _sfc_main = { name: "decisions/time-zone.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="sessions-are-in-utc" tabindex="-1">Sessions are in UTC <a class="header-anchor" href="#sessions-are-in-utc" aria-label="Permalink to &quot;Sessions are in UTC&quot;">​</a></h1><p><strong>What.</strong> The sessions of tests have <code>time_zone = &#39;+00:00&#39;</code>, and the driver reads and writes every <code>Date</code> in UTC. So a stored <code>Date</code> and <code>now()</code> agree, whatever the zone of Node and of the server.</p><p><strong>Why.</strong> The driver writes a <code>Date</code> as text. If it writes that in Node&#39;s zone while the session is in the server&#39;s, the two are hours off. A session set to Node&#39;s offset would agree today and be an hour off for dates in the other half of the year. UTC has no such half.</p><p><strong>What it costs.</strong> Nothing if the server is in UTC, as containers and TiDB Cloud are: it is asked once in each process, and again after a server was started or stopped there, or a session set the global <code>time_zone</code>. Otherwise a round trip for each connection.</p><p><strong>What is left to you.</strong> A session that sets <code>time_zone</code> itself reads its times as text, with <code>dateStrings</code>. If somebody else changes the global <code>time_zone</code> of your server while a process has connections, its later sessions follow it. <code>connectionOptions</code> and <code>connectionUri</code> have <code>timezone: &#39;Z&#39;</code> if the server is in UTC; if it is not, your application sets the zone of its sessions, as it does in production.</p><p><strong>Also considered.</strong> Asking the server for its zone and reading in that: drivers take only fixed offsets, and a zone has two.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/time-zone.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const timeZone = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  timeZone as default
};

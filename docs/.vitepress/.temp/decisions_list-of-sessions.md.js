import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"The list of sessions shows whether a party of a group is alive, not a lock","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/list-of-sessions.md","filePath":"decisions/list-of-sessions.md"}');
const _sfc_main = { name: "decisions/list-of-sessions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="the-list-of-sessions-shows-whether-a-party-of-a-group-is-alive-not-a-lock" tabindex="-1">The list of sessions shows whether a party of a group is alive, not a lock <a class="header-anchor" href="#the-list-of-sessions-shows-whether-a-party-of-a-group-is-alive-not-a-lock" aria-label="Permalink to &quot;The list of sessions shows whether a party of a group is alive, not a lock&quot;">​</a></h1><p><strong>What.</strong> Each party of a group keeps a session whose alias (<code>tidb_session_alias</code>) is a random token. The others check for it in <code>information_schema.cluster_processlist</code>. In addition, the party renews a lease by the clock of the server. <code>GET_LOCK</code> only guards the moments in which a group is created or dropped.</p><p><strong>Why.</strong> The first idea was a lock that is held as long as its holder lives. Measured on v8.5.6: <code>IS_FREE_LOCK</code> and <code>IS_USED_LOCK</code> of a lock that is held take 1 s to answer; a lock is a transaction, which lasts an hour at most by default (<code>max-txn-ttl</code>); and <code>GET_LOCK</code> with four waiters occasionally fails with 1105, &quot;pessimistic lock retry limit reached&quot;. A killed process is gone from the list of sessions within 10 ms.</p><p><strong>Alternatives.</strong> The lease alone: a killed party would hold up the others until it expires. It is what remains if the list does not help: sessions of other accounts are hidden from users without <code>PROCESS</code>, and releases before v7.4 have no alias.</p><p>A session that is killed in the middle of a statement stays in the list until the statement ends. So the session with the alias sends nothing but heartbeats.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/list-of-sessions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const listOfSessions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  listOfSessions as default
};

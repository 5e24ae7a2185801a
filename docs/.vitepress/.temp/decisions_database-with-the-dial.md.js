import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"The database comes with the dial, and a statement waits for no more than that","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/database-with-the-dial.md","filePath":"decisions/database-with-the-dial.md"}');
const _sfc_main = { name: "decisions/database-with-the-dial.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="the-database-comes-with-the-dial-and-a-statement-waits-for-no-more-than-that" tabindex="-1">The database comes with the dial, and a statement waits for no more than that <a class="header-anchor" href="#the-database-comes-with-the-dial-and-a-statement-waits-for-no-more-than-that" aria-label="Permalink to &quot;The database comes with the dial, and a statement waits for no more than that&quot;">​</a></h1><p><strong>What.</strong> Connecting requests the configured database in the handshake. If the server accepts, statements can be sent from then on. If it refuses the database (1044, 1049), Connecting dials without it, and VerifyingDatabase reports what is wrong. <code>verifyingDatabase()</code> still queries the server when it is awaited.</p><p><strong>Why.</strong> A session used to send three of its own statements before the first one of the test: an echo, <code>use</code>, and <code>select database()</code>. With a hundred sessions of ten statements each, that was a fifth of the time. They are not needed: a server that has no such database refuses the handshake, and the test&#39;s own statement proves that the server answers.</p><p><strong>Alternatives.</strong> Let VerifyingDatabase trust what TestingConnection found: then a state could pass although the server is gone. Send the checks together with the test&#39;s statement: the protocol allows one at a time.</p><p>Names with characters other than letters, digits, <code>_</code> and <code>$</code> are not requested with the dial, since TiDB 8.5 does not quote them there. Neither do connections that are kept warm request one: a reset would go back to that database.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/database-with-the-dial.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const databaseWithTheDial = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  databaseWithTheDial as default
};

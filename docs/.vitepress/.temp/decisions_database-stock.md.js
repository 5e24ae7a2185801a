import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"A stock of databases, by renames","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/database-stock.md","filePath":"decisions/database-stock.md"}');
const _sfc_main = { name: "decisions/database-stock.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="a-stock-of-databases-by-renames" tabindex="-1">A stock of databases, by renames <a class="header-anchor" href="#a-stock-of-databases-by-renames" aria-label="Permalink to &quot;A stock of databases, by renames&quot;">​</a></h1><p><strong>What.</strong> Empty databases are created ahead. Each is an empty file on a shelf, which is a folder; a rename takes it. See <a href="./../architecture#how-a-tests-database-travels">how a test&#39;s database travels</a>.</p><p><strong>Why.</strong> <code>CREATE DATABASE</code> takes 12 ms and <code>DROP DATABASE</code> 26 ms, measured on v8.5.6 with unistore; a query takes 0.2 ms. A rename is atomic between processes and needs no message to the main process. Databases that a test left unchanged are used again, after a check on the server.</p><p><strong>Alternatives.</strong></p><ul><li>One database for each worker, emptied between tests: <code>TRUNCATE</code> takes 14 ms for each table, and auto-increment counters, views and users with the same name collide.</li><li>A transaction for each test, rolled back: 0.7 ms, but the code under test can&#39;t commit, and DDL commits by itself.</li><li>Messages to the main process: vitest has no channel from a worker to global setup.</li><li>A table in TiDB as the queue: a round trip, and a database on a server that may not be ours.</li></ul></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/database-stock.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const databaseStock = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  databaseStock as default
};

import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(`{"title":"A cluster's storage is a program of ours, on TiDB's own unistore","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/storage-node.md","filePath":"decisions/storage-node.md"}`);
const _sfc_main = { name: "decisions/storage-node.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="a-clusters-storage-is-a-program-of-ours-on-tidbs-own-unistore" tabindex="-1">A cluster&#39;s storage is a program of ours, on TiDB&#39;s own unistore <a class="header-anchor" href="#a-clusters-storage-is-a-program-of-ours-on-tidbs-own-unistore" aria-label="Permalink to &quot;A cluster&#39;s storage is a program of ours, on TiDB&#39;s own unistore&quot;">​</a></h1><p><strong>What.</strong> A cluster that is started here consists of the <code>tidb-server</code> that runs of a single server use, a PD built from PD&#39;s own module, and one storage node: TiDB&#39;s test storage engine, unistore, served over gRPC as a TiKV is.</p><p><strong>Why.</strong> A cluster is what shows DDL between nodes, a node that dies, a rolling upgrade, and <code>IMPORT INTO</code>. TiKV is written in Rust and takes half an hour and many gigabytes to build; images and downloads need a network that a CI machine may not have. Unistore is in the module that <code>tidb-server</code> is built from, and takes seconds to build after it. It implements transactions, locks, coprocessor requests and deadlock detection as TiDB&#39;s own tests need them.</p><p><strong>What it adds to unistore.</strong> Commands that clients batch; the health service, without which a client takes a store for dead after one broken connection; the deadlock service; SSTs that <code>ADD INDEX</code> and <code>IMPORT INTO</code> write, kept in files until they are ingested; duplicate detection; real checksums; lock waits; heartbeats and splits for PD; a status port. Locks, which unistore has in memory alone, are in a log before they are granted, so that a store that is killed loses nothing that it has acknowledged. What is not implemented is an error of that one request.</p><p><strong>How it is built.</strong> From the same source as our <code>tidb-server</code>, with <a href="./unistore">the same addition</a>, so that what is mended there holds in both.</p><p><strong>Alternatives.</strong> <code>tiup playground</code> downloads binaries, which is what it is for. Containers of the official images need an engine and a registry. TiDB&#39;s mock TiKV has no import. Several <code>tidb-server</code> on one embedded unistore can&#39;t be had: it is in the memory of one process.</p><p><strong>What it costs.</strong> A further program to keep. PD is of April 2024, because newer ones are in no proxy by a version that Go accepts.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/storage-node.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const storageNode = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  storageNode as default
};

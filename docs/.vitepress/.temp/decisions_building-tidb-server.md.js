import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Building tidb-server with Go, into a cache that projects share","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/building-tidb-server.md","filePath":"decisions/building-tidb-server.md"}');
const _sfc_main = { name: "decisions/building-tidb-server.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="building-tidb-server-with-go-into-a-cache-that-projects-share" tabindex="-1">Building tidb-server with Go, into a cache that projects share <a class="header-anchor" href="#building-tidb-server-with-go-into-a-cache-that-projects-share" aria-label="Permalink to &quot;Building tidb-server with Go, into a cache that projects share&quot;">​</a></h1><p><strong>What.</strong> If there is no host, no Docker engine and no <code>tidb-server</code>, it is built with Go from <code>tidb-server/&lt;release&gt;/go.mod</code>, once, into the cache folder of the user. One process builds, others wait. The checksum is written last: a binary without one counts as half built. It lies in a folder named after a checksum of the recipe, so a changed recipe is a new build. TiDB&#39;s source gets an addition of ours first, see <a href="./unistore">unistore</a>.</p><p><strong>Why.</strong> TiDB is a Go module and <code>tidb-server</code> a command in it, so Go builds it by name, with every dependency pinned by <code>go.sum</code>. That needs no Docker, no administrator rights and no binary from elsewhere. It takes minutes, so it must happen once: not for each project, and not in <code>node_modules</code>.</p><p>v8.5.6 is built with exactly Go 1.25.8, which Go downloads by itself: built with another minor version, it panics at start. <code>go.mod</code> repeats the <code>replace</code> lines of TiDB, since Go does not inherit them.</p><p><strong>Alternatives.</strong> Binaries in npm packages: 190 MB for each platform and release. Downloading a release: an archive holds much more than this one binary, and has to be found for each platform. tiup: used if it is installed, but not installed by us.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/building-tidb-server.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const buildingTidbServer = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  buildingTidbServer as default
};

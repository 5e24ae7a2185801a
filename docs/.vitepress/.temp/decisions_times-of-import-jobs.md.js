import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Times of import jobs are calibrated","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/times-of-import-jobs.md","filePath":"decisions/times-of-import-jobs.md"}');
const _sfc_main = { name: "decisions/times-of-import-jobs.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="times-of-import-jobs-are-calibrated" tabindex="-1">Times of import jobs are calibrated <a class="header-anchor" href="#times-of-import-jobs-are-calibrated" aria-label="Permalink to &quot;Times of import jobs are calibrated&quot;">​</a></h1><p><strong>What.</strong> <code>createTime</code>, <code>startTime</code> and <code>endTime</code> of an <code>ImportJob</code> are instants. To compute them from what SHOW IMPORT JOBS prints, one job of the answer is looked up in <code>mysql.tidb_import_jobs</code>, where <code>unix_timestamp(create_time)</code> gives its time; of the time zones that the server names, the one that yields the printed time is used. For a user who may not read that table, it is that of the machine (<code>system_time_zone</code>).</p><p><strong>Why.</strong> The times are not in the time zone of the querying session. Measured on v8.5.4 and v8.5.6: <code>set time_zone</code> changes nothing in them, and neither does <code>set global time_zone</code>; on v8.5.6 not even once the server is restarted (an earlier version of this page said otherwise). They are in the zone of the internal sessions that read the table, which is that of the machine when the server made its tables. Assuming otherwise leads to jobs that ended &quot;in the future&quot;, and to durations that are hours off.</p><p><strong>What it costs.</strong> Two statements for each list that has jobs in it, and for each connection of a monitor; none if there are no jobs.</p><p><strong>Alternatives.</strong> <code>set time_zone</code> around the statement: it does nothing. Reading only the table: that takes privileges on the schema <code>mysql</code>, and the rows of a running job are not in it.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("decisions/times-of-import-jobs.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const timesOfImportJobs = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  timesOfImportJobs as default
};

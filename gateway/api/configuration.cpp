// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/configuration.h"

#include "gateway/async/ask_thread.h"
#include "gateway/json/text_writer.h"
#include "gateway/observability/redaction.h"
#include "gateway/reload/config_reloader.h"

namespace lunargate::api {

namespace {

// RFC 9110, section 15.5.21: understood, but cannot be done.
constexpr int kUnprocessable = 422;

const char *nameOf(ReloadResult result)
{
    switch (result) {
    case ReloadResult::Applied:
        return "applied";
    case ReloadResult::Unchanged:
        return "unchanged";
    case ReloadResult::Rejected:
        return "rejected";
    }
    Q_UNREACHABLE_RETURN("");
}

const char *nameOf(DiskState state)
{
    switch (state) {
    case DiskState::Same:
        return "same";
    case DiskState::Differs:
        return "differs";
    case DiskState::Unreadable:
        return "unreadable";
    }
    Q_UNREACHABLE_RETURN("");
}

QByteArray textOf(const QDateTime &time)
{
    return time.toString(Qt::ISODateWithMs).toUtf8();
}

void appendProblems(json::TextWriter &json, const std::vector<ConfigProblem> &problems)
{
    json.key("problems").beginArray();
    for (const ConfigProblem &problem : problems) {
        const bool isError = problem.severity == ConfigProblem::Severity::Error;
        json.beginObject().member("severity", isError ? "error" : "warning").member("file", problem.file);
        json.member("line", problem.line).member("column", problem.column);
        json.member("key", problem.path).member("message", problem.message).endObject();
    }
    json.endArray();
}

void appendKeys(json::TextWriter &json, const std::vector<QByteArray> &keys)
{
    json.key("restart_needed").beginArray();
    for (const QByteArray &key : keys)
        json.string(key);
    json.endArray();
}

// The digest is for telling versions apart, not for trying out what may stand in the file.
void appendVersion(json::TextWriter &json, const ConfigVersion &version)
{
    json.member("source", version.source).member("is_built_in", version.isBuiltIn);
    json.member("version", version.number).member("digest", version.digest.left(16));
    json.member("loaded_at", textOf(version.loadedAt));
}

void appendReport(json::TextWriter &json, QByteArrayView key, const std::optional<ReloadReport> &report)
{
    json.key(key);
    if (!report) {
        json.null();
        return;
    }
    json.beginObject().member("result", nameOf(report->result)).member("at", textOf(report->at));
    appendProblems(json, report->problems);
    json.endObject();
}

QByteArray toJson(const ReloadReport &report)
{
    json::TextWriter json;
    json.beginObject().member("result", nameOf(report.result));
    appendProblems(json, report.problems);
    appendKeys(json, report.restartNeeded);
    json.key("running").beginObject();
    appendVersion(json, report.running);
    json.endObject();
    if (report.result == ReloadResult::Rejected) { // for clients that know no more than errors
        json.key("error").beginObject();
        json.member("message", "the configuration cannot be used, see `problems`; what was running goes on");
        json.member("type", "invalid_request_error").key("param").null().member("code", "config_rejected").endObject();
    }
    return json.endObject().text();
}

QByteArray toJson(const ConfigOverview &overview)
{
    json::TextWriter json;
    json.beginObject().key("running").beginObject();
    appendVersion(json, overview.running);
    json.key("config").raw(overview.config).endObject();
    json.key("on_disk").beginObject().member("state", nameOf(overview.onDisk)).endObject();
    appendKeys(json, overview.restartNeeded);
    appendReport(json, "last_reload", overview.lastReload);
    appendReport(json, "last_error", overview.lastError);
    return json.endObject().text();
}

// Nothing in it should be a secret; if something is all the same, it is one that is known.
void respond(RequestContext &context, int status, const QByteArray &json)
{
    context.exchange.response.setHeader("Cache-Control", "no-store");
    context.respond(status, "application/json", redacted(json));
}

Error notAvailable()
{
    return {.kind = ErrorKind::NotFound,
            .reason = "no_reloads",
            .message = "this gateway was started without a way to read its configuration anew"};
}

} // namespace

Task<> showConfig(RequestContext &context, const GatewayStatus &status)
{
    ConfigReloader *const reloader = status.configuration;
    if (!reloader)
        co_return context.respondError(notAvailable());
    const std::function<ConfigOverview()> question = [reloader] { return reloader->overview(); };
    const ConfigOverview overview = co_await askThread(reloader, question);
    respond(context, 200, toJson(overview));
}

Task<> reloadConfig(RequestContext &context, const GatewayStatus &status)
{
    ConfigReloader *const reloader = status.configuration;
    if (!reloader)
        co_return context.respondError(notAvailable());
    const std::function<void(ConfigReloader::Done)> question = [reloader](ConfigReloader::Done done) {
        reloader->reload(ReloadTrigger::Request, std::move(done));
    };
    const ReloadReport report = co_await askThread(reloader, question);
    respond(context, report.result == ReloadResult::Rejected ? kUnprocessable : 200, toJson(report));
}

} // namespace lunargate::api

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reload/config_reloader.h"

#include "gateway/config/config_json.h"
#include "gateway/config/restart_needed.h"
#include "gateway/observability/logging.h"
#include "gateway/observability/redaction.h"
#include "gateway/pipeline/admin_access.h"
#include "gateway/security/public_key_stores.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

namespace lunargate {

namespace {

// A file that is no configuration at all can have a problem in every line.
constexpr size_t kMaxLoggedProblems = 20;

QDateTime now()
{
    return QDateTime::currentDateTimeUtc();
}

ConfigProblem refusal(const LoadedConfig &loaded, const QByteArray &path, const QByteArray &message)
{
    return {ConfigProblem::Severity::Error, loaded.source, 0, 0, path, message};
}

const char *nameOf(ReloadTrigger trigger)
{
    switch (trigger) {
    case ReloadTrigger::FileChange:
        return "file";
    case ReloadTrigger::Signal:
        return "signal";
    case ReloadTrigger::Request:
        return "request";
    }
    Q_UNREACHABLE_RETURN("");
}

bool hasTargets(const Config &config)
{
    return std::ranges::any_of(config.routing.routes, [](const RouteConfig &route) { return !route.targets.empty(); });
}

/// Whether `text` is the beginning of `whole` and ends within a line, as no editor leaves it that ended the last line.
bool isCutOf(const QByteArray &text, const QByteArray &whole)
{
    if (text.size() >= whole.size() || !whole.startsWith(text) || !whole.endsWith('\n'))
        return false;
    const char next = whole.at(text.size());
    return !text.endsWith('\n') && next != '\n' && next != '\r';
}

/// Those that both have, with the same settings.
std::vector<QByteArray> unchangedProviders(const Config &old, const Config &now)
{
    std::vector<QByteArray> ids;
    for (const ProviderConfig &provider : now.providers) {
        const ProviderConfig *before = old.provider(provider.id);
        if (before && fingerprint(*before) == fingerprint(provider))
            ids.push_back(provider.id);
    }
    return ids;
}

void logRejection(const ReloadReport &report)
{
    logEvent(configLog(), LogLevel::Error, "configuration rejected; what was running goes on",
             {{"trigger", nameOf(report.trigger)}, {"running_version", report.running.number}});
    size_t logged = 0;
    for (const ConfigProblem &problem : report.problems) {
        const bool isError = problem.severity == ConfigProblem::Severity::Error;
        if (isError && logged++ < kMaxLoggedProblems)
            logEvent(configLog(), LogLevel::Error, "configuration error", {{"problem", problem.toText()}});
    }
}

void logSuccess(const ReloadReport &report)
{
    const bool isApplied = report.result == ReloadResult::Applied;
    logEvent(configLog(), LogLevel::Info, isApplied ? "configuration reloaded" : "configuration is as it was",
             {{"trigger", nameOf(report.trigger)},
              {"config", report.running.source},
              {"version", report.running.number},
              {"digest", report.running.digest.left(16)}});
    if (!isApplied)
        return;
    for (const ConfigProblem &problem : report.problems)
        logEvent(configLog(), LogLevel::Warning, "configuration warning", {{"problem", problem.toText()}});
    for (const QByteArray &key : report.restartNeeded)
        logEvent(configLog(), LogLevel::Warning, "this setting changes only with a restart of the gateway",
                 {{"key", key}});
}

} // namespace

ConfigReloader::ConfigReloader(const LoadedConfig &initial, ConfigSource source, RuntimeStore &runtimes,
                               Services &services)
    : m_source(std::move(source)),
      m_runtimes(runtimes),
      m_services(services),
      m_files(initial.reading.files),
      m_running{.source = initial.source,
                .isBuiltIn = initial.isBuiltIn,
                .digest = initial.reading.digest,
                .loadedAt = now()},
      m_fingerprint(fingerprint(*runtimes.current()->config)),
      m_text(initial.reading.text),
      m_judged(initial.reading.digest)
{
    connect(&m_watcher, &ConfigWatcher::changed, this, [this] { reload(ReloadTrigger::FileChange); });
}

void ConfigReloader::watch()
{
    m_isWatching = true;
    m_watcher.setFiles(m_files);
}

void ConfigReloader::reload(ReloadTrigger trigger, Done done)
{
    if (!m_source) {
        if (done)
            done({.trigger = trigger, .at = now(), .running = m_running});
        return;
    }
    m_waiting.push_back({trigger, std::move(done)});
    if (m_reading.empty())
        startReading();
}

void ConfigReloader::stop()
{
    m_source = {};
    std::ranges::move(std::exchange(m_waiting, {}), std::back_inserter(m_reading));
    m_reader.request_stop();
}

void ConfigReloader::startReading()
{
    m_reading = std::exchange(m_waiting, {});
    std::packaged_task<LoadedConfig(std::stop_token)> read(m_source);
    m_loaded = read.get_future();
    const auto finish = [this] {
        QMetaObject::invokeMethod(this, &ConfigReloader::finishReading, Qt::QueuedConnection);
    };
    try {
        m_reader = std::jthread([finish, read = std::move(read)](std::stop_token stop) mutable {
            read(std::move(stop));
            finish();
        });
    } catch (const std::system_error &) { // no thread to be had: m_loaded says that its promise was broken
        finish();
    }
}

void ConfigReloader::finishReading()
{
    // Somebody who asks counts more than a file that was noticed.
    const auto asked =
        std::ranges::find_if(m_reading, [](const Asker &asker) { return asker.trigger != ReloadTrigger::FileChange; });
    const ReloadTrigger trigger = asked == m_reading.end() ? ReloadTrigger::FileChange : asked->trigger;
    const ReloadReport report = takeReading(trigger);
    const std::vector<Asker> askers = std::exchange(m_reading, {});
    if (!m_waiting.empty())
        startReading();
    for (const Asker &asker : askers) {
        if (asker.done)
            asker.done(report);
    }
}

ReloadReport ConfigReloader::takeReading(ReloadTrigger trigger)
{
    ReloadReport report{.trigger = trigger, .at = now(), .running = m_running};
    try {
        LoadedConfig loaded = m_loaded.get();
        m_files = loaded.reading.files;
        if (m_isWatching)
            m_watcher.setFiles(m_files); // a file that took over from the built-in configuration has more beside it
        const bool isJudged = std::exchange(m_judged, loaded.reading.digest) == loaded.reading.digest;
        // What was refused may have lacked something that does not stand in these files, and is there now.
        if (isJudged && !m_lastError && trigger == ReloadTrigger::FileChange)
            return report;
        judge(std::move(loaded), report);
    } catch (const std::exception &exception) { // a lack of memory: what is running is whole
        report.result = ReloadResult::Rejected;
        report.problems.push_back({ConfigProblem::Severity::Error, m_running.source, 0, 0, {}, exception.what()});
    }
    // Whoever withdrew a key, or the admin token, asks so that it counts at once, whatever else is wrong.
    if (trigger != ReloadTrigger::FileChange) {
        m_services.publicKeys->markOld();
        m_services.adminAccess->readAgain();
    }
    report.running = m_running;
    note(report);
    return report;
}

void ConfigReloader::judge(LoadedConfig loaded, ReloadReport &report)
{
    report.problems = std::move(loaded.reading.problems);
    if (!canReplace(loaded, report.trigger, report.problems)) {
        report.result = ReloadResult::Rejected;
        return;
    }
    registerSecrets(*loaded.reading.config); // before anything that knows them can log
    Config config = *std::move(loaded.reading.config);
    const std::shared_ptr<const Config> running = m_runtimes.current()->config;
    report.restartNeeded = restartNeeded(*running, config);
    const QByteArray wanted = fingerprint(config);
    const bool isSame = wanted == m_fingerprint && loaded.reading.digest == m_running.digest;
    report.result = isSame ? ReloadResult::Unchanged : ReloadResult::Applied;
    if (!isSame) {
        apply(withoutRestart(*running, std::move(config)), loaded);
        m_fingerprint = wanted;
    }
    m_restartNeeded = report.restartNeeded;
}

/// What cannot be meant: an editor that was not finished, or a file that is gone for a moment.
bool ConfigReloader::canReplace(const LoadedConfig &loaded, ReloadTrigger trigger,
                                std::vector<ConfigProblem> &problems) const
{
    if (loaded.isBuiltIn && !m_running.isBuiltIn) {
        problems = {refusal(loaded, {}, "the configuration file is gone; put it back, or restart for the simulator")};
        return false;
    }
    if (!loaded.reading.config)
        return false;
    if (!hasTargets(*loaded.reading.config) && hasTargets(*m_runtimes.current()->config)) {
        problems.push_back(refusal(loaded, "routing.routes",
                                   "there is no route with a target, so no request would be answered any more; add "
                                   "one, or restart if that is meant"));
        return false;
    }
    if (trigger != ReloadTrigger::FileChange) // somebody says that the file is whole
        return true;
    const std::optional<ConfigProblem> cut = signOfACut(loaded);
    if (cut)
        problems.push_back(*cut);
    return !cut;
}

std::optional<ConfigProblem> ConfigReloader::signOfACut(const LoadedConfig &loaded) const
{
    const Config &config = *loaded.reading.config;
    if (m_runtimes.current()->config->security.enabled && !config.security.enabled && !config.security.isDecided)
        return refusal(loaded, "security",
                       "clients would not need a key any more; write security.enabled: false if that is meant, or "
                       "reload by SIGHUP or POST /admin/v1/reload");
    if (isCutOf(loaded.reading.text.reveal(), m_text.reveal()) && fingerprint(config) != m_fingerprint)
        return refusal(loaded, {},
                       "the file ends within a line of the running configuration, as if it were cut off; reload by "
                       "SIGHUP or POST /admin/v1/reload if that is meant");
    return std::nullopt;
}

// Everything that can fail comes before the first thing that anybody else sees.
void ConfigReloader::apply(Config config, const LoadedConfig &loaded)
{
    const std::shared_ptr<const Runtime> old = m_runtimes.current();
    const auto fresh = std::make_shared<const Config>(std::move(config));
    const auto next = std::make_shared<Runtime>(fresh, m_services);
    next->keepModelLists(*old, unchangedProviders(*old->config, *fresh));
    m_services.apply(*old->config, *fresh);
    setLogging(fresh->logging.level, fresh->logging.format);
    m_runtimes.replace(next);
    m_text = loaded.reading.text;
    m_running = {.number = m_running.number + 1,
                 .source = loaded.source,
                 .isBuiltIn = loaded.isBuiltIn,
                 .digest = loaded.reading.digest,
                 .loadedAt = now()};
}

void ConfigReloader::note(const ReloadReport &report)
{
    m_lastReload = report;
    m_lastError = report.result == ReloadResult::Rejected ? std::optional(report) : std::nullopt;
    m_services.metrics.configReloaded(report.result);
    if (report.result == ReloadResult::Rejected)
        logRejection(report);
    else
        logSuccess(report);
    Q_EMIT reloaded(report);
}

ConfigOverview ConfigReloader::overview() const
{
    ConfigOverview overview{.running = m_running,
                            .config = configJson(*m_runtimes.current()->config),
                            .restartNeeded = m_restartNeeded,
                            .lastReload = m_lastReload,
                            .lastError = m_lastError};
    const std::optional<QByteArray> digest = m_files.isEmpty() ? std::nullopt : digestOfConfigFiles(m_files.front());
    if (digest)
        overview.onDisk = *digest == m_running.digest ? DiskState::Same : DiskState::Differs;
    else
        overview.onDisk = m_running.isBuiltIn ? DiskState::Same : DiskState::Unreadable;
    return overview;
}

} // namespace lunargate

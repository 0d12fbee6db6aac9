// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_watcher.h"
#include "gateway/config/loaded_config.h"
#include "gateway/pipeline/runtime.h"
#include "gateway/pipeline/services.h"
#include "gateway/reload/reload_report.h"

#include <QObject>

#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace lunargate {

/// Puts a new configuration in the place of the running one, whole or not at all, while requests run; each keeps the
/// one that it began with. Lives in the main thread. It reads the user's files and never writes them.
class ConfigReloader : public QObject
{
    Q_OBJECT

public:
    /// `initial` is what `runtimes` holds. `source` reads what there is now; without one nothing is ever read anew.
    /// `runtimes` and `services` outlive this.
    ConfigReloader(const LoadedConfig &initial, ConfigSource source, RuntimeStore &runtimes, Services &services);

    /// From now on, changes of the files lead to a reload by themselves.
    void watch();

    /// Told what came of a reload, in the main thread.
    using Done = std::function<void(ReloadReport)>;

    /// Reads the configuration in a thread of its own, as a keychain may keep it waiting, and then lets it take over if
    /// it can be used and says something else. With ReloadTrigger::FileChange, what was read before and not refused is
    /// not judged again. Whoever asks while it is being read shares the next reading.
    void reload(ReloadTrigger trigger, Done done = {});

    /// Nothing is read any more, and what waits for the keychain gives up.
    void stop();

    /// What is running, what the files say, and what went wrong last.
    ConfigOverview overview() const;
    /// What the running configuration was read from; keys may stand in it.
    const SecretString &runningText() const { return m_text; }

Q_SIGNALS:
    /// The configuration was judged. With ReloadResult::Applied it is running already.
    void reloaded(const lunargate::ReloadReport &report);

private:
    struct Asker
    {
        ReloadTrigger trigger;
        Done done;
    };

    void startReading();
    void finishReading();
    ReloadReport takeReading(ReloadTrigger trigger);
    void judge(LoadedConfig loaded, ReloadReport &report);
    bool canReplace(const LoadedConfig &loaded, ReloadTrigger trigger, std::vector<ConfigProblem> &problems) const;
    std::optional<ConfigProblem> signOfACut(const LoadedConfig &loaded) const;
    void apply(Config config, const LoadedConfig &loaded);
    void note(const ReloadReport &report);

    ConfigSource m_source;
    RuntimeStore &m_runtimes;
    Services &m_services;
    ConfigWatcher m_watcher;
    QStringList m_files; // that were read last, or would have been; the configuration file is the first
    bool m_isWatching = false;

    ConfigVersion m_running;
    QByteArray m_fingerprint; // of what was applied, before anything was left to a restart
    SecretString m_text;      // that it was read from
    QByteArray m_judged;      // digest of what was read last
    std::vector<QByteArray> m_restartNeeded;
    std::optional<ReloadReport> m_lastReload;
    std::optional<ReloadReport> m_lastError;

    std::vector<Asker> m_reading; // who is answered by what is being read; empty: nothing is
    std::vector<Asker> m_waiting; // who asked since
    std::future<LoadedConfig> m_loaded;
    std::jthread m_reader; // first to go: it uses this
};

} // namespace lunargate

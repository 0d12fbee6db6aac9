// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reload/config_reloader.h"

#include "gateway/observability/redaction.h"
#include "tests/unit/observability/exposition.h"

#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QLoggingCategory>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace lunargate {

namespace {

const QByteArray kOne = "providers: {one: {type: ollama}}\n"
                        "routing: {routes: [{name: r, targets: [{provider: one}]}]}\n";
const QByteArray kTwo = "providers: {one: {type: ollama}, two: {type: ollama}}\n"
                        "routing: {routes: [{name: r, targets: [{provider: two}]}]}\n";
const QByteArray kWithKeychain =
    QByteArray(kTwo).replace("two: {type: ollama}", "two: {type: openai, api_key: '${keychain:two}'}");

/// A keychain whose user is away, until answer().
class SilentKeychain : public Keychain
{
public:
    Result<SecretString> read(const QByteArray &, const std::stop_token &stop) override
    {
        std::unique_lock lock(m_mutex);
        ++m_reads;
        if (m_answered.wait(lock, stop, [this] { return m_isAnswered; }))
            return SecretString("from-the-keychain");
        return std::unexpected(Error{.reason = "keychain_given_up", .message = "nobody waits"});
    }

    int reads() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_reads;
    }
    void answer()
    {
        const std::scoped_lock lock(m_mutex);
        m_isAnswered = true;
        m_answered.notify_all();
    }

private:
    mutable std::mutex m_mutex; // protects all
    std::condition_variable_any m_answered;
    bool m_isAnswered = false;
    int m_reads = 0;
};

} // namespace

/// What a reload does with what it reads, without files being watched.
class ConfigReloaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.config*=false"));
        m_folder.emplace();
        m_keychain.emplace();
        m_isBuiltIn = false;
        write(kOne);
        const LoadedConfig loaded = load();
        const auto config = std::make_shared<const Config>(*loaded.reading.config);
        m_services.emplace(*config);
        m_runtimes.emplace(std::make_shared<const Runtime>(config, *m_services));
        m_reloader = std::make_unique<ConfigReloader>(loaded, source(), *m_runtimes, *m_services);
        m_spy.emplace(m_reloader.get(), &ConfigReloader::reloaded);
    }
    void cleanup()
    {
        m_spy.reset();
        m_reloader.reset();
    }

    void appliesAnotherConfiguration()
    {
        const std::shared_ptr<const Runtime> old = m_runtimes->current();
        write(kTwo);
        const ReloadReport report = reload();
        QCOMPARE(report.result, ReloadResult::Applied);
        QCOMPARE(report.running.number, 2U);
        QVERIFY(report.problems.empty());
        QVERIFY(m_runtimes->current()->config->provider("two"));
        QVERIFY(!old->config->provider("two")); // whoever began with it keeps it
        QCOMPARE(m_spy->count(), 1);
        QCOMPARE(metric(R"(lunargate_config_reloads_total{result="applied"})"), 1.0);
    }

    void sameConfigurationChangesNothing()
    {
        const std::shared_ptr<const Runtime> old = m_runtimes->current();
        QCOMPARE(reload().result, ReloadResult::Unchanged);
        QCOMPARE(m_runtimes->current(), old);
        QCOMPARE(metric(R"(lunargate_config_reloads_total{result="unchanged"})"), 1.0);
    }

    void refusesWhatCannotBeMeant_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::newRow("empty") << QByteArray() << 1;
        QTest::newRow("blank") << QByteArray(" \n\n") << 1;
        QTest::newRow("comments only") << QByteArray("# providers:\n#   one:\n") << 1;
        QTest::newRow("no YAML") << QByteArray(kTwo + "caching: {enabled: [\n") << 4;
        QTest::newRow("wrong value") << QByteArray(kTwo + "server: {port: x}\n") << 3;
        QTest::newRow("truncated in a word") << kTwo.first(kTwo.size() - 9) << 2;
        QTest::newRow("truncated before the routes") << kTwo.first(kTwo.indexOf("routing")) << 0;
        QTest::newRow("no providers") << QByteArray("routing: {routes: []}\n") << 1;
        QTest::newRow("no routes") << QByteArray(kTwo.first(kTwo.indexOf("routing")) + "routing: {}\n") << 0;
    }

    void refusesWhatCannotBeMeant()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const int, line);
        const std::shared_ptr<const Runtime> old = m_runtimes->current();
        write(text);
        const ReloadReport report = reload();
        QCOMPARE(report.result, ReloadResult::Rejected);
        QVERIFY(!report.problems.empty());
        const auto error = std::ranges::find(report.problems, ConfigProblem::Severity::Error, &ConfigProblem::severity);
        QVERIFY(error != report.problems.end());
        QCOMPARE(error->line, line);
        QCOMPARE(error->file, path().toUtf8());
        QCOMPARE(report.running.number, 1U);
        QCOMPARE(m_runtimes->current(), old);
        QCOMPARE(metric(R"(lunargate_config_reloads_total{result="rejected"})"), 1.0);
        QCOMPARE(metric("lunargate_config_last_reload_successful"), 0.0);
    }

    void everyCutOfTheFileIsRefusedOrWhole()
    {
        const std::shared_ptr<const Runtime> old = m_runtimes->current();
        for (qsizetype size = 0; size < kTwo.size() - 1; ++size) {
            write(kTwo.first(size));
            QCOMPARE(reload().result, ReloadResult::Rejected);
        }
        QCOMPARE(m_runtimes->current(), old);
    }

    void securityIsNotLostByAFileThatIsCut_data()
    {
        QTest::addColumn<QByteArray>("security");
        QTest::addColumn<bool>("isMeant");
        QTest::newRow("no section") << QByteArray() << false;
        QTest::newRow("its head alone") << QByteArray("security:\n") << false;
        QTest::newRow("no key yet") << QByteArray("security:\n  api_key:\n    keys:\n") << false;
        QTest::newRow("no provider yet") << QByteArray("security:\n  provider:") << false;
        QTest::newRow("switched off") << QByteArray("security: {enabled: false}\n") << true;
        QTest::newRow("provider none") << QByteArray("security: {provider: none}\n") << true;
        QTest::newRow("another key") << QByteArray("security: {api_key: {keys: [{value: b}]}}\n") << true;
    }

    void securityIsNotLostByAFileThatIsCut()
    {
        QFETCH(const QByteArray, security);
        QFETCH(const bool, isMeant);
        write(kOne + "security: {api_key: {keys: [{value: a}]}}\n");
        QCOMPARE(reload().result, ReloadResult::Applied);
        write(kTwo + security);
        const ReloadReport report = reload(ReloadTrigger::FileChange);
        QCOMPARE(report.result, isMeant ? ReloadResult::Applied : ReloadResult::Rejected);
        if (isMeant)
            return;
        QCOMPARE(report.problems.back().path, "security");
        QVERIFY(m_runtimes->current()->config->security.enabled);
        QCOMPARE(reload(ReloadTrigger::Signal).result, ReloadResult::Applied); // whoever says so means it
        QVERIFY(!m_runtimes->current()->config->security.enabled);
    }

    void linesMayGoButNotTheirEnds_data()
    {
        QTest::addColumn<qsizetype>("cut");
        QTest::addColumn<ReloadResult>("result");
        QTest::newRow("in a number") << qsizetype(13) << ReloadResult::Rejected;
        QTest::newRow("in a comment") << qsizetype(2) << ReloadResult::Applied;
        QTest::newRow("line break only") << qsizetype(1) << ReloadResult::Applied;
        QTest::newRow("last line") << qsizetype(38) << ReloadResult::Applied;
        QTest::newRow("last line, and a line break") << qsizetype(39) << ReloadResult::Applied;
    }

    // As a full disk, or a program that was not finished, leaves it.
    void linesMayGoButNotTheirEnds()
    {
        QFETCH(const qsizetype, cut);
        QFETCH(const ReloadResult, result);
        const QByteArray whole = kTwo + "rate_limiting:\n  enabled: true\n  requests_per_minute: 600 # a minute\n";
        write(whole);
        QCOMPARE(reload().result, ReloadResult::Applied);
        write(whole.chopped(cut));
        QCOMPARE(reload(ReloadTrigger::FileChange).result, result);
        if (result == ReloadResult::Rejected)
            QCOMPARE(reload(ReloadTrigger::Request).result, ReloadResult::Applied);
        write(kOne); // other lines are other lines
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Applied);
    }

    void lastLineWithoutItsEndMayBecomeShorter()
    {
        const QByteArray whole = kTwo + "retry:\n  max_attempts: 10";
        write(whole);
        QCOMPARE(reload().result, ReloadResult::Applied);
        write(whole.chopped(1));
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Applied);
        QCOMPARE(m_runtimes->current()->config->retry.maxAttempts, 1);
    }

    void missingFileIsRefused()
    {
        QVERIFY(QFile::remove(path()));
        QCOMPARE(reload().result, ReloadResult::Rejected);
        QCOMPARE(m_reloader->overview().onDisk, DiskState::Unreadable);
        write(kOne); // as it was
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Unchanged);
        QCOMPARE(metric("lunargate_config_last_reload_successful"), 1.0);
        QVERIFY(!m_reloader->overview().lastError);
    }

    void changedFilesAreJudgedOnce()
    {
        QVERIFY(isSkipped());                                                     // nothing changed
        QCOMPARE(reload(ReloadTrigger::Request).result, ReloadResult::Unchanged); // who asks gets an answer
        QCOMPARE(m_spy->count(), 1);
        write(kTwo);
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Applied);
        m_spy->clear();
        QVERIFY(isSkipped());
    }

    void whatWasRefusedIsTriedAgainWhenItIsSavedAgain()
    {
        QFile keys(m_folder->filePath(QStringLiteral("keys.json")));
        write(kOne + "security: {provider: jwt, jwt: {jwks_file: '" + keys.fileName().toUtf8() +
              "', issuer: i, audience: [a]}}\n");
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Rejected);
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Rejected);
        QCOMPARE(m_spy->count(), 2); // told each time
        QVERIFY(keys.open(QIODevice::WriteOnly));
        keys.write("{\"keys\": [{}]}");
        keys.close();
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Applied);
        m_spy->clear();
        QVERIFY(isSkipped());
    }

    void aSilentKeychainHoldsUpNobodyElse()
    {
        std::vector<ReloadReport> reports;
        const auto ask = [&](ReloadTrigger trigger) {
            m_reloader->reload(trigger, [&](const ReloadReport &report) { reports.push_back(report); });
        };
        write(kWithKeychain);
        ask(ReloadTrigger::FileChange);
        QTRY_COMPARE(m_keychain->reads(), 1);
        QCOMPARE(m_reloader->overview().running.number, 1U);
        QCOMPARE(m_reloader->overview().onDisk, DiskState::Differs);
        for (const ReloadTrigger trigger : {ReloadTrigger::FileChange, ReloadTrigger::Signal, ReloadTrigger::Request})
            ask(trigger);
        QVERIFY(reports.empty());
        m_keychain->answer();
        QTRY_COMPARE(reports.size(), 4U);
        QCOMPARE(m_keychain->reads(), 2); // one more for all who came meanwhile
        QCOMPARE(reports.front().result, ReloadResult::Applied);
        QCOMPARE(m_runtimes->current()->config->provider("two")->apiKey.reveal(), "from-the-keychain");
        QCOMPARE(reports.back().result, ReloadResult::Unchanged);
        QCOMPARE(reports.back().trigger, ReloadTrigger::Signal);
        QCOMPARE(m_spy->count(), 2);
    }

    void stopWaitsForNoKeychain()
    {
        const std::shared_ptr<const Runtime> old = m_runtimes->current();
        std::vector<ReloadReport> reports;
        const auto ask = [&] {
            m_reloader->reload(ReloadTrigger::Request, [&](const ReloadReport &report) { reports.push_back(report); });
        };
        write(kWithKeychain);
        ask();
        QTRY_COMPARE(m_keychain->reads(), 1);
        ask();
        m_reloader->stop();
        QTRY_COMPARE(reports.size(), 2U); // whoever waits is told
        QCOMPARE(reports.front().result, ReloadResult::Rejected);
        ask();
        QCOMPARE(reports.size(), 3U);
        QCOMPARE(m_keychain->reads(), 1);
        QCOMPARE(m_runtimes->current(), old);
    }

    void goesWhileTheKeychainIsSilent()
    {
        write(kWithKeychain);
        bool isTold = false;
        m_reloader->reload(ReloadTrigger::Signal, [&](const ReloadReport &) { isTold = true; });
        QTRY_COMPARE(m_keychain->reads(), 1);
        m_spy.reset();
        m_reloader.reset();
        QVERIFY(!isTold);
    }

    void variablesBesideTheFileCount()
    {
        write(QByteArray(kOne).replace("type: ollama", "type: ollama, default_model: '${MODEL:-a}'"));
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Applied);
        write("MODEL=b\n", ".env");
        QCOMPARE(m_reloader->overview().onDisk, DiskState::Differs);
        QCOMPARE(reload(ReloadTrigger::FileChange).result, ReloadResult::Applied);
        QCOMPARE(m_runtimes->current()->config->providers.front().defaultModel, "b");
        QCOMPARE(m_reloader->overview().onDisk, DiskState::Same);
    }

    void overviewTellsTheAppliedOneAndTheLastError()
    {
        write(kTwo);
        reload();
        write("nonsense: [");
        reload();
        const ConfigOverview rejected = m_reloader->overview();
        QCOMPARE(rejected.running.number, 2U);
        QVERIFY(rejected.config.contains(R"("two":{)"));
        QCOMPARE(rejected.onDisk, DiskState::Differs);
        QVERIFY(rejected.lastError);
        QVERIFY(!rejected.lastError->problems.empty());
        m_isBuiltIn = false;
        write(kOne);
        reload();
        const ConfigOverview applied = m_reloader->overview();
        QCOMPARE(applied.running.number, 3U);
        QVERIFY(!applied.lastError);
        QCOMPARE(applied.onDisk, DiskState::Same);
    }

    void whatNeedsARestartIsToldAndStays()
    {
        const int port = m_runtimes->current()->config->server.port;
        write(kOne + "server: {port: 9999, max_json_depth: 9}\n");
        const QRegularExpression told(QStringLiteral("^this setting changes only with a restart of the gateway key="));
        QTest::ignoreMessage(QtWarningMsg, told);
        const ReloadReport report = reload();
        QCOMPARE(report.result, ReloadResult::Applied);
        QCOMPARE(report.restartNeeded, std::vector<QByteArray>{"server.port"});
        QCOMPARE(m_runtimes->current()->config->server.port, port);
        QCOMPARE(m_runtimes->current()->config->server.maxJsonDepth, 9);
        // It goes on being told, until the file says again what is running.
        QCOMPARE(reload().restartNeeded, std::vector<QByteArray>{"server.port"});
        QCOMPARE(m_reloader->overview().restartNeeded, std::vector<QByteArray>{"server.port"});
        write(kTwo);
        QVERIFY(reload().restartNeeded.empty());
        QVERIFY(m_reloader->overview().restartNeeded.empty());
    }

    void newSecretsAreKnownBeforeAnybodyHearsOfThem()
    {
        bool isMasked = false;
        connect(m_reloader.get(), &ConfigReloader::reloaded, this,
                [&] { isMasked = !redacted("it is canary-new-key").contains("canary"); });
        write("providers: {one: {type: openai, api_key: canary-new-key}}\n"
              "routing: {routes: [{name: r, targets: [{provider: one}]}]}\n");
        QCOMPARE(reload().result, ReloadResult::Applied);
        QVERIFY(isMasked);
    }

    void modelListsOfUnchangedProvidersStay()
    {
        write(kTwo);
        reload();
        for (const char *provider : {"one", "two"})
            m_runtimes->current()->fetchedModels->claim(provider, std::chrono::hours(1))->succeed({{.id = "m"}});
        write(QByteArray(kTwo).replace("two: {type: ollama}", "two: {type: ollama, base_url: 'http://b.test'}") +
              "caching: {enabled: true}\n");
        QCOMPARE(reload().result, ReloadResult::Applied);
        const ProviderModelLists lists = m_runtimes->current()->fetchedModels->lists();
        QVERIFY(lists.contains("one"));
        QVERIFY(!lists.contains("two"));
    }

    void fileTakesOverFromTheBuiltInConfiguration()
    {
        m_isBuiltIn = true;
        const LoadedConfig loaded = load();
        ConfigReloader reloader(loaded, source(), *m_runtimes, *m_services);
        QCOMPARE(reloader.overview().running.source, "built-in");
        QCOMPARE(reload(reloader, ReloadTrigger::Signal).result, ReloadResult::Unchanged);
        m_isBuiltIn = false;
        write(kTwo);
        QCOMPARE(reload(reloader, ReloadTrigger::FileChange).result, ReloadResult::Applied);
        QCOMPARE(reloader.overview().running.source, path().toUtf8());
        // But never back: a file that is gone is a mistake.
        m_isBuiltIn = true;
        QCOMPARE(reload(reloader, ReloadTrigger::FileChange).result, ReloadResult::Rejected);
        QVERIFY(m_runtimes->current()->config->provider("two"));
    }

    void watchesItsFiles()
    {
        m_reloader->watch();
        write(kTwo);
        QTRY_VERIFY_WITH_TIMEOUT(m_runtimes->current()->config->provider("two"), 15'000);
        write("SERVER_MAX_JSON_DEPTH=77\n", ".env");
        QTRY_COMPARE_WITH_TIMEOUT(m_runtimes->current()->config->server.maxJsonDepth, 77, 15'000);
    }

    void watchesWhatBelongsToTheFileThatTookOver()
    {
        m_isBuiltIn = true;
        QVERIFY(QFile::remove(path()));
        ConfigReloader reloader(load(), source(), *m_runtimes, *m_services);
        reloader.watch();
        m_isBuiltIn = false;
        write(kTwo);
        QTRY_VERIFY_WITH_TIMEOUT(m_runtimes->current()->config->provider("two"), 15'000);
        write("SERVER_MAX_JSON_DEPTH=77\n", ".env");
        QTRY_COMPARE_WITH_TIMEOUT(m_runtimes->current()->config->server.maxJsonDepth, 77, 15'000);
    }

    void neverWritesTheUsersFile()
    {
        write("half: [");
        const QByteArray before = "half: [";
        reload();
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), before);
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("c.yaml")});
    }

private:
    QString path() const { return m_folder->filePath(QStringLiteral("c.yaml")); }
    void write(const QByteArray &text, const char *name = "c.yaml") const
    {
        QFile file(m_folder->filePath(QString::fromUtf8(name)));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }
    LoadedConfig load(const std::stop_token &stop = {})
    {
        Environment environment;
        environment.setKeychain(&*m_keychain, stop);
        if (!m_isBuiltIn)
            return {.reading = readConfigFile(path(), environment), .source = path().toUtf8()};
        LoadedConfig builtIn{
            .reading = readConfigText(kOne, "built-in", Environment()), .source = "built-in", .isBuiltIn = true};
        builtIn.reading.digest = "built-in";
        builtIn.reading.files = {path()};
        return builtIn;
    }
    ConfigSource source()
    {
        return [this](const std::stop_token &stop) { return load(stop); };
    }
    static ReloadReport reload(ConfigReloader &reloader, ReloadTrigger trigger)
    {
        ReloadReport came;
        QEventLoop loop;
        reloader.reload(trigger, [&](const ReloadReport &report) {
            came = report;
            loop.quit();
        });
        loop.exec();
        return came;
    }
    ReloadReport reload(ReloadTrigger trigger = ReloadTrigger::Request) const { return reload(*m_reloader, trigger); }
    bool isSkipped() { return reload(ReloadTrigger::FileChange).result == ReloadResult::Unchanged && m_spy->isEmpty(); }
    double metric(const QByteArray &series) const
    {
        return test::Exposition(m_services->metrics.render()).value(series);
    }

    std::optional<QTemporaryDir> m_folder;
    std::optional<SilentKeychain> m_keychain;
    bool m_isBuiltIn = false;
    std::optional<Services> m_services;
    std::optional<RuntimeStore> m_runtimes;
    std::unique_ptr<ConfigReloader> m_reloader;
    std::optional<QSignalSpy> m_spy;
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConfigReloaderTest)
#include "tst_config_reloader.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/restart_needed.h"

#include "gateway/config/known_key.h"

#include <QTest>

#include <functional>
#include <map>

namespace lunargate {

namespace {

struct Change
{
    std::function<void(ServerConfig &)> make;
    bool needsRestart = false;
};

// Whoever adds a key to the section says here whether it can be changed while the gateway runs.
const std::map<QByteArray, Change> &changes()
{
    static const std::map<QByteArray, Change> all = {
        {"server.host", {[](ServerConfig &s) { s.host = "0.0.0.0"; }, true}},
        {"server.port", {[](ServerConfig &s) { s.port = 9000; }, true}},
        {"server.workers", {[](ServerConfig &s) { s.workers = 3; }, true}},
        {"server.header_timeout", {[](ServerConfig &s) { s.headerTimeout = 1s; }}},
        {"server.read_timeout", {[](ServerConfig &s) { s.readTimeout = 1s; }}},
        {"server.write_timeout", {[](ServerConfig &s) { s.writeTimeout = 1s; }}},
        {"server.idle_timeout", {[](ServerConfig &s) { s.idleTimeout = 1s; }}},
        {"server.shutdown_timeout", {[](ServerConfig &s) { s.shutdownTimeout = 1s; }}},
        {"server.stream_keep_alive", {[](ServerConfig &s) { s.streamKeepAlive = 1s; }}},
        {"server.max_header_bytes", {[](ServerConfig &s) { s.maxHeaderBytes = 9; }}},
        {"server.max_body_bytes", {[](ServerConfig &s) { s.maxBodyBytes = 9; }}},
        {"server.max_connections", {[](ServerConfig &s) { s.maxConnections = 9; }}},
        {"server.max_json_depth", {[](ServerConfig &s) { s.maxJsonDepth = 9; }}},
        {"server.allowed_hosts", {[](ServerConfig &s) { s.allowedHosts = {"a"}; }}},
        {"server.cors_origins", {[](ServerConfig &s) { s.corsOrigins = {"*"}; }}},
        {"server.trusted_proxies", {[](ServerConfig &s) { s.trustedProxies = {"::1"}; }}},
    };
    return all;
}

} // namespace

class RestartNeededTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyKeyOfTheSectionIsDecided()
    {
        size_t count = 0;
        for (const KnownKey &key : knownConfigKeys()) {
            if (!key.path.startsWith("server."))
                continue;
            ++count;
            QVERIFY2(changes().contains(key.path), key.path.constData());
        }
        QCOMPARE(count, changes().size());
    }

    void tellsWhichKeysNeedARestart_data()
    {
        QTest::addColumn<QByteArray>("key");
        for (const auto &[key, change] : changes())
            QTest::newRow(key.constData()) << key;
    }

    void tellsWhichKeysNeedARestart()
    {
        QFETCH(const QByteArray, key);
        const Change &change = changes().at(key);
        ServerConfig wanted;
        change.make(wanted);
        const std::vector<QByteArray> keys = restartNeeded(ServerConfig(), wanted);
        QCOMPARE(keys, change.needsRestart ? std::vector{key} : std::vector<QByteArray>());
    }

    void nothingChanged() { QVERIFY(restartNeeded(ServerConfig(), ServerConfig()).empty()); }

    void whatNeedsARestartStaysAndTheRestIsTaken()
    {
        const ServerConfig running;
        ServerConfig wanted;
        wanted.host = "::1";
        wanted.port = 9000;
        wanted.workers = 4;
        wanted.maxJsonDepth = 9;
        QCOMPARE(restartNeeded(running, wanted),
                 (std::vector<QByteArray>{"server.host", "server.port", "server.workers"}));
        const ServerConfig effective = withoutRestart(running, wanted);
        QCOMPARE(effective.host, running.host);
        QCOMPARE(effective.port, running.port);
        QCOMPARE(effective.workers, running.workers);
        QCOMPARE(effective.maxJsonDepth, 9);
        QVERIFY(restartNeeded(running, effective).empty());
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RestartNeededTest)
#include "tst_restart_needed.moc"

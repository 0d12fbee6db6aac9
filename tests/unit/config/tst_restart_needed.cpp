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
    std::function<void(Config &)> make;
    bool needsRestart = false;
};

// Whoever adds a key to these sections says here whether it can be changed while the gateway runs.
const std::map<QByteArray, Change> &changes()
{
    static const std::map<QByteArray, Change> all = {
        {"server.host", {[](Config &c) { c.server.host = "0.0.0.0"; }, true}},
        {"server.port", {[](Config &c) { c.server.port = 9000; }, true}},
        {"server.ollama_port", {[](Config &c) { c.server.ollamaPort = 11434; }, true}},
        {"server.workers", {[](Config &c) { c.server.workers = 3; }, true}},
        {"server.header_timeout", {[](Config &c) { c.server.headerTimeout = 1s; }}},
        {"server.read_timeout", {[](Config &c) { c.server.readTimeout = 1s; }}},
        {"server.write_timeout", {[](Config &c) { c.server.writeTimeout = 1s; }}},
        {"server.idle_timeout", {[](Config &c) { c.server.idleTimeout = 1s; }}},
        {"server.shutdown_timeout", {[](Config &c) { c.server.shutdownTimeout = 1s; }}},
        {"server.stream_keep_alive", {[](Config &c) { c.server.streamKeepAlive = 1s; }}},
        {"server.max_header_bytes", {[](Config &c) { c.server.maxHeaderBytes = 9; }}},
        {"server.max_body_bytes", {[](Config &c) { c.server.maxBodyBytes = 9; }}},
        {"server.max_upload_bytes", {[](Config &c) { c.server.maxUploadBytes = 9; }}},
        {"server.max_connections", {[](Config &c) { c.server.maxConnections = 9; }}},
        {"server.max_json_depth", {[](Config &c) { c.server.maxJsonDepth = 9; }}},
        {"server.allowed_hosts", {[](Config &c) { c.server.allowedHosts = {"a"}; }}},
        {"server.cors_origins", {[](Config &c) { c.server.corsOrigins = {"*"}; }}},
        {"server.trusted_proxies", {[](Config &c) { c.server.trustedProxies = {"::1"}; }}},
        {"server.websocket_ping", {[](Config &c) { c.server.webSocketPing = 1s; }}},
        {"server.websocket_max_age", {[](Config &c) { c.server.webSocketMaxAge = 1s; }}},
        {"upstream.transport", {[](Config &c) { c.upstream.transport = TransportKind::Curl; }, true}},
        {"admin.enabled", {[](Config &c) { c.admin.enabled = false; }}},
        {"admin.port", {[](Config &c) { c.admin.port = 0; }, true}},
        {"admin.token", {[](Config &c) { c.admin.token = SecretString("t"); }}},
        {"admin.token_file", {[](Config &c) { c.admin.tokenFile = "t"; }}},
    };
    return all;
}

} // namespace

class RestartNeededTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyKeyOfTheSectionsIsDecided()
    {
        size_t count = 0;
        for (const KnownKey &key : knownConfigKeys()) {
            if (!key.path.startsWith("server.") && !key.path.startsWith("upstream.") && !key.path.startsWith("admin."))
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
        Config wanted;
        change.make(wanted);
        const std::vector<QByteArray> keys = restartNeeded(Config(), wanted);
        QCOMPARE(keys, change.needsRestart ? std::vector{key} : std::vector<QByteArray>());
    }

    void nothingChanged() { QVERIFY(restartNeeded(Config(), Config()).empty()); }

    void whatNeedsARestartStaysAndTheRestIsTaken()
    {
        const Config running;
        Config wanted;
        wanted.server.host = "::1";
        wanted.server.port = 9000;
        wanted.server.ollamaPort = 11434;
        wanted.server.workers = 4;
        wanted.server.maxJsonDepth = 9;
        wanted.admin.port = 0;
        wanted.admin.enabled = false;
        QCOMPARE(restartNeeded(running, wanted),
                 (std::vector<QByteArray>{"server.host", "server.port", "server.ollama_port", "server.workers",
                                          "admin.port"}));
        const Config effective = withoutRestart(running, wanted);
        QCOMPARE(effective.server.host, running.server.host);
        QCOMPARE(effective.server.port, running.server.port);
        QCOMPARE(effective.server.ollamaPort, running.server.ollamaPort);
        QCOMPARE(effective.server.workers, running.server.workers);
        QCOMPARE(effective.server.maxJsonDepth, 9);
        QVERIFY(!effective.admin.port);
        QVERIFY(!effective.admin.enabled);
        QVERIFY(restartNeeded(running, effective).empty());
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RestartNeededTest)
#include "tst_restart_needed.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"
#include "gateway/config/config_reader.h"
#include "gateway/upstream/curl_transport.h"
#include "tests/support/fake_upstream.h"
#include "ui/setup/local_servers.h"
#include "ui/setup/ports.h"
#include "ui/setup/setup_config.h"

#include <QDir>
#include <QFile>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>

#include <unistd.h>

using namespace lunargate;
using namespace lunargate::ui;
using namespace std::chrono_literals;

namespace {

/// For its lifetime root may do what others may. Changes nothing for whoever is not root.
class WithoutRoot
{
public:
    WithoutRoot()
    {
        if (m_isRoot && ::seteuid(kNobody) != 0)
            qFatal("cannot do without root's rights");
    }
    ~WithoutRoot()
    {
        if (m_isRoot && ::seteuid(0) != 0)
            qFatal("cannot be root again");
    }
    WithoutRoot(const WithoutRoot &) = delete;
    WithoutRoot &operator=(const WithoutRoot &) = delete;

private:
    static constexpr uid_t kNobody = 65534;
    const bool m_isRoot = ::geteuid() == 0;
};

} // namespace

/// What the first steps find and write.
class SetupTest : public QObject
{
    Q_OBJECT

private:
    std::vector<FoundProvider> look(std::vector<LocalServer> servers, std::chrono::milliseconds limit = 15s)
    {
        CurlTransport transport({.proxies = {}});
        std::vector<FoundProvider> found;
        bool isDone = false;
        TaskRunner runner;
        runner.start(lookInto(transport, std::move(servers), limit, found),
                     [&isDone](const std::exception_ptr &) { isDone = true; });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(isDone, 20'000); }();
        return found;
    }

    static Task<> lookInto(Transport &transport, std::vector<LocalServer> servers, std::chrono::milliseconds limit,
                           std::vector<FoundProvider> &found)
    {
        found = co_await findLocalServers(transport, std::move(servers), deadlineIn(limit));
    }

    QString configFile() const { return m_folder->filePath(QStringLiteral("config.yaml")); }

    QByteArray config() const
    {
        QFile file(configFile());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void findsKeysOfKnownServices()
    {
        const std::vector<FoundProvider> found =
            providersWithKeys(Environment({{"OPENAI_API_KEY", "sk-secret"},
                                           {"GROQ_API_KEY", ""},
                                           {"GEMINI_API_KEY", "g"},
                                           {"PATH", "/bin"},
                                           {"AZURE_OPENAI_API_KEY", "needs an address, too"}}));
        QCOMPARE(found.size(), 2U);
        QCOMPARE(found[0].id, QByteArray("openai"));
        QCOMPARE(found[1].id, QByteArray("gemini"));
        QVERIFY(!describe(found[0]).contains(QStringLiteral("secret")));
        QVERIFY(describe(found[0]).contains(QStringLiteral("OPENAI_API_KEY")));
    }

    void findsLocalServers()
    {
        test::FakeUpstream ollama;
        ollama.on("/api/version", test::Script::json(200, R"({"version":"0.12.3"})"));
        ollama.on(
            "/v1/models",
            test::Script::json(200, R"({"data":[{"id":"nomic-embed-text"},{"id":"qwen3:8b"},{"id":"llama3.2"}]})"));
        test::FakeUpstream studio;
        studio.on("/v1/models", test::Script::json(200, R"({"data":[]})"));
        test::FakeUpstream llama;
        llama.on("/v1/models", test::Script::json(200, R"({"data":[{"id":"m","owned_by":"llamacpp"}]})"));
        const std::vector<FoundProvider> found = look({{.type = "ollama", .port = ollama.port()},
                                                       {.type = "lmstudio", .port = studio.port()},
                                                       {.type = "llamacpp", .port = llama.port()},
                                                       {.type = "llamacpp", .port = llama.port()}});
        QCOMPARE(found.size(), 4U);
        QCOMPARE(found[0].id, QByteArray("ollama"));
        QCOMPARE(found[0].baseUrl, ollama.url(""));
        QCOMPARE(found[0].model, QByteArray("qwen3:8b"));
        QCOMPARE(found[0].modelCount, 3);
        QCOMPARE(found[1].baseUrl, studio.url());
        QVERIFY(!found[1].isUsable());
        QCOMPARE(found[3].id, "llamacpp-" + QByteArray::number(llama.port()));
        QCOMPARE(ollama.requestCount(), 2);
        QVERIFY(ollama.request(0).header("Authorization").isEmpty());
    }

    void takesOtherServersForNothing()
    {
        test::FakeUpstream web;
        web.otherwise([](const test::ReceivedRequest &) {
            return test::Script::head(200, {{"Content-Type", "text/html"}}).body("<html>").end();
        });
        test::FakeUpstream other;
        other.on("/v1/models", test::Script::json(200, R"({"data":[{"id":"m","owned_by":"somebody"}]})"));
        test::FakeUpstream endless;
        endless.on(
            "/v1/models",
            test::Script::head(200, {{"Content-Type", "application/json"}}).repeat(QByteArray(65536, ' '), 1000).end());
        test::FakeUpstream failing;
        failing.on("/api/version", test::Script::json(500, "{}"));
        const quint16 closed = [] {
            QTcpServer server;
            server.listen(QHostAddress::LocalHost);
            return server.serverPort();
        }();
        QVERIFY(look({{.type = "ollama", .port = web.port()},
                      {.type = "lmstudio", .port = web.port()},
                      {.type = "llamacpp", .port = other.port()},
                      {.type = "lmstudio", .port = endless.port()},
                      {.type = "ollama", .port = failing.port()},
                      {.type = "ollama", .port = closed},
                      {.type = "unknown", .port = web.port()}})
                    .empty());
    }

    void waitsForNobodyForLong()
    {
        const test::DeafPort deaf;
        test::FakeUpstream silent;
        silent.on("/v1/models", test::Script::silence());
        test::FakeUpstream studio;
        studio.on("/v1/models", test::Script::json(200, R"({"data":[{"id":"m"}]})"));
        const std::vector<FoundProvider> found = look({{.type = "ollama", .port = deaf.port()},
                                                       {.type = "lmstudio", .port = silent.port()},
                                                       {.type = "lmstudio", .port = studio.port()}},
                                                      300ms);
        QCOMPARE(found.size(), 1U);
        QCOMPARE(found[0].baseUrl, studio.url());
    }

    void namesWhoHasAPort()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const std::optional<PortOwner> owner = ownerOfPort(server.serverPort());
        QVERIFY(owner);
        QCOMPARE(owner->pid, QCoreApplication::applicationPid());
        QVERIFY(QStringLiteral("tst_setup").startsWith(owner->program));
        QVERIFY(!isPortFree(server.serverPort()));
        QVERIFY(stateOfPort(server.serverPort()) == PortState::Taken);
        std::stop_source nobodyWaits;
        nobodyWaits.request_stop();
        QVERIFY(!ownerOfPort(server.serverPort(), nobodyWaits.get_token()));
        const std::optional<quint16> next = nextFreePort(server.serverPort());
        QVERIFY(next && *next > server.serverPort() && isPortFree(*next));
        const quint16 port = server.serverPort();
        server.close();
        QVERIFY(!ownerOfPort(port));
        QVERIFY(isPortFree(port));
        QVERIFY(stateOfPort(port) == PortState::Free);
    }

    void tellsWhyNobodyCanListen()
    {
        QVERIFY(stateAfter(EACCES) == PortState::Forbidden);
        QVERIFY(stateAfter(EPERM) == PortState::Forbidden);
        QVERIFY(stateAfter(EADDRINUSE) == PortState::Taken);
        QVERIFY(stateAfter(0) == PortState::Taken); // free on 127.0.0.1, taken on ::1
    }

    void tellsWhereThisUserMayNotListen()
    {
        constexpr quint16 kNobodysPort = 1019; // below 1024, and hardly ever in use
        const WithoutRoot user;
        if (isPortFree(kNobodysPort))
            QSKIP("every user of this machine may listen everywhere");
        QVERIFY(stateOfPort(kNobodysPort) == PortState::Forbidden);
    }

    void findsOwnersOfBothFamiliesInTheTables()
    {
        // What Linux shows, made by hand; a process of somebody else has no readable descriptors.
        const QString proc = m_folder->path();
        QDir().mkpath(proc + QStringLiteral("/net"));
        QDir().mkpath(proc + QStringLiteral("/41/fd"));
        QDir().mkpath(proc + QStringLiteral("/42/fd"));
        const auto put = [&proc](const char *name, const QByteArray &text) {
            QFile file(proc + QLatin1StringView(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        put("/net/tcp",
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
            "   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 111 1\n");
        put("/net/tcp6",
            "  sl  local_address remote_address st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
            "   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A "
            "00000000:00000000 00:00000000 00000000  1000        0 222 1\n");
        put("/41/comm", "client\n");
        put("/42/comm", "litellm\n");
        QVERIFY(QFile::link(QStringLiteral("socket:[111]"), proc + QStringLiteral("/41/fd/3")));
        QVERIFY(QFile::link(QStringLiteral("socket:[222]"), proc + QStringLiteral("/42/fd/3")));
        QCOMPARE(ownerOfPort(8080, {}, proc), (PortOwner{.pid = 42, .program = QStringLiteral("litellm")}));
        QVERIFY(!ownerOfPort(8081, {}, proc));
    }

    void theGatewayTakesWhatIsWritten_data()
    {
        QTest::addColumn<bool>("hasProviders");
        QTest::addColumn<bool>("hasPort");
        QTest::newRow("all") << true << true;
        QTest::newRow("port of the command line") << true << false;
        QTest::newRow("simulator") << false << true;
    }

    void theGatewayTakesWhatIsWritten()
    {
        QFETCH(const bool, hasProviders);
        QFETCH(const bool, hasPort);
        SetupChoice choice;
        if (hasPort)
            choice.port = 9123;
        if (hasProviders)
            choice.providers = {{.id = "openai", .type = "openai", .keyVariable = "OPENAI_API_KEY"},
                                {.id = "ollama",
                                 .type = "ollama",
                                 .baseUrl = "http://127.0.0.1:11434",
                                 .model = "qwen3:8b \"q\"",
                                 .modelCount = 1},
                                {.id = "llamacpp-8081",
                                 .type = "llamacpp",
                                 .baseUrl = "http://127.0.0.1:8081/v1",
                                 .model = "m",
                                 .modelCount = 1}};
        const QByteArray text = setupText(choice);
        QVERIFY2(!text.contains("sk-"), text.constData());
        const ConfigReading reading = readConfigText(text, "config.yaml", Environment({{"OPENAI_API_KEY", "sk-1"}}));
        for (const ConfigProblem &problem : reading.problems)
            qCritical("%s", problem.toText().constData());
        QVERIFY2(reading.config && reading.problems.empty(), text.constData());
        QCOMPARE(reading.config->server.port, hasPort ? 9123 : 8080);
        QCOMPARE(reading.config->providers.size(), hasProviders ? 3U : 1U);
        QCOMPARE(reading.config->routing.routes.size(), 1U);
    }

    void neverWritesOverAFile()
    {
        QVERIFY(writeNewConfig(configFile(), "a: 1\n").has_value());
        QCOMPARE(config(), QByteArray("a: 1\n"));
        QCOMPARE(QFile::permissions(configFile()) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        const auto again = writeNewConfig(configFile(), "b: 2\n");
        QVERIFY(!again);
        QVERIFY(again.error().contains(configFile()));
        QCOMPARE(config(), QByteArray("a: 1\n"));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
        QVERIFY(!writeNewConfig(configFile() + QStringLiteral("/below/config.yaml"), "a"));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(SetupTest)

#include "tst_setup.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/endpoints.h"

#include <QFile>
#include <QTest>

namespace lunargate {

class EndpointsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyEndpointHasTheRoleThatIsMeant();
    void theDocumentationSaysTheSame();
    void canonicalPathMendsBaseUrls_data();
    void canonicalPathMendsBaseUrls();
    void findsEndpoints_data();
    void findsEndpoints();
    void tellsWhatAPathAnswers_data();
    void tellsWhatAPathAnswers();
    void theRootOfTheOllamaPortIsThereAlone();
    void everythingBelowApiSpeaksOllama();
    void namesAreStableLabels();
};

// Whoever adds an endpoint says here, too, who may call it.
void EndpointsTest::everyEndpointHasTheRoleThatIsMeant()
{
    const std::map<QByteArray, Role> meant = {
        {"POST /v1/chat/completions", Role::Inference},
        {"POST /v1/messages", Role::Inference},
        {"POST /v1/messages/count_tokens", Role::Inference},
        {"POST /v1/embeddings", Role::Inference},
        {"POST /v1/responses", Role::Inference},
        {"GET /v1/responses", Role::Inference},
        {"POST /v1/responses/compact", Role::Inference},
        {"POST /v1/responses/input_tokens", Role::Inference},
        {"GET /v1/responses/*", Role::Inference},
        {"DELETE /v1/responses/*", Role::Inference},
        {"POST /v1/responses/*", Role::Inference},
        {"GET /v1/models", Role::Inference},
        {"GET /v1/models/*", Role::Inference},
        {"POST /api/chat", Role::Inference},
        {"POST /api/generate", Role::Inference},
        {"POST /api/embed", Role::Inference},
        {"POST /api/embeddings", Role::Inference},
        {"GET /api/tags", Role::Inference},
        {"POST /api/show", Role::Inference},
        {"GET /api/ps", Role::Inference},
        {"GET /api/version", Role::Inference},
        {"POST /api/pull", Role::Inference},
        {"POST /api/push", Role::Inference},
        {"POST /api/create", Role::Inference},
        {"POST /api/copy", Role::Inference},
        {"DELETE /api/delete", Role::Inference},
        {"GET /admin/v1/config", Role::Admin},
        {"POST /admin/v1/reload", Role::Admin},
        {"GET /admin/v1/limits", Role::Admin},
        {"GET /admin/v1/cache", Role::Admin},
        {"DELETE /admin/v1/cache", Role::Admin},
        {"POST /admin/v1/explain", Role::Admin},
        {"GET /admin/v1/circuits", Role::Admin},
        {"POST /admin/v1/circuits/*", Role::Admin},
        {"GET /admin/v1/remote", Role::Admin},
        {"GET /admin/v1/requests", Role::Admin},
        {"DELETE /admin/v1/requests", Role::Admin},
        {"GET /admin/v1/requests/running", Role::Admin},
        {"GET /admin/v1/requests/*", Role::Admin},
        {"GET /admin/v1/events", Role::Admin},
        {"GET /admin/v1/stats", Role::Admin},
        {"GET /health", Role::Public},
        {"GET /ready", Role::Public},
        {"GET /metrics", Role::Public},
    };
    std::map<QByteArray, Role> actual;
    for (const Endpoint &endpoint : endpoints()) {
        QByteArray key = endpoint.method.toByteArray() + ' ' + endpoint.path.toByteArray();
        if (endpoint.hasTail)
            key += '*';
        QVERIFY2(actual.emplace(key, endpoint.role).second, key.constData());
        // Everything under /v1/ costs money or tells what can be had.
        QVERIFY2(!endpoint.path.startsWith("/v1/") || endpoint.role != Role::Public, key.constData());
    }
    for (const auto &[key, role] : actual)
        QVERIFY2(meant.contains(key) && meant.at(key) == role, key.constData());
    QCOMPARE(actual.size(), meant.size());
}

// docs/security.md has the table for users.
void EndpointsTest::theDocumentationSaysTheSame()
{
    QFile file(QStringLiteral(LUNARGATE_SOURCE_DIR "/docs/security.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArrayList documented;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("| `") && QChar::fromLatin1(line[3]).isUpper()) // a method
            documented.append(line.trimmed());
    }
    const std::map<Role, QByteArray> names = {
        {Role::Public, "public"}, {Role::Inference, "inference"}, {Role::Admin, "admin"}};
    QByteArrayList actual;
    for (const Endpoint &endpoint : endpoints())
        actual.append("| `" + endpoint.method.toByteArray() + ' ' + endpoint.path.toByteArray() +
                      (endpoint.hasTail ? "*" : "") + "` | " + names.at(endpoint.role) + " |");
    std::ranges::sort(documented);
    std::ranges::sort(actual);
    QCOMPARE(documented, actual);
}

void EndpointsTest::canonicalPathMendsBaseUrls_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("canonical");
    const auto row = [](QByteArray path, QByteArray canonical) {
        QTest::newRow(path.isEmpty() ? "nothing" : path.constData()) << path << std::move(canonical);
    };
    row("/v1/chat/completions", "/v1/chat/completions");
    row("/chat/completions", "/v1/chat/completions");
    row("/v1/v1/chat/completions", "/v1/chat/completions");
    row("/v1/v1/v1/chat/completions/", "/v1/chat/completions");
    row("/v1/chat/completions/", "/v1/chat/completions");
    row("/v1/chat/completions///", "/v1/chat/completions");
    row("/responses", "/v1/responses");
    row("/embeddings", "/v1/embeddings");
    row("/messages", "/v1/messages");
    row("/v1/v1/messages", "/v1/messages");
    row("/v1/messages/", "/v1/messages");
    row("/messages/count_tokens", "/v1/messages/count_tokens");
    row("/v1/v1/messages/count_tokens", "/v1/messages/count_tokens");
    row("/models", "/v1/models");
    row("/v1/models/", "/v1/models");
    row("/models/openai/gpt-4o", "/v1/models/openai/gpt-4o");
    row("/v1/v1/models/a", "/v1/models/a");
    row("/v1/models/a/", "/v1/models/a");
    row("/health/", "/health");
    row("/v1/health", "/v1/health");
    row("/V1/models", "/V1/models");
    row("//v1/models", "//v1/models");
    row("/v1", "/v1");
    row("/v1/v1/", "/v1/v1");
    row("/", "/");
    row("//", "/");
    row("", "");
    row("*", "*");
    row("/unknown", "/unknown");
    row("/v1/v1/unknown", "/v1/unknown");
}

void EndpointsTest::canonicalPathMendsBaseUrls()
{
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, canonical);
    QCOMPARE(canonicalPath(path), canonical);
}

void EndpointsTest::findsEndpoints_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("name"); // empty: none
    const auto row = [](QByteArray method, QByteArray path, QByteArray name) {
        QTest::newRow((method + ' ' + path).constData()) << method << path << std::move(name);
    };
    row("POST", "/v1/chat/completions", "chat_completions");
    row("POST", "/v1/responses", "responses");
    row("POST", "/v1/embeddings", "embeddings");
    row("POST", "/v1/messages", "messages");
    row("POST", "/v1/messages/count_tokens", "count_tokens");
    row("GET", "/v1/messages", "");
    row("GET", "/v1/models", "models");
    row("GET", "/v1/models/a", "model");
    row("GET", "/v1/models/a/b/c", "model");
    row("HEAD", "/health", "health");
    row("GET", "/admin/v1/requests/running", "requests_running");
    row("GET", "/admin/v1/requests/running2", "request");
    row("GET", "/admin/v1/circuits", "circuits");
    row("POST", "/admin/v1/circuits/openai/reset", "circuit_action");
    row("POST", "/admin/v1/circuits", "");
    row("GET", "/admin/v1/circuits/openai/reset", "");
    row("GET", "/metrics", "metrics");
    row("GET", "/v1/chat/completions", "");
    row("HEAD", "/v1/chat/completions", "");
    row("POST", "/v1/chat/completions/x", "");
    row("POST", "/v1/chat/completion", "");
    row("GET", "/v1/models/", "");
    row("DELETE", "/v1/models/a", "");
    row("get", "/health", "");
    row("GET", "/healthy", "");
    row("GET", "/", "");
}

void EndpointsTest::findsEndpoints()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, name);
    const EndpointMatch match = findEndpoint(method, path);
    QCOMPARE(match.endpoint ? match.endpoint->name.toByteArray() : QByteArray(), name);
    QVERIFY(!match.endpoint || match.endpoint == match.atPath);
}

void EndpointsTest::tellsWhatAPathAnswers_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("allowed"); // empty: there is no such path
    QTest::newRow("chat") << QByteArray("/v1/chat/completions") << QByteArray("POST");
    QTest::newRow("models") << QByteArray("/v1/models") << QByteArray("GET, HEAD");
    QTest::newRow("a name where others have a tail")
        << QByteArray("/admin/v1/requests/running") << QByteArray("GET, HEAD");
    QTest::newRow("unknown") << QByteArray("/v1/unknown") << QByteArray();
}

void EndpointsTest::tellsWhatAPathAnswers()
{
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, allowed);
    const EndpointMatch match = findEndpoint("PATCH", path);
    QVERIFY(!match.endpoint);
    QCOMPARE(match.atPath != nullptr, !allowed.isEmpty());
    QCOMPARE(match.allowedMethods, allowed);
}

void EndpointsTest::theRootOfTheOllamaPortIsThereAlone()
{
    const ServedRoles ollama{.inference = true, .admin = false, .isOllama = true};
    for (const char *method : {"GET", "HEAD"}) {
        const EndpointMatch match = findEndpoint(method, "/", ollama);
        QVERIFY(match.endpoint && match.endpoint == match.atPath);
        QCOMPARE(match.endpoint->name, "ollama_root");
        QCOMPARE(match.endpoint->role, Role::Public);
    }
    const EndpointMatch post = findEndpoint("POST", "/", ollama);
    QVERIFY(!post.endpoint && post.atPath);
    QCOMPARE(post.allowedMethods, "GET, HEAD");
    const EndpointMatch elsewhere = findEndpoint("GET", "/");
    QVERIFY(!elsewhere.endpoint || elsewhere.endpoint->name != "ollama_root");
    QVERIFY(findEndpoint("POST", "/v1/chat/completions", ollama).endpoint);
    QVERIFY(!findEndpoint("GET", "/admin/v1/config", ollama).endpoint);
}

void EndpointsTest::everythingBelowApiSpeaksOllama()
{
    for (const Endpoint &endpoint : endpoints())
        QCOMPARE(endpoint.dialect == ChatProtocol::Ollama, endpoint.path.startsWith("/api/"));
}

void EndpointsTest::namesAreStableLabels()
{
    std::set<QByteArray> names;
    for (const Endpoint &endpoint : endpoints()) {
        QVERIFY(names.insert(endpoint.name.toByteArray()).second);
        for (const char c : endpoint.name)
            QVERIFY((c >= 'a' && c <= 'z') || c == '_');
    }
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::EndpointsTest)
#include "tst_endpoints.moc"

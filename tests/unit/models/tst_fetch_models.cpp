// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/models/fetch_models.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/pipeline/scripted_transport.h"

#include <QTest>

using namespace std::chrono_literals;

namespace lunargate {

using test::Script;
using test::ScriptedTransport;

namespace {

/// A page is `MODEL MODEL …|NEXT`; a page that is no such text makes no sense.
class PagedProvider : public Provider
{
public:
    using Provider::Provider;

    PreparedCall chatCall(const ChatRequest &, const QByteArray &) const override { return nullptr; }
    UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body) const override
    {
        return {.error = {.kind = ErrorKind::UpstreamStatus,
                          .reason = "upstream_error",
                          .message = body.toByteArray(),
                          .upstreamStatus = head.status}};
    }
    std::optional<UpstreamRequest> modelsRequest(const QByteArray &page) const override
    {
        UpstreamRequest request;
        request.method = "GET";
        request.url = QUrl(QStringLiteral("http://p.test/models?page=") + QString::fromUtf8(page));
        return request;
    }
    Result<ModelPage> readModels(const QByteArray &body) const override
    {
        const qsizetype bar = body.indexOf('|');
        if (bar < 0)
            return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol, .reason = "odd", .message = body});
        ModelPage page{.models = {}, .nextPage = body.sliced(bar + 1)};
        for (const QByteArray &id : body.first(bar).split(' '))
            page.models.push_back({.id = id});
        return page;
    }
};

class ListlessProvider : public PagedProvider
{
public:
    using PagedProvider::PagedProvider;
    std::optional<UpstreamRequest> modelsRequest(const QByteArray &) const override { return std::nullopt; }
};

template <typename T = PagedProvider>
std::shared_ptr<const Provider> provider()
{
    ProviderConfig config;
    config.id = "p";
    return std::make_shared<const T>(config);
}

Script page(const QByteArray &body)
{
    return std::move(Script().bytes(body));
}

Result<std::vector<ProviderModel>> fetched(ScriptedTransport &transport, TimePoint deadline = kNever)
{
    auto result = test::runTask(fetchModels(provider(), transport, deadline));
    return result ? *std::move(result) : std::unexpected(Error{.reason = "did not end", .message = {}});
}

QByteArray ids(const std::vector<ProviderModel> &models)
{
    QByteArrayList list;
    for (const ProviderModel &model : models)
        list << model.id;
    return list.join(' ');
}

} // namespace

/// One provider's list, page by page.
class FetchModelsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsAListOfOnePage()
    {
        ScriptedTransport transport({std::move(Script().bytes("a ").bytes("b").bytes("|"))});
        const auto models = fetched(transport);
        QVERIFY(models);
        QCOMPARE(ids(*models), "a b");
        QCOMPARE(transport.requests.size(), 1);
        QCOMPARE(transport.alive, 0);
    }

    void followsPagesInOrder()
    {
        ScriptedTransport transport({page("a b|2"), page("c|3"), page("d|")});
        const auto models = fetched(transport);
        QVERIFY(models);
        QCOMPARE(ids(*models), "a b c d");
        QCOMPARE(transport.requests.size(), 3);
        QCOMPARE(transport.requests[2].url.toEncoded(), "http://p.test/models?page=3");
    }

    void endsWithAPageThatNamesItself()
    {
        ScriptedTransport transport({page("a|2"), page("b|2"), page("never|")});
        const auto models = fetched(transport);
        QVERIFY(models);
        QCOMPARE(ids(*models), "a b");
    }

    void asksForABoundedNumberOfPages()
    {
        std::deque<Script> scripts;
        for (int i = 0; i < 100; ++i)
            scripts.push_back(page("m|" + QByteArray::number(i)));
        ScriptedTransport transport(std::move(scripts));
        const auto models = fetched(transport);
        QVERIFY(models);
        QCOMPARE(models->size(), 20);
        QCOMPARE(transport.requests.size(), 20);
    }

    void tellsWhatWentWrong_data()
    {
        QTest::addColumn<Script>("last");
        QTest::addColumn<QByteArray>("reason");
        const Error reset = {.kind = ErrorKind::UpstreamTransport, .reason = "connection_reset", .message = {}};
        QTest::newRow("not reached") << Script::failing(reset) << QByteArray("connection_reset");
        QTest::newRow("cut") << std::move(Script().bytes("a").fail(reset)) << QByteArray("connection_reset");
        QTest::newRow("error status") << std::move(Script(401).bytes("no")) << QByteArray("upstream_error");
        QTest::newRow("redirect") << Script(302) << QByteArray("upstream_redirect");
        QTest::newRow("nonsense") << page("nonsense") << QByteArray("odd");
        QTest::newRow("over the limit") << page(QByteArray(17 * 1024 * 1024, 'x'))
                                        << QByteArray("upstream_answer_too_large");
    }

    void tellsWhatWentWrong()
    {
        QFETCH(const Script, last);
        QFETCH(const QByteArray, reason);
        for (const bool isFirst : {true, false}) {
            std::deque<Script> scripts = {page("a|2"), last};
            if (isFirst)
                scripts.pop_front();
            ScriptedTransport transport(std::move(scripts));
            const auto models = fetched(transport);
            QVERIFY(!models);
            QCOMPARE(models.error().reason, reason);
            QCOMPARE(transport.alive, 0);
        }
    }

    void givesUpAtTheDeadline_data()
    {
        QTest::addColumn<Script>("script");
        QTest::newRow("head") << Script::silent();
        QTest::newRow("body") << std::move(Script().bytes("a").wait());
    }

    void givesUpAtTheDeadline()
    {
        QFETCH(const Script, script);
        ScriptedTransport transport({script});
        const auto models = fetched(transport, Clock::now() + 5ms);
        QVERIFY(!models);
        QCOMPARE(models.error().kind, ErrorKind::UpstreamTimeout);
        QCOMPARE(transport.alive, 0);
    }

    void saysThatAProtocolHasNoList()
    {
        ScriptedTransport transport({});
        const auto models = test::runTask(fetchModels(provider<ListlessProvider>(), transport, kNever));
        QVERIFY(models && !*models);
        QCOMPARE(models->error().reason, "models_not_supported");
        QCOMPARE(transport.requests.size(), 0);
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::FetchModelsTest)
#include "tst_fetch_models.moc"

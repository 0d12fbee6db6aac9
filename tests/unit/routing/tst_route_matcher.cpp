// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/route_matcher.h"
#include "gateway/routing/route_plan.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

using namespace lunargate;

using Rules = std::map<QByteArray, QByteArray>;

class TestRouteMatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void matchesPathsByPrefix_data()
    {
        QTest::addColumn<QByteArray>("prefix");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("isMatch");
        const QByteArray chat = "/v1/chat/completions";
        QTest::newRow("empty is any") << QByteArray() << chat << true;
        QTest::newRow("star is any") << QByteArray("*") << chat << true;
        QTest::newRow("same") << chat << chat << true;
        QTest::newRow("prefix") << QByteArray("/v1/ch") << chat << true;
        QTest::newRow("prefix with star") << QByteArray("/v1/*") << chat << true;
        QTest::newRow("other path") << QByteArray("/v1/embeddings") << chat << false;
        QTest::newRow("longer than the path") << chat + "/x" << chat << false;
    }

    void matchesPathsByPrefix()
    {
        QFETCH(QByteArray, prefix);
        QFETCH(QByteArray, path);
        Config config = test::someProviders();
        config.routing.routes = {test::route("only", {test::target("openai")})};
        config.routing.routes[0].pathPrefix = prefix;
        const HeaderList none;
        QTEST(RouteMatcher(config).match({.path = path, .headers = none}).has_value(), "isMatch");
    }

    void tellsWhatItPassedOverAndWhy_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("routeHeader");
        QTest::addColumn<QByteArrayList>("passedOver"); // index, reason, header, wanted and found
        const QByteArrayList before = {"0 no targets", "1 path /v1/embeddings /v1/chat", "2 header x-team blue red",
                                       "3 header x-app one -", "4 header x-team - red"};
        QTest::newRow("all before") << QByteArray("/v1/chat") << QByteArray() << before;
        QTest::newRow("first one matches") << QByteArray("/v1/embeddings") << QByteArray() << before.first(1);
        QTest::newRow("by name") << QByteArray("/v1/chat") << QByteArray("last")
                                 << QByteArrayList{"0 no targets",     "1 name embeddings last", "2 name blue last",
                                                   "3 name both last", "4 name none last",       "5 name chat last"};
        QTest::newRow("none matches") << QByteArray("/v1/other") << QByteArray("chat")
                                      << QByteArrayList{"0 no targets",     "1 name embeddings chat",
                                                        "2 name blue chat", "3 name both chat",
                                                        "4 name none chat", "5 path /v1/chat /v1/other",
                                                        "6 name last chat"};
    }

    void tellsWhatItPassedOverAndWhy()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, routeHeader);
        QFETCH(QByteArrayList, passedOver);
        Config config = test::someProviders();
        const auto add = [&](const char *name, const char *prefix, const Rules &rules) {
            RouteConfig route = test::route(name, {test::target("openai")});
            route.pathPrefix = prefix;
            route.headers = rules;
            config.routing.routes.push_back(route);
        };
        add("empty", "", {});
        config.routing.routes.front().targets.clear();
        add("embeddings", "/v1/embeddings", {});
        add("blue", "*", {{"X-Team", "blue"}});
        add("both", "", {{"x-app", "one"}, {"x-team", "blue"}});
        add("none", "", {{"x-team", ""}});
        add("chat", "/v1/chat", {});
        add("last", "", {});
        HeaderList headers = {{"X-Team", "red"}};
        if (!routeHeader.isEmpty())
            headers.add("X-LunarGate-Route", routeHeader);
        std::vector<PassedOverRoute> routes;
        const RouteMatcher matcher(config);
        QCOMPARE(matcher.match({.path = path, .headers = headers}, &routes).has_value(),
                 matcher.match({.path = path, .headers = headers}).has_value());
        QByteArrayList texts;
        for (const PassedOverRoute &route : routes) {
            static constexpr const char *kReasons[] = {"no targets", "name", "path", "header"};
            QByteArrayList words = {QByteArray::number(qulonglong{route.routeIndex}), kReasons[int(route.reason)]};
            if (route.reason == PassedOverRoute::Reason::Header)
                words << route.header;
            if (route.reason != PassedOverRoute::Reason::NoTargets)
                words << (route.wanted.isEmpty() ? "-" : route.wanted) << (route.found.isEmpty() ? "-" : route.found);
            texts << words.join(' ');
        }
        QCOMPARE(texts, passedOver);
    }

    void matchesHeaders_data()
    {
        QTest::addColumn<Rules>("rules");
        QTest::addColumn<bool>("isMatch");
        QTest::newRow("a well-known header") << Rules{{"x-team", "red"}} << true;
        QTest::newRow("any header at all") << Rules{{"user-agent", "curl/8"}} << true;
        QTest::newRow("both of two") << Rules{{"x-team", "red"}, {"user-agent", "curl/8"}} << true;
        QTest::newRow("one of two") << Rules{{"x-team", "red"}, {"user-agent", "wget"}} << false;
        QTest::newRow("value in another case") << Rules{{"x-team", "Red"}} << false;
        QTest::newRow("part of the value") << Rules{{"x-team", "re"}} << false;
        QTest::newRow("absent header") << Rules{{"x-app", "one"}} << false;
        QTest::newRow("must be absent and is") << Rules{{"x-app", ""}} << true;
        QTest::newRow("must be absent and is not") << Rules{{"x-team", ""}} << false;
        QTest::newRow("name in capitals") << Rules{{"X-Team", "red"}} << true;
        QTest::newRow("first value of two") << Rules{{"x-twice", "first"}} << true;
        QTest::newRow("second value of two") << Rules{{"x-twice", "second"}} << false;
        QTest::newRow("request type") << Rules{{"x-lunargate-request-type", "chat_completions"}} << true;
        QTest::newRow("model as resolved") << Rules{{"x-lunargate-model", "groq/llama"}} << true;
        QTest::newRow("model as the client's header said") << Rules{{"x-lunargate-model", "fast"}} << false;
        QTest::newRow("provider as resolved") << Rules{{"x-lunargate-provider", "groq"}} << true;
        QTest::newRow("computed complexity") << Rules{{"x-lunargate-complexity", "4-5"}} << true;
        QTest::newRow("complexity that the client claims") << Rules{{"x-lunargate-complexity", "0-1"}} << false;
        QTest::newRow("skill that the client claims") << Rules{{"x-lunargate-skill", "coding"}} << false;
        QTest::newRow("score that the client claims") << Rules{{"x-lunargate-complexity-score", "9"}} << false;
        QTest::newRow("need of tools that the client claims") << Rules{{"x-lunargate-requires-tools", "true"}} << false;
        QTest::newRow("original path that the client claims") << Rules{{"x-lunargate-original-path", "/"}} << false;
        QTest::newRow("configured header that the client claims") << Rules{{"x-tier", "6+"}} << false;
        QTest::newRow("user") << Rules{{"x-lunargate-user", "ann"}} << true;
        QTest::newRow("gateway's place") << Rules{{"x-lunargate-gateway-lat", "50.1"}} << true;
    }

    void matchesHeaders()
    {
        QFETCH(Rules, rules);
        Config config = test::someProviders();
        config.modelSelection.scoreHeader = "X-Tier";
        config.dataSharing.gatewayLat = "50.1";
        config.routing.routes = {test::route("only", {test::target("openai")})};
        config.routing.routes[0].headers = rules;
        const HeaderList client = {{"X-Team", "red"},
                                   {"User-Agent", "curl/8"},
                                   {"X-Twice", "first"},
                                   {"X-Twice", "second"},
                                   {"X-LunarGate-Model", "fast"},
                                   {"X-LunarGate-User", "ann"},
                                   {"X-LunarGate-Request-Type", "embeddings"},
                                   {"X-LunarGate-Complexity", "0-1"},
                                   {"X-LunarGate-Complexity-Score", "9"},
                                   {"X-LunarGate-Skill", "coding"},
                                   {"X-LunarGate-Requires-Tools", "true"},
                                   {"X-LunarGate-Original-Path", "/"},
                                   {"X-LunarGate-Gateway-Lat", "0"},
                                   {"X-Tier", "6+"}};
        RequestedModel requested;
        requested.provider = "groq";
        requested.name = "groq/llama";
        const RoutingRequest request{.path = "/v1/chat/completions",
                                     .requestType = "chat_completions",
                                     .headers = client,
                                     .requested = requested,
                                     .computedHeaders = {{"X-LunarGate-Complexity", "4-5"}}};
        QTEST(RouteMatcher(config).match(request).has_value(), "isMatch");
    }

    void takesTheFirstRouteInFileOrder()
    {
        Config config = test::someProviders();
        config.routing.routes = {test::route("embeddings", {test::target("openai")}), test::route("empty", {}),
                                 test::route("first", {test::target("openai")}),
                                 test::route("second", {test::target("openai")})};
        config.routing.routes[0].pathPrefix = "/v1/embeddings";
        const HeaderList none;
        const auto match = RouteMatcher(config).match({.path = "/v1/chat/completions", .headers = none});
        QVERIFY(match);
        QCOMPARE(*match, std::size_t{2});
    }

    void triesTheAlternativePathLast_data()
    {
        QTest::addColumn<QList<QByteArray>>("prefixes");
        QTest::addColumn<int>("index");
        QTest::newRow("only chat") << QList<QByteArray>{"/v1/chat/completions"} << 0;
        QTest::newRow("only responses") << QList<QByteArray>{"/v1/responses"} << 0;
        QTest::newRow("chat stands first") << QList<QByteArray>{"/v1/chat/completions", "/v1/responses"} << 1;
        QTest::newRow("any stands first") << QList<QByteArray>{"*", "/v1/responses"} << 0;
    }

    void triesTheAlternativePathLast()
    {
        QFETCH(QList<QByteArray>, prefixes);
        QFETCH(int, index);
        Config config = test::someProviders();
        for (const QByteArray &prefix : prefixes) {
            config.routing.routes.push_back(test::route(prefix, {test::target("openai")}));
            config.routing.routes.back().pathPrefix = prefix;
        }
        const HeaderList none;
        const auto match = RouteMatcher(config).match(
            {.path = "/v1/responses", .alternativePath = "/v1/chat/completions", .headers = none});
        QVERIFY(match);
        QCOMPARE(*match, static_cast<std::size_t>(index));
    }

    void obeysTheRouteHeader_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("index");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("second route") << QByteArray("slow") << 1 << QByteArray();
        QTest::newRow("blanks around") << QByteArray(" slow ") << 1 << QByteArray();
        QTest::newRow("blank is any") << QByteArray(" ") << 0 << QByteArray();
        QTest::newRow("rules still count") << QByteArray("embeddings") << -1 << QByteArray("no_route");
        QTest::newRow("unknown") << QByteArray("none such") << -1 << QByteArray("unknown_route");
        QTest::newRow("other case") << QByteArray("Slow") << -1 << QByteArray("unknown_route");
        QTest::newRow("without targets") << QByteArray("empty") << -1 << QByteArray("unknown_route");
    }

    void obeysTheRouteHeader()
    {
        QFETCH(QByteArray, name);
        QFETCH(int, index);
        QFETCH(QByteArray, reason);
        const Config config = namedRoutes();
        const HeaderList headers = {{"x-lunargate-route", name}};
        const auto match = RouteMatcher(config).match({.path = "/v1/chat/completions", .headers = headers});
        QCOMPARE(match ? static_cast<int>(*match) : -1, index);
        if (!match)
            QCOMPARE(match.error().reason, reason);
    }

    void namesTheRoutesThatThereAre()
    {
        const Config config = namedRoutes();
        const HeaderList headers = {{"X-LunarGate-Route", "none such"}};
        const auto match = RouteMatcher(config).match({.path = "/v1/chat/completions", .headers = headers});
        QVERIFY(!match);
        QCOMPARE(match.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(match.error().param, "X-LunarGate-Route");
        QCOMPARE(match.error().message, "there is no route \"none such\"; routes are: fast, slow, embeddings");
    }

    void saysThatNoRouteMatched()
    {
        Config config = namedRoutes();
        config.routing.routes.clear();
        const HeaderList none;
        const auto match = RouteMatcher(config).match({.path = "/v1/chat/completions", .headers = none});
        QVERIFY(!match);
        QCOMPARE(match.error().kind, ErrorKind::NoRoute);
        QCOMPARE(match.error().reason, "no_route");
        QVERIFY(match.error().message.startsWith("no route matched for this request"));
        QVERIFY(match.error().message.contains("\"/v1/chat/completions\""));
    }

private:
    static Config namedRoutes()
    {
        Config config = test::someProviders();
        config.routing.routes = {test::route("fast", {test::target("openai")}),
                                 test::route("slow", {test::target("openai")}), test::route("empty", {}),
                                 test::route("embeddings", {test::target("openai")})};
        config.routing.routes[3].pathPrefix = "/v1/embeddings";
        return config;
    }
};

QTEST_APPLESS_MAIN(TestRouteMatcher)
#include "tst_route_matcher.moc"

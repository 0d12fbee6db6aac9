// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/known_names.h"

#include "gateway/config/config.h"

#include <QTest>

#include <algorithm>

using namespace lunargate;

namespace {

bool contains(const std::vector<QByteArray> &names, const QByteArray &name)
{
    return std::ranges::find(names, name) != names.end();
}

TargetConfig target(const char *provider, const char *model)
{
    TargetConfig result;
    result.provider = provider;
    result.model = model;
    return result;
}

} // namespace

class tst_known_names : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsEveryNameOfTheConfiguration()
    {
        ProviderConfig openai;
        openai.id = "openai";
        openai.defaultModel = "gpt-4o";
        openai.models.staticModels = {"gpt-4o-mini", "openai/o4-mini"};
        ProviderConfig openrouter;
        openrouter.id = "openrouter";
        RouteConfig route;
        route.name = "default";
        route.targets = {target("openai", "gpt-4.1"), target("openai", "")};
        route.fallback = {target("openrouter", "meta-llama/llama-3.3-70b")};
        Config config;
        config.providers = {openai, openrouter};
        config.routing.routes = {route};
        config.routing.modelAliases = {{"fast", "openrouter/qwen/qwen3"}};
        config.security.keys = {{.name = "app"}};
        QVERIFY(knownNames(config).callers.empty());
        config.security.enabled = true;
        QCOMPARE(knownNames(config).callers, (std::vector<QByteArray>{"app", "other"}));
        config.dataSharing.remoteControl = true;
        QCOMPARE(knownNames(config).callers, (std::vector<QByteArray>{"app", "other", "remote-control"}));

        const KnownNames names = knownNames(config);
        QVERIFY(names.providers == (std::vector<QByteArray>{"openai", "openrouter"}));
        QVERIFY(names.routes == std::vector<QByteArray>{"default"});
        for (const char *model :
             {"gpt-4o", "gpt-4o-mini", "o4-mini", "gpt-4.1", "meta-llama/llama-3.3-70b", "qwen/qwen3"})
            QVERIFY2(contains(names.models, model), model);
        QVERIFY(!contains(names.models, ""));
        QVERIFY(!contains(names.models, "fast"));
    }
};

QTEST_APPLESS_MAIN(tst_known_names)
#include "tst_known_names.moc"

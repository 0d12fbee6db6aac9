// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_names.h"

#include "gateway/config/config.h"

#include <QTest>

namespace lunargate {

class OllamaNamesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void latestIsSaidOrNot_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("meant");
        const auto row = [](QByteArray name, QByteArray meant) {
            QTest::newRow(name.constData()) << name << std::move(meant);
        };
        row("gpt-4o", "gpt-4o");
        row("gpt-4o:latest", "gpt-4o");
        row("openai/gpt-4o:latest", "openai/gpt-4o");
        row("fast:latest", "fast");
        row("unknown", "unknown");
        row("unknown:latest", "unknown");
        row("unknown:8b", "unknown:8b");
        // The configuration names it with its tag.
        row("llama3.2:latest", "llama3.2:latest");
        row("llama3.2", "llama3.2:latest");
        row("local/llama3.2", "local/llama3.2:latest");
        row("openai/llama3.2", "openai/llama3.2");
        row("listed", "listed:latest");
        // Its provider told it.
        row("told:latest", "told:latest");
        row("told", "told:latest");
        row("local/told", "local/told:latest");
        row("own", "own:latest");
    }

    void latestIsSaidOrNot()
    {
        QFETCH(const QByteArray, name);
        QFETCH(const QByteArray, meant);
        ProviderConfig openAi;
        openAi.id = "openai";
        ProviderConfig local;
        local.id = "local";
        local.defaultModel = "own:latest";
        local.models.staticModels = {"listed:latest"};
        Config config;
        config.providers = {openAi, local};
        RouteConfig route;
        route.name = "all";
        TargetConfig first;
        first.provider = "openai";
        first.model = "gpt-4o";
        TargetConfig second;
        second.provider = "local";
        second.model = "llama3.2:latest";
        route.targets = {first};
        route.fallback = {second};
        config.routing.routes = {route};
        config.routing.modelAliases["fast"] = "openai/gpt-4o";
        const auto catalogue = [] {
            Config withTold;
            ProviderConfig provider;
            provider.id = "local";
            provider.models.mode = ModelsMode::Static;
            provider.models.staticModels = {"told:latest"};
            withTold.providers = {provider};
            return ModelCatalogue(withTold, 1);
        };
        QCOMPARE(api::modelMeant(config, catalogue, name), meant);
    }

    void catalogueHasEither()
    {
        Config config;
        ProviderConfig local;
        local.id = "local";
        local.models.mode = ModelsMode::Static;
        local.models.staticModels = {"a:latest", "b"};
        config.providers = {local};
        const ModelCatalogue catalogue(config, 1);
        for (const char *name : {"a", "a:latest", "local/a", "local/a:latest"}) {
            const ModelEntry *model = api::findModel(catalogue, name);
            QVERIFY2(model && model->id == "local/a:latest", name);
        }
        for (const char *name : {"b", "b:latest", "local/b:latest"}) {
            const ModelEntry *model = api::findModel(catalogue, name);
            QVERIFY2(model && model->id == "local/b", name);
        }
        QVERIFY(!api::findModel(catalogue, "c") && !api::findModel(catalogue, "b:8b"));
    }
};

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::OllamaNamesTest)
#include "tst_ollama_names.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_catalogue.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

using namespace lunargate;

class TestModelCatalogue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void listsTheModelsOfAProvider_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("baseUrl");
        QTest::addColumn<QByteArray>("defaultModel");
        QTest::addColumn<ModelsMode>("mode");
        QTest::addColumn<QByteArray>("ids");
        const QByteArray openai = "p/gpt-3.5-turbo p/gpt-4 p/gpt-4-turbo p/gpt-4o p/gpt-4o-mini p/routed p/spare "
                                  "p/text-embedding-3-large p/text-embedding-3-small p/text-embedding-ada-002";
        const QByteArray anthropic = "p/claude-3-5-sonnet-20241022 p/claude-3-haiku-20240307 p/claude-3-opus-20240229 "
                                     "p/claude-3-sonnet-20240229 p/routed p/spare";
        const auto row = [](const char *scenario, const char *type, const char *baseUrl, const char *defaultModel,
                            ModelsMode mode, const QByteArray &ids) {
            QTest::newRow(scenario) << QByteArray(type) << QByteArray(baseUrl) << QByteArray(defaultModel) << mode
                                    << ids;
        };
        using enum ModelsMode;
        row("openai", "openai", "", "", Translator, openai);
        row("openai by its address", "openai", "https://api.openai.com/v1", "", Translator, openai);
        row("openai in Europe", "openai", "https://eu.api.openai.com/v1", "", Translator, openai);
        row("somebody else's address", "openai", "https://api.deepseek.com", "deepseek-chat", Translator,
            "p/deepseek-chat p/routed p/spare");
        row("an address that only looks alike", "openai", "https://notapi.openai.com/v1", "", Translator,
            "p/routed p/spare");
        row("fetch without a list is as translator", "openai", "https://api.deepseek.com", "", Fetch,
            "p/routed p/spare");
        row("anthropic", "anthropic", "", "", Translator, anthropic);
        row("anthropic's protocol elsewhere", "anthropic", "https://api.z.ai/api/anthropic", "", Translator,
            "p/routed p/spare");
        row("ollama", "ollama", "http://10.0.0.1:11434", "", Translator, "p/llama3.2 p/routed p/spare");
        row("ollama with default", "ollama", "", "qwen", Translator, "p/qwen p/routed p/spare");
        row("static", "openai", "", "", Static, "p/a/b p/c");
        row("static with default", "openai", "", "d", Static, "p/a/b p/c p/d");
    }

    void listsTheModelsOfAProvider()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, baseUrl);
        QFETCH(QByteArray, defaultModel);
        QFETCH(ModelsMode, mode);
        QFETCH(QByteArray, ids);
        Config config;
        config.providers = {test::provider("p", type, defaultModel)};
        config.providers[0].baseUrl = baseUrl;
        config.providers[0].models.mode = mode;
        config.providers[0].models.staticModels = {"c", "a/b", "c"};
        config.routing.routes = {test::route("r", {test::target("p", "routed"), test::target("p")},
                                             {test::target("p", "spare"), test::target("q", "not p's")})};
        const ModelCatalogue catalogue(config, 1'700'000'000);
        QCOMPARE(idsOf(catalogue), ids + " lunargate/auto");
    }

    void listsWhatTheProviderTold_data()
    {
        QTest::addColumn<ModelsMode>("mode");
        QTest::addColumn<QByteArray>("ids");
        using enum ModelsMode;
        // The provider knows better than we do what it has; what the user wrote down stays.
        QTest::newRow("fetch") << Fetch << QByteArray("p/a/b p/d p/new p/routed lunargate/auto");
        QTest::newRow("static") << Static << QByteArray("p/d p/s lunargate/auto");
    }

    void listsWhatTheProviderTold()
    {
        QFETCH(ModelsMode, mode);
        QFETCH(QByteArray, ids);
        Config config;
        config.providers = {test::provider("p", "openai", "d")};
        config.providers[0].models.mode = mode;
        config.providers[0].models.staticModels = {"s"};
        config.routing.routes = {test::route("r", {test::target("p", "routed")})};
        const ModelCatalogue catalogue(config, 1, told({{.id = "new"}, {.id = "a/b"}, {.id = "new"}}));
        QCOMPARE(idsOf(catalogue), ids);
    }

    void tellsWhatTheProviderToldAboutAModel()
    {
        Config config;
        config.providers = {test::provider("p", "openai", "d")};
        config.providers[0].models.mode = ModelsMode::Fetch;
        const ModelCatalogue catalogue(
            config, 1'700'000'000,
            told({{.id = "d", .created = 7, .contextLength = 8192}, {.id = "zero", .created = 0}, {.id = "silent"}}));
        const ModelEntry known = {.id = "p/d", .ownedBy = "p", .created = 7, .contextLength = 8192};
        QCOMPARE(catalogue.models()[0], known);
        QCOMPARE(catalogue.find("zero")->created, qint64{1'700'000'000});
        QCOMPARE(catalogue.find("p/silent")->created, qint64{1'700'000'000});
        QVERIFY(!catalogue.find("p/silent")->contextLength);
        QVERIFY(!catalogue.find("lunargate/auto")->contextLength);
    }

    void sortsModelsThenAliasesThenAuto()
    {
        const ModelCatalogue catalogue(twoProviders(), 1'700'000'000);
        QCOMPARE(idsOf(catalogue), "groq/a groq/meta-llama/llama-3 openrouter/a openrouter/z big fast lunargate/auto");
        for (const ModelEntry &entry : catalogue.models())
            QCOMPARE(entry.created, qint64{1'700'000'000});
        QCOMPARE(catalogue.models()[0].ownedBy, "groq");
        QCOMPARE(catalogue.models()[4].ownedBy, "lunargate");
        QCOMPARE(catalogue.models()[6].ownedBy, "lunargate");
    }

    void findsModels_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("id");
        const auto row = [](const char *scenario, const char *name, const char *id) {
            QTest::newRow(scenario) << QByteArray(name) << QByteArray(id);
        };
        row("canonical", "openrouter/a", "openrouter/a");
        row("several slashes", "groq/meta-llama/llama-3", "groq/meta-llama/llama-3");
        row("plain and unique", "z", "openrouter/z");
        row("plain with slash and unique", "meta-llama/llama-3", "groq/meta-llama/llama-3");
        row("plain of two providers", "a", "");
        row("alias", "fast", "fast");
        row("auto", "lunargate/auto", "lunargate/auto");
        row("auto in capitals", "LunarGate/Auto", "lunargate/auto");
        row("unknown", "groq/none", "");
        row("empty", "", "");
    }

    void findsModels()
    {
        QFETCH(QByteArray, name);
        const ModelCatalogue catalogue(twoProviders(), 0);
        const ModelEntry *entry = catalogue.find(name);
        QTEST(entry ? entry->id : QByteArray(), "id");
    }

private:
    static Config twoProviders()
    {
        Config config;
        config.providers = {test::provider("openrouter", "openai"), test::provider("groq", "openai")};
        for (ProviderConfig &provider : config.providers)
            provider.models.mode = ModelsMode::Static;
        config.providers[0].models.staticModels = {"z", "a"};
        config.providers[1].models.staticModels = {"meta-llama/llama-3", "a"};
        config.routing.modelAliases = {{"fast", "groq/a"}, {"big", "openrouter/z"}};
        return config;
    }

    static ProviderModelLists told(std::vector<ProviderModel> models)
    {
        return {{"p", std::make_shared<const std::vector<ProviderModel>>(std::move(models))}};
    }

    static QByteArray idsOf(const ModelCatalogue &catalogue)
    {
        QByteArrayList ids;
        for (const ModelEntry &entry : catalogue.models())
            ids << entry.id;
        return ids.join(' ');
    }
};

QTEST_APPLESS_MAIN(TestModelCatalogue)
#include "tst_model_catalogue.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_model_info.h"

#include "gateway/config/config.h"

#include <QTest>

namespace lunargate {

class OllamaModelInfoTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void capabilitiesAreKnownByName_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("capabilities");
        const auto row = [](QByteArray name, QByteArray capabilities) {
            QTest::newRow(name.constData()) << name << std::move(capabilities);
        };
        row("text-embedding-3-small", "embedding");
        row("local/nomic-embed-text:latest", "embedding");
        row("openai/gpt-4o", "completion tools vision");
        row("gpt-3.5-turbo", "completion tools");
        row("openai/o3", "completion tools vision thinking");
        row("openai/o3-mini", "completion tools thinking");
        row("openai/gpt-5-chat-latest", "completion tools vision");
        row("grok-4-fast-reasoning", "completion tools vision thinking");
        row("grok-4-fast-non-reasoning", "completion tools vision");
        row("qwen3:8b", "completion tools thinking");
        row("qwen3-coder:30b", "completion tools");
        row("qwen/qwen3-235b-a22b-instruct-2507", "completion tools");
        row("qwen/qwen3-vl-8b-thinking", "completion tools vision thinking");
        row("anthropic/claude-sonnet-4-6", "completion tools vision thinking");
        row("gemini/gemini-2.5-flash", "completion tools vision thinking");
        row("groq/llama-3.3-70b-versatile", "completion tools");
        row("openrouter/deepseek/deepseek-r1", "completion tools thinking");
        row("lunargate/auto", "completion tools vision");
        row("Qwen2.5-VL-7B", "completion tools vision");
    }

    void capabilitiesAreKnownByName()
    {
        QFETCH(const QByteArray, name);
        QFETCH(const QByteArray, capabilities);
        QByteArray told;
        for (const QByteArrayView capability : api::capabilitiesOf(name))
            told.append(told.isEmpty() ? "" : " ").append(capability);
        QCOMPARE(told, capabilities);
    }

    void strictClientsFindEveryMember()
    {
        json::TextWriter json;
        api::appendTag(json, {.id = "p/m", .ownedBy = "p", .created = 1780000000, .contextLength = 4096});
        const auto document = json::Document::parse(json.text());
        QVERIFY(document);
        const json::Value tag = document->root();
        QCOMPARE(tag["name"].toByteArray(), "p/m");
        QCOMPARE(tag["model"].toByteArray(), "p/m");
        QCOMPARE(tag["modified_at"].toByteArray(), "2026-05-28T20:26:40Z");
        QVERIFY(tag["size"].integer() > 0);
        QCOMPARE(tag["digest"].string().size(), 64);
        for (const char *member : {"parent_model", "format", "family", "parameter_size", "quantization_level"})
            QVERIFY2(tag["details"][member].isString(), member);
        QVERIFY(tag["details"]["families"].isArray());
        QCOMPARE(tag["details"]["context_length"].integer(), std::optional<qint64>(4096));
    }

    void infoSaysWhatEditorsDecideBy()
    {
        Config config;
        config.routing.modelAliases["fast"] = "p/gpt-4o";
        const auto document = json::Document::parse(
            api::modelInfo({.id = "fast", .ownedBy = "lunargate", .created = 1, .contextLength = 128000}, config));
        QVERIFY(document);
        const json::Value info = document->root();
        QCOMPARE(json::toText(info["capabilities"]), R"(["completion","tools","vision"])");
        const QByteArray architecture = info["model_info"]["general.architecture"].toByteArray();
        QVERIFY(!architecture.isEmpty());
        QCOMPARE(info["model_info"][architecture + ".context_length"].integer(), std::optional<qint64>(128000));
        QCOMPARE(info["model_info"]["general.basename"].toByteArray(), "gpt-4o");
        QCOMPARE(info["parameters"].toByteArray(), "num_ctx 128000");
        for (const char *member : {"license", "modelfile", "template", "system", "modified_at"})
            QVERIFY2(info[member].isString(), member);
    }

    void whatNobodyKnowsIsLeftOut()
    {
        const auto document =
            json::Document::parse(api::modelInfo({.id = "p/m", .ownedBy = "p", .created = 1}, Config()));
        QVERIFY(document);
        QVERIFY(!document->root()["model_info"]["lunargate.context_length"].exists());
        QCOMPARE(document->root()["parameters"].toByteArray(), "");
    }
};

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::OllamaModelInfoTest)
#include "tst_ollama_model_info.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/openai_responses_provider.h"
#include "tests/unit/dialects/openai_responses/responses_testing.h"

#include <QRandomGenerator>

#include <optional>
#include <utility>

using namespace lunargate::test;

namespace lunargate {

/// A request that is read into the canonical form and written in this protocol again says what it said: the way that
/// it takes to a provider of any other protocol loses nothing that is known.
class ResponsesRoundTripsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void requestsSurviveTheCanonicalForm_data();
    void requestsSurviveTheCanonicalForm();
};

namespace {

const OpenAiResponsesProvider &provider()
{
    static const OpenAiResponsesProvider instance([] {
        ProviderConfig config;
        config.id = "p1";
        config.baseUrl = "http://127.0.0.1:1/v1";
        config.extra["encrypted_reasoning"] = "false";
        return config;
    }());
    return instance;
}

// As a provider gets it whose client speaks chat.
QByteArray writtenAgain(const QByteArray &body)
{
    ChatRequest request = std::move(callOf(body)->request);
    const std::optional<NativeRequest> native = std::exchange(request.native, std::nullopt); // what it refers to
    if (!normalise(request))
        return "not normalised";
    const PreparedCall call = provider().chatCall(request, request.model);
    return call ? (*call)->request.body : call.error().message;
}

/// Makes up requests of everything that both forms can say.
class RequestMaker
{
public:
    explicit RequestMaker(quint32 seed) : m_random(seed) {}

    QByteArray make()
    {
        QByteArrayList items{message("user", "input_text")};
        const int turns = m_random.bounded(4);
        for (int turn = 0; turn < turns; ++turn)
            items += turnItems(turn);
        QByteArrayList members{R"("model":"m")", R"("store":false)"};
        members += R"("input":[)" + items.join(',') + ']';
        maybe(members, R"("instructions":" Be brief.\n")");
        maybe(members, R"("temperature":0.25)");
        maybe(members, R"("top_p":0.5)");
        maybe(members, R"("max_output_tokens":)" + QByteArray::number(16 + m_random.bounded(1000)));
        maybe(members, R"("user":")" + word() + '"');
        maybe(members, R"("service_tier":"flex")");
        maybe(members, R"("prompt_cache_key":"k")");
        maybe(members, R"("safety_identifier":"s")");
        maybe(members, R"("reasoning":{"effort":"low","summary":"auto"})");
        maybe(members, text());
        if (m_random.bounded(2) == 0) {
            members += tools();
            maybe(members, R"("parallel_tool_calls":false)");
            maybe(members, choice());
        }
        return '{' + members.join(',') + '}';
    }

private:
    void maybe(QByteArrayList &members, const QByteArray &member)
    {
        if (m_random.bounded(2) == 0)
            members += member;
    }

    QByteArray word()
    {
        static const QByteArrayList words{"a", " b ", "\\n", "\xE2\x82\xAC", "\\\"q\\\"", "{}", "ha", "ha"};
        return words[m_random.bounded(words.size())];
    }

    QByteArray message(const QByteArray &role, const QByteArray &partType)
    {
        QByteArrayList parts{R"({"type":")" + partType + R"(","text":")" + word() + R"("})"};
        maybe(parts, R"({"type":")" + partType + R"(","text":")" + word() + R"("})");
        if (role == "user") {
            maybe(parts, R"({"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"high"})");
            maybe(parts, R"({"type":"input_file","filename":"f.pdf","file_data":"data:application/pdf;base64,AA=="})");
        }
        return R"({"type":"message","role":")" + role + R"(","content":[)" + parts.join(',') + "]}";
    }

    QByteArrayList turnItems(int turn)
    {
        const QByteArray id = QByteArray::number(turn);
        QByteArrayList items;
        if (m_random.bounded(2) == 0)
            items += message("assistant", "output_text");
        items += R"({"type":"function_call","call_id":"c)" + id + R"(","name":"f","arguments":"{\"x\": 1}"})";
        maybe(items, R"({"type":"function_call","call_id":"d)" + id + R"(","name":"ns__g","arguments":"{}"})");
        const bool hasSecond = items.last().contains("ns__g");
        items += R"({"type":"function_call_output","call_id":"c)" + id + R"(","output":")" + word() + R"("})";
        if (hasSecond)
            items += R"({"type":"function_call_output","call_id":"d)" + id + R"(","output":""})";
        items += message("user", "input_text");
        return items;
    }

    QByteArray text()
    {
        return m_random.bounded(2) == 0
                   ? R"("text":{"format":{"type":"json_object"},"verbosity":"low"})"
                   : R"("text":{"format":{"type":"json_schema","name":"n","description":"d","schema":{"type":"object","z":1,"a":2},"strict":true}})";
    }

    QByteArray tools()
    {
        return R"("tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{"x":{"type":"integer"}}},"strict":true},)"
               R"({"type":"function","name":"ns__g","parameters":{"type":"object","properties":{}},"strict":false}])";
    }

    QByteArray choice()
    {
        static const QByteArrayList choices{
            R"("tool_choice":"auto")", R"("tool_choice":"none")", R"("tool_choice":"required")",
            R"("tool_choice":{"type":"function","name":"f"})",
            R"("tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]})"};
        return choices[m_random.bounded(choices.size())];
    }

    QRandomGenerator m_random;
};

} // namespace

void ResponsesRoundTripsTest::requestsSurviveTheCanonicalForm_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 200; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void ResponsesRoundTripsTest::requestsSurviveTheCanonicalForm()
{
    QFETCH(const quint32, seed);
    const QByteArray body = RequestMaker(seed).make();
    QVERIFY2(responses::readBody(body, 64), body.constData());
    QCOMPARE(sorted(writtenAgain(body)), sorted(body));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesRoundTripsTest)
#include "tst_round_trips.moc"

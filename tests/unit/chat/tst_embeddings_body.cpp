// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/embeddings_body.h"

#include <QTest>

namespace lunargate {

class EmbeddingsBodyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesNumbers();
    void writesBase64WhereThatIsAskedFor();
    void inventsNoUsageAndNamesTheModelAskedFor();
};

namespace {

EmbeddingsRequest asked(bool isBase64)
{
    EmbeddingsRequest request;
    request.model = "asked \"for\"";
    request.isBase64 = isBase64;
    return request;
}

} // namespace

void EmbeddingsBodyTest::writesNumbers()
{
    const Embeddings embeddings = {.vectors = {{0.5F, -1}, {2, 0.25F}}, .model = "its-own", .promptTokens = 7};
    QCOMPARE(embeddingsBody(embeddings, asked(false)),
             R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]},)"
             R"({"object":"embedding","index":1,"embedding":[2,0.25]}],"model":"its-own",)"
             R"("usage":{"prompt_tokens":7,"total_tokens":7}})");
}

void EmbeddingsBodyTest::writesBase64WhereThatIsAskedFor()
{
    const Embeddings embeddings = {.vectors = {{1, -2.5F}}, .model = "its-own", .promptTokens = 0};
    QCOMPARE(embeddingsBody(embeddings, asked(true)),
             R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAIMA="}],)"
             R"("model":"its-own","usage":{"prompt_tokens":0,"total_tokens":0}})");
}

void EmbeddingsBodyTest::inventsNoUsageAndNamesTheModelAskedFor()
{
    QCOMPARE(embeddingsBody({.vectors = {}, .model = {}, .promptTokens = {}}, asked(false)),
             R"({"object":"list","data":[],"model":"asked \"for\""})");
}

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::EmbeddingsBodyTest)
#include "tst_embeddings_body.moc"
